"""What is amiss in the library, named so that its author finds the place."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """file: as in "library/vneid-cai-dat/vneid-cai/lesson.toml".

    key: the place in the file, counted from 1, as in "question[2].option"; "" when it is the whole file.
    says: what must be otherwise, in plain English.
    """

    file: str
    key: str
    says: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.says}" if self.key else f"{self.file}: {self.says}"

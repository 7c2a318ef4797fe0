"""Reads the blocks of commands out of a page of the manual."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "deploy.md"
_HEADING = re.compile(r"^## (.+)$")
_LEFT_OUT = re.compile(r"^<!-- không chạy: (.+) -->$")


@dataclass(frozen=True)
class Block:
    """heading: of its section. commands: as an administrator types them. left_out: why it is not run; "" if it is."""

    heading: str
    commands: str
    left_out: str = ""

    @property
    def step(self) -> int:
        """The number of its section; 0 where it has none."""
        number = self.heading.partition(".")[0]
        return int(number) if number.isdecimal() else 0


def blocks(page: Path = PAGE) -> list[Block]:
    """Every ```sh block of the page, in order. Raises ValueError for one of another kind: nobody would walk it."""
    found: list[Block] = []
    heading = left_out = ""
    lines: list[str] | None = None
    for line in page.read_text(encoding="utf-8").splitlines():
        if lines is not None:
            if line == "```":
                found.append(Block(heading, "\n".join(lines), left_out))
                lines, left_out = None, ""
            else:
                lines.append(line)
        elif line == "```sh":
            lines = []
        elif line.startswith("```"):
            raise ValueError(f"a block that is not sh, under {heading!r}")
        elif match := _HEADING.match(line):
            heading = match[1]
        elif match := _LEFT_OUT.match(line):
            left_out = match[1]
    return found

"""How the teams' tables write a code: as the text phones send, so that a new code needs no migration."""

from enum import StrEnum

from sqlalchemy import Enum


def code(choices: type[StrEnum], length: int = 20) -> Enum:
    """A column holding one code of `choices`, at most `length` letters, read back as its member."""
    return Enum(
        choices,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )

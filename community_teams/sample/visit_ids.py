"""Ids of made-up visits: UUID version 7 as phones make them, but the same each time."""

from datetime import datetime
from uuid import UUID


def visit_id(moment: datetime, chance: bytes) -> UUID:
    """A version 7 UUID (RFC 9562): sorts by `moment` to the millisecond. chance: 10 random bytes."""
    if len(chance) != 10:
        raise ValueError("ten random bytes are needed")
    milliseconds = int(moment.timestamp() * 1000)
    number = (milliseconds << 80) | int.from_bytes(chance, "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=number)

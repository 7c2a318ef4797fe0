"""The content of a letter's QR code: the award in a few bytes, signed, so that it can be checked without network.

An award is a CBOR array followed by an Ed25519 signature of 64 bytes, at most MOST_BYTES together. In the address it is
one decimal number after "#": digits take the least room in a QR code, and browsers do not send the part after "#" to a
server, so no log holds a name. docs/letters.md describes every field of the array.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import cbor2

from learning.domain.codes import RANDOM_BITS, InvalidCode, code_from, number_of, read_code
from learning.domain.letters import Letter, Manner

MOST_BYTES = 140
LONGEST_SCANNED = 2_000  # characters of an address with a code and an award
SIGNATURE_BYTES = 64
VERSION = 1
# Signed together with the award, so that a signature made for another purpose cannot pass as an award.
CONTEXT = b"binh-dan-hoc-vu-so award 1\0"

_FIRST_DAY = date(2026, 1, 1)
_MANNERS = (Manner.SELF, Manner.ASSISTED, Manner.SUPERVISED)  # positions are stored in codes: append only
_CODE_BYTES = (RANDOM_BITS + 7) // 8


class InvalidAward(ValueError):
    """The scanned digits are not a complete award: cut off, or changed."""


@dataclass(frozen=True)
class Award:
    """The facts of a letter that fit into its QR code.

    key: id of the key that signed, 8 hexadecimal digits. index: position in the status list. course: its id. name: as
    on the letter, or its initials if the name does not fit. whole: whether `name` is the full name.
    """

    key: str
    code: str
    index: int
    issued_on: date
    manner: Manner
    course: str
    name: str
    whole: bool


@dataclass(frozen=True)
class Scanned:
    """The parts of what somebody scanned, typed or pasted: a letter's code, the digits of its award, or both. "" for a
    missing part.
    """

    code: str
    digits: str


def award_for(letter: Letter, key: str) -> Award:
    """The award of a letter; its name is shortened to initials if it does not fit."""
    facts = letter.facts
    award = Award(
        key, letter.code, letter.status_index, facts.issued_on, facts.manner, letter.course, facts.name, whole=True
    )
    if _fits(award):
        return award
    initials = [word[0] + "." for word in facts.name.split()]
    while not _fits(shorter := _with_initials(award, initials)):
        initials.pop()
    return shorter


def signed_token(award: Award, sign: Callable[[bytes], bytes]) -> str:
    """The award and its signature as decimal digits."""
    packed = _packed(award)
    return str(int.from_bytes(packed + sign(CONTEXT + packed)))


def read_token(digits: str) -> tuple[Award, bytes, bytes]:
    """Return the award in `digits`, the signed message and the signature. The signature is not verified yet. Raises
    InvalidAward.
    """
    if not re.fullmatch(r"[1-9][0-9]{150,400}", digits):
        raise InvalidAward(digits[:20])
    number = int(digits)
    token = number.to_bytes((number.bit_length() + 7) // 8)
    packed, signature = token[:-SIGNATURE_BYTES], token[-SIGNATURE_BYTES:]
    if len(token) > MOST_BYTES:
        raise InvalidAward("too long")
    return _unpacked(packed), CONTEXT + packed, signature


def read_scanned(text: str) -> Scanned:
    """Parse an address from a letter, a code, or the digits alone. Raises InvalidCode if it is none of them."""
    if len(text) > LONGEST_SCANNED:
        raise InvalidCode(text[:20])
    text = text.strip()
    if "/xac-nhan/" in text:
        code, _, digits = text.rpartition("/xac-nhan/")[2].partition("#")
        return Scanned(read_code(code), re.sub(r"\s", "", digits))
    if text.isascii() and len(bare := re.sub(r"\s", "", text)) > 40 and bare.isdigit():
        return Scanned("", bare)
    return Scanned(read_code(text), "")


def _with_initials(award: Award, initials: list[str]) -> Award:
    return Award(
        award.key, award.code, award.index, award.issued_on, award.manner, award.course, " ".join(initials), whole=False
    )


def _fits(award: Award) -> bool:
    return len(_packed(award)) + SIGNATURE_BYTES <= MOST_BYTES


def _packed(award: Award) -> bytes:
    packed: bytes = cbor2.dumps(
        [
            VERSION,
            bytes.fromhex(award.key),
            number_of(award.code).to_bytes(_CODE_BYTES),
            award.index,
            (award.issued_on - _FIRST_DAY).days,
            _MANNERS.index(award.manner),
            award.course,
            award.name if award.whole else [award.name],
        ]
    )
    return packed


def _unpacked(packed: bytes) -> Award:
    try:
        version, key, code, index, day, manner, course, name = cbor2.loads(packed)
        award = Award(
            key=key.hex(),
            code=code_from(int.from_bytes(code)),
            index=index,
            issued_on=_FIRST_DAY + timedelta(days=day),
            manner=_MANNERS[manner],
            course=course,
            name=name if isinstance(name, str) else name[0],
            whole=isinstance(name, str),
        )
        # Packing it again must give the same bytes. This excludes hidden data, another order and other types.
        has_text = isinstance(award.course, str) and isinstance(award.name, str)
        if version != VERSION or not has_text or _packed(award) != packed:
            raise InvalidAward("not as written by us")
    except (cbor2.CBORDecodeError, ValueError, TypeError, AttributeError, LookupError, OverflowError) as error:
        raise InvalidAward(str(error)) from None
    return award

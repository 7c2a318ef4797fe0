"""Batches that went wrong on their way, or were made by somebody who means no good."""

import gzip
import json
from copy import deepcopy
from random import Random
from typing import Any
from uuid import UUID

# What is put where something else belongs. "\ud800" is half a letter; the moments lie at the edges of what dates hold.
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    31,
    2**31,
    2**63,
    10**40,
    1.5,
    1e308,
    "",
    " ",
    "\u0000",
    "\ud800",
    "x" * 5_000,
    "😀" * 600,
    "012345678901",
    "0912 345 678",
    "' OR 1=1 --",
    "{{7*7}}",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-21",
    "2026-02-30T08:00:00+07:00",
    "met_done",
    "00000000-0000-0000-0000-000000000000",
    [],
    {},
    [[]],
    [None] * 50,
    {"": None},
    {"level": "code"},
)
MOST_CHANGES = 4


def mutated(batch: dict[str, Any], chance: Random) -> tuple[bytes, dict[str, str]]:
    """A body made of `batch` with one to MOST_CHANGES things wrong, and the headers it is sent with."""
    told = deepcopy(batch)
    for _ in range(chance.randint(1, MOST_CHANGES)):
        _change(told, chance)
    body = json.dumps(told).encode()
    headers = {"Content-Type": "application/json"}
    if chance.random() < 0.3:
        body = gzip.compress(body, 1)
        headers["Content-Encoding"] = chance.choice(("gzip", "gzip", "gzip", "br", "identity"))
    if chance.random() < 0.15:
        body = _damaged(body, chance)
    return body, headers


def _change(told: dict[str, Any], chance: Random) -> None:
    places = list(_places(told))
    node, key = chance.choice(places)
    kind = chance.randrange(5)
    if kind == 0:
        del node[key]
    elif kind == 1 and isinstance(node, dict):
        name = chance.choice(("x", "", "id", "note", "consent", "supersedes", "ké\u0000o", key))
        node[name] = deepcopy(chance.choice(ODD))
    elif kind == 2 and isinstance(node, list):
        node.append(deepcopy(node[key]))
    elif kind == 3:
        # What belongs elsewhere: another visit's id, a list where a word belongs.
        other, its = chance.choice(places)
        node[key] = deepcopy(other[its]) if _has(other, its) else None
    else:
        node[key] = deepcopy(chance.choice(ODD))


def _has(node: Any, key: Any) -> bool:
    # What was taken away by this very change is gone.
    return key in node if isinstance(node, dict) else key < len(node)


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every place in a nest of lists and dicts: what holds it, and its key there."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
    return [(node, key) for key in keys] + [place for key in keys for place in _places(node[key])]


def _damaged(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return chance.choice(
        (
            body[:at],
            body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :],
            body[:at] + body[at // 2 : at] + body[at:],
            body + body,
            b"",
        )
    )


def a_batch(households: list[UUID], chance: Random) -> dict[str, Any]:
    """A batch without fault: five visits, the last of which corrects the first."""
    visits = [_visit(chance.choice(households), chance) for _ in range(4)]
    visits.append(_visit(UUID(visits[0]["household"]), chance) | {"supersedes": visits[0]["id"]})
    return {"batch": _id(chance), "device": _id(chance), "pending": 5, "app_version": "1.0.0", "visits": visits}


def _visit(household: UUID, chance: Random) -> dict[str, Any]:
    return {
        "id": _id(chance),
        "household": str(household),
        "outcome": chance.choice(("met_done", "met_partial")),
        "started_at": f"2026-11-{chance.randint(1, 20):02}T08:30:00+07:00",
        "form_version": 1,
        "consent": {"level": chance.choice(("code", "count")), "text_version": "2026-11", "how": "spoken"},
        "size": {"adults": 3, "aged_60plus": 1},
        "network": {"viettel": "weak"},
        "people": [{"age_band": "60-69", "skills": {"video_call": 2, "otp_secret": 0}}],
        "issues": [{"type": "signal", "note": "Sau nhà."}],
        "next_visit_on": "2026-12-01",
        "note": "Bác hẹn tuần sau.",
    }


def _id(chance: Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))

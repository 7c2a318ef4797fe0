"""What one member does with one phone in one seed, and what goes wrong meanwhile: all of it drawn from the seed."""

import threading
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

from tests.faults.browsers import BrowserPhone
from tests.faults.line import Fault, Line
from tests.faults.organisers import Organiser
from tests.faults.phones import Died, NodePhone

ROUNDS = 3
FLUSHES = 25
DAY = 24 * 3600 * 1000  # milliseconds
AGREED = {"level": "code", "text_version": "2026-11", "how": "spoken"}
# Each of these takes seconds to get over; a seed is dealt them one by one, so that none is left out by chance.
SLOW = (Fault.KILL_SERVER, Fault.KILL_SERVER_AFTER, Fault.DATABASE, Fault.SLOW)
QUICK = tuple(fault for fault in Fault if fault not in SLOW)
# What may befall a lost phone as it hands over, besides nothing, as often as is drawn.
PARTING = (
    Fault.LOST_ANSWER,
    Fault.CUT_BODY,
    Fault.CUT_ANSWER,
    Fault.PORTAL,
    Fault.BUSY,
    Fault.KILL_PHONE,
    Fault.KILL_PHONE_AFTER,
    None,
)
MOST_BREAKS = 6
# What may befall the asking for a list.
TOLD = (Fault.LOST_ANSWER, Fault.CUT_ANSWER, Fault.PORTAL, Fault.STRANGE_JSON, Fault.BUSY)


class Walk:
    """One phone's afternoon. made: how often each visit was changed since it was finished, by its mark.

    lost: the same of the visits and drafts it made before it was cut off; None for a phone that was not. refused: of
    those it held then because the server had refused them.
    """

    def __init__(
        self,
        phone: NodePhone | BrowserPhone,
        line: Line,
        doors: Sequence[UUID],
        organiser: Organiser,
        chance: Random,
        *,
        mark: str,
    ) -> None:
        self.phone = phone
        self.line = line
        self.made: dict[str, int] = {}
        self.lost: dict[str, int] | None = None
        self.refused: dict[str, int] = {}
        self._organiser = organiser
        self.happened = Counter[str]()
        self._doors = doors
        self._chance = chance
        self._mark = mark
        self._visits = 0

    def walk(self, faults: Sequence[Fault]) -> None:
        """faults: what goes wrong besides what is drawn here, one a round at most."""
        dealt = list(faults)
        for _ in range(ROUNDS):
            self._tell_the_time()
            self.line.is_down = self._chance.random() < 0.8
            self._record(self._chance.randint(6, 12))
            if self._chance.random() < 0.5:
                self._change_one()
            if self._chance.random() < 0.4:
                self.happened[self._organiser.put_lists_right()] += 1
            if self._chance.random() < 0.3:
                # Most of all of one whose household has just gone.
                self._change_one()
            self.line.is_down = False
            some = [self._chance.choice(QUICK) for _ in range(self._chance.randint(1, 3))]
            self._chance.shuffle(some := [*some, *dealt[:1]])
            del dealt[:1]
            self.line.faults.extend(some)
            self.line.told.extend(self._chance.sample(TOLD, self._chance.randint(0, 2)))
            for _ in range(self._chance.randint(1, 3)):
                self._send()
            self._ask("refresh")

    def flush(self) -> list[dict[str, Any]]:
        """Everything is well again: send until nothing waits. Returns the phone's list at the end."""
        self.line.faults.clear()
        self.line.told.clear()
        self._ask("full", share=0)
        self._ask("signIn")
        visits: list[dict[str, Any]] = []
        for _ in range(FLUSHES):
            self._ask("send")
            self.line.deliver_late()
            visits = self._list()
            if all(visit["state"] in {"acknowledged", "needs_person"} for visit in visits):
                break
        return visits

    def be_lost(self) -> None:
        """Visits are made far from any network, then the phone is cut off: it hands them over and forgets all."""
        assert isinstance(self.phone, NodePhone)
        self.phone.keep_drafts()
        self._ask("clock", ahead=0)
        refused = [visit["record"] for visit in self._list() if visit["state"] == "needs_person"]
        self.line.is_down = True
        before = dict(self.made)
        doors = [str(door) for door in self._chance.sample(self._doors, 8)]
        for place, door in enumerate(doors[: self._chance.randint(4, 8)]):
            mark = f"{self._mark} lost{place}"
            told = {"note": f"{mark} r0", "outcome": "not_home"}
            if place % 4 == 1:  # the rules refuse it
                told |= {"next_visit_on": "2020-01-01"}
                self.happened["phone cut off with a visit the rules refuse"] += 1
            is_draft = place % 4 == 2
            self.happened["phone cut off with a draft"] += is_draft
            self._finish(mark, 0, False, "draft" if is_draft else "record", household=door, told=told)
        self.lost = {mark: times for mark, times in self.made.items() if mark not in before}
        self.refused = dict(mark_of(record) for record in refused)
        self.happened["phone cut off with visits refused before"] += len(refused)
        self.made = before
        self._organiser.cut_off(UUID(self._ask("device")["device"]))
        self.line.is_down = False
        if self._chance.random() < 0.5:
            self.happened["phone cut off with nobody signed in"] += 1
            self._ask("signOut")
        some = [self._chance.choice(PARTING) for _ in range(self._chance.randint(0, MOST_BREAKS))]
        self.line.faults.extend(fault for fault in some if fault)
        self.happened["phone cut off whose line breaks again and again"] += len(some) > 2
        self.happened["phone cut off with visits waiting"] += 1
        # A server that is merely slow on a busy machine is no broken line.
        self._ask("bePatient")
        # Each contact hands over what it can; once it was wiped it is a stranger, which nobody has signed in on.
        for _ in range(3 * MOST_BREAKS):
            fault = self._ask("refresh").get("fault")
            if fault == "not_signed_in":
                break
            if fault == "store_closed":
                # Its own sending heard of it first. The battery dies before all is gone; the next contact ends it.
                self.happened["phone killed while it wiped itself"] += 1
            self.phone.restart()
            self._ask("bePatient")
        assert fault == "not_signed_in", f"a phone that was cut off is not wiped: {fault}"
        self.line.faults.clear()
        self.phone.restart()
        left = self._list()
        assert left == [], f"a phone that was cut off still holds {len(left)} visits"

    def rows(self) -> list[dict[str, Any]]:
        """The households as the server told them up to now. The phone is good for nothing after it."""
        self._ask("refresh")
        rows: list[dict[str, Any]] = self.phone.ask("rows")["rows"]
        return rows

    def close(self) -> None:
        self.phone.close()
        self.line.close()

    def _record(self, number: int) -> None:
        killed = self._chance.randrange(number) if self._chance.random() < 0.3 else None
        for place in range(number):
            self._visits += 1
            mark = f"{self._mark} v{self._visits}"
            self._finish(mark, 0, place == killed, "record", household=str(self._door()), told=self._visit(mark))

    def _change_one(self) -> None:
        visits = [visit for visit in self._list() if visit["record"].get("note")]
        if not visits:
            return
        visit = self._chance.choice(visits)
        mark, revision = mark_of(visit["record"])
        self._finish(mark, revision + 1, False, "edit", id=visit["id"], note=f"{mark} r{revision + 1}")

    def _finish(self, mark: str, revision: int, is_killed: bool, act: str, **told: Any) -> None:
        try:
            if is_killed:
                self.happened["phone killed while a visit was written"] += 1
                threading.Timer(self._chance.random() * 0.03, self.phone.kill).start()
            answer = self.phone.ask(act, **told)
            if is_killed:
                # It may have been quicker than the battery; what it has said holds either way.
                self.phone.kill()
                self.phone.restart()
        except Died:
            self.phone.restart()
            # What the phone has not said is finished may be, or may not: it counts once the phone shows it.
            if (mark, revision) in {mark_of(visit["record"]) for visit in self._list()}:
                self.made[mark] = revision
            return
        if "fault" in answer:
            self.happened[f"the phone refused: {answer['fault']}"] += 1
            assert answer["fault"] in {"storage_full", "no_such_visit"}, answer["told"]
        else:
            self.made[mark] = revision

    def _send(self) -> None:
        is_full = self._chance.random() < 0.15
        if is_full:
            self.happened["storage full"] += 1
            self._ask("full", share=self._chance.choice([1, 0.5]), seed=self._chance.getrandbits(32))
            self._record(2)
        act = "sendFromTwoTabs" if self._chance.random() < 0.3 else "send"
        self.happened[act] += 1
        self._ask(act)
        if is_full:
            self._ask("full", share=0)

    def _tell_the_time(self) -> None:
        ahead = self._chance.choice([0, 0, 0, DAY, -DAY, 3 * 3600 * 1000])
        if ahead != self.phone.ahead:
            self.happened["clock changed"] += 1
            self._ask("clock", ahead=ahead)

    def _ask(self, act: str, **told: Any) -> dict[str, Any]:
        """What the phone answers; one that dies of it is started again, and has then answered nothing."""
        try:
            return self.phone.ask(act, **told)
        except Died:
            self.phone.restart()
            return {}

    def _list(self) -> list[dict[str, Any]]:
        for _ in range(3):
            if "visits" in (answer := self._ask("list")):
                visits: list[dict[str, Any]] = answer["visits"]
                return visits
        raise AssertionError(f"the phone does not tell what it holds: {answer}")

    def _door(self) -> UUID:
        # One in a hundred is no door of theirs.
        stranger = UUID(int=self._chance.getrandbits(128), version=4)
        return stranger if self._chance.random() < 0.01 else self._chance.choice(self._doors)

    def _visit(self, mark: str) -> dict[str, Any]:
        told: dict[str, Any] = {"note": f"{mark} r0"}
        if self._chance.random() < 0.02:
            told["next_visit_on"] = "2020-01-01"
        if self._chance.random() < 0.4:
            return told | {"outcome": "not_home"}
        level = self._chance.choice(["code", "code", "count", "none"])
        told |= {"outcome": "met_done", "consent": AGREED | {"level": level}}
        if level != "none":
            told["people"] = [{"age_band": "60-69", "skills": {"video_call": self._chance.randint(0, 2)}}]
            told["size"] = {"adults": self._chance.randint(1, 4)}
        return told


def mark_of(record: dict[str, Any]) -> tuple[str, int]:
    """Which visit a record is about, and how often it had been changed."""
    mark, _, revision = record["note"].rpartition(" r")
    return mark, int(revision)

"""Practice on imitation screens. Pure.

Ordering and sorting of cards are one screen in the lesson file. They are expanded to TAP screens when read, so nothing
is dragged and every tap can be a plain button.
"""

from dataclasses import dataclass
from enum import StrEnum

from courses.domain.picture import Picture


class ScreenKind(StrEnum):
    TAP = "tap"  # touch the right place
    TYPE = "type"  # type the invented data the screen shows
    SECRET = "secret"  # noqa: S105  make up a password or passcode against visible rules
    TICK = "tick"  # tick all that apply
    END = "end"  # only a button to go on


class Look(StrEnum):
    """What the imitation looks like."""

    HOME = "home"
    APP = "app"
    STORE = "store"
    MESSAGE = "message"
    CALL = "call"
    VIDEO_CALL = "video_call"
    SETTINGS = "settings"
    WEB = "web"
    CARDS = "cards"  # no phone around it: cards on the table
    ALARM = "alarm"  # "had this been real…"


@dataclass(frozen=True)
class ScreenTarget:
    """Something that can be touched or ticked.

    goes: id of the screen it leads to; "" when touching it leads nowhere but to its hint.
    right: whether it is what the screen asks for. A wrong target that goes somewhere is a detour that teaches.
    hint: shown when it is wrong.
    picture: shown above the text. The text is complete without it, for people who cannot see it.
    """

    id: str
    text: str
    right: bool
    goes: str = ""
    hint: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Screen:
    """One imitation screen.

    task: what the learner is asked to do, above the imitation. title, says: what the imitation shows.
    picture: shown above `says`, with its alternative text.
    typed: TYPE only: the invented data, digits or letters without spaces, shown to the learner.
    rules: SECRET only: codes out of SECRET_RULES, all of which must hold.
    goes: where a right answer leads for TYPE, SECRET, TICK and END; "" ends the practice.
    placed: what has been put in order or sorted so far.
    hint: shown after a wrong answer that has no hint of its own.
    praise: shown on the next screen after a right answer, or "".
    """

    id: str
    kind: ScreenKind
    look: Look
    task: str
    title: str = ""
    says: tuple[str, ...] = ()
    targets: tuple[ScreenTarget, ...] = ()
    label: str = ""
    typed: str = ""
    rules: tuple[str, ...] = ()
    goes: str = ""
    button: str = ""
    placed: tuple[str, ...] = ()
    hint: str = ""
    praise: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Practice:
    """screens: the first is where it begins. must_pass: ids of the screens that must be answered rightly."""

    screens: tuple[Screen, ...]
    must_pass: tuple[str, ...]
    intro: str = ""

    @property
    def first(self) -> Screen:
        return self.screens[0]

    def screen(self, screen_id: str) -> Screen | None:
        return next((screen for screen in self.screens if screen.id == screen_id), None)

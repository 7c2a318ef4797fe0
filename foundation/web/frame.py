"""What stands around every page: the menu and the footer. Rooms add their own entries."""

from dataclasses import dataclass
from enum import StrEnum

from flask import Flask


class Place(StrEnum):
    MENU = "menu"
    HELP = "help"  # within one tap of every page, above the footer
    FOOT = "foot"


@dataclass(frozen=True)
class Entry:
    """One link of the frame. label: a sentence marked with N_. order: small comes first. icon: a name in icon.html."""

    place: Place
    endpoint: str
    label: str
    icon: str = ""
    order: int = 50
    values: tuple[tuple[str, str], ...] = ()


class Frame:
    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._entries.sort(key=lambda each: each.order)

    def entries(self, place: str) -> list[Entry]:
        return [entry for entry in self._entries if entry.place == place]


def serve_frame(app: Flask) -> None:
    frame = Frame()
    app.extensions["frame"] = frame
    app.jinja_env.globals["frame"] = frame


def add_to_frame(app: Flask, *entries: Entry) -> None:
    for entry in entries:
        app.extensions["frame"].add(entry)

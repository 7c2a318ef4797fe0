"""The links on every page: the main menu, the help link and the footer. Each package adds its own."""

from dataclasses import dataclass
from enum import StrEnum

from flask import Flask


class NavigationSlot(StrEnum):
    """Where on the page a link is shown."""

    MENU = "menu"
    HELP = "help"  # above the footer, so that help is one tap away on every page
    FOOT = "foot"


@dataclass(frozen=True)
class NavigationLink:
    """One link. label: a sentence marked with N_. order: smaller comes first. icon: a name in icon.html, "" for none.

    values: arguments of the endpoint, as pairs.
    """

    slot: NavigationSlot
    endpoint: str
    label: str
    icon: str = ""
    order: int = 50
    values: tuple[tuple[str, str], ...] = ()


class Navigation:
    """All links of one application, sorted by `order`. Templates read it as `navigation`."""

    def __init__(self) -> None:
        self._links: list[NavigationLink] = []

    def add(self, link: NavigationLink) -> None:
        self._links.append(link)
        self._links.sort(key=lambda each: each.order)

    def links(self, slot: str) -> list[NavigationLink]:
        return [link for link in self._links if link.slot == slot]


def init_navigation(app: Flask) -> None:
    navigation = Navigation()
    app.extensions["navigation"] = navigation
    app.jinja_env.globals["navigation"] = navigation


def add_navigation_links(app: Flask, *links: NavigationLink) -> None:
    """Show these links on every page. Call once: a second call shows them twice."""
    for link in links:
        app.extensions["navigation"].add(link)

"""The pages a signed-in person works on. Rooms above name theirs; people are led there after signing in."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from foundation.accounts.domain.roles import Act


@dataclass(frozen=True)
class Work:
    """A place to work, for whoever may do `act`. label, about: sentences marked with N_. order: small comes first."""

    act: Act
    endpoint: str
    label: str
    about: str = ""
    icon: str = ""
    order: int = 50


def offer_work(app: Flask, *works: Work) -> None:
    """Name places to work: shown at /tai-khoan, and the first that somebody may do is where signing in leads."""
    offered: list[Work] = app.extensions.setdefault("work", [])
    offered.extend(works)
    offered.sort(key=lambda work: work.order)


def work_of_visitor() -> list[Work]:
    """What the signed-in person may do, in order."""
    return [work for work in current_app.extensions.get("work", []) if current_user.may(work.act)]


@dataclass(frozen=True)
class WorkEntry:
    address: str
    label: str
    icon: str
    current: bool


def work_menu() -> list[WorkEntry]:
    """The signed-in person's places to work, as the frame shows them; at most one is the current one."""
    places = [(url_for(work.endpoint), work) for work in work_of_visitor()]
    around = [address for address, _ in places if f"{request.path}/".startswith(f"{address}/")]
    here = max(around, key=len, default="")
    return [WorkEntry(address, work.label, work.icon, address == here) for address, work in places]


def first_page() -> str:
    """Where somebody begins after signing in."""
    works = work_of_visitor()
    return url_for(works[0].endpoint if works else "accounts.account")

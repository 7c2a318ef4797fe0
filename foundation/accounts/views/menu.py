"""The menu of a signed-in person. Each package registers its own items; the first one opens after signing in."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from foundation.accounts.domain.roles import Act


@dataclass(frozen=True)
class MenuItem:
    """A page for people who may do `act`. label, about: sentences marked with N_. order: smaller comes first."""

    act: Act
    endpoint: str
    label: str
    about: str = ""
    icon: str = ""
    order: int = 50


def register_menu_items(app: Flask, *items: MenuItem) -> None:
    """Add pages to the menu and to /tai-khoan. After signing in, people go to the first page that they may use."""
    registered: list[MenuItem] = app.extensions.setdefault("menu_items", [])
    registered.extend(items)
    registered.sort(key=lambda item: item.order)


def menu_items_for_user() -> list[MenuItem]:
    """The items that the signed-in person may use, in order."""
    return [item for item in current_app.extensions.get("menu_items", []) if current_user.may(item.act)]


@dataclass(frozen=True)
class MenuLink:
    """A menu item as a template shows it. current: whether the open page is this one or lies below it."""

    address: str
    label: str
    icon: str
    current: bool


def menu_links() -> list[MenuLink]:
    """The signed-in person's menu. At most one link is current: the one with the longest matching address."""
    items = [(url_for(item.endpoint), item) for item in menu_items_for_user()]
    around = [address for address, _ in items if f"{request.path}/".startswith(f"{address}/")]
    here = max(around, key=len, default="")
    return [MenuLink(address, item.label, item.icon, address == here) for address, item in items]


def first_page() -> str:
    """The address that opens after signing in."""
    items = menu_items_for_user()
    return url_for(items[0].endpoint if items else "accounts.account")

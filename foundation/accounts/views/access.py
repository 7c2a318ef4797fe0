"""Access control: decorators of view functions, and the scope in which a person may do something."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, wraps
from typing import Any

from flask import Flask, after_this_request, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug import Response

from foundation import clock
from foundation.accounts import queries
from foundation.accounts.domain.roles import Act, acts_of, late_reach, reach
from foundation.accounts.models import Person
from foundation.accounts.services import sessions
from foundation.areas.domain.scope import Scope
from foundation.problems import NotAllowed, Problem
from foundation.settings_reading import in_production
from foundation.web.access import View
from foundation.web.access import public as public
from foundation.web.database import session, transaction, write_if_possible
from foundation.web.errors import wants_json


class NotSignedIn(Problem):
    status = 401


class SignedIn:
    """The signed-in person, for Flask-Login and templates. `row` is the person's row; `token`, the
    session's."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, row: Person, token: str = "") -> None:
        self.row = row
        self.token = token
        self.id = row.id
        self.name = row.name
        self.display_name = row.display_name
        self.is_sample = row.is_sample

    def get_id(self) -> str:
        return self.token

    def may(self, act: Act | str) -> bool:
        """Whether any of their roles in force today allows `act` somewhere. For menus; views use @may."""
        holdings = [held.as_holding() for held in self.row.holdings]
        return Act(act) in acts_of(holdings, clock.day_in_vietnam(clock.now()))


def init_login(app: Flask) -> None:
    """Set up Flask-Login: `current_user` is a SignedIn, or anonymous."""
    manager = LoginManager(app)
    manager.user_loader(_load)
    # Sessions are known to the server; tying them to an address as well would sign out every phone that walks from one
    # mast to the next.
    manager.session_protection = None


def begin_session(person: Person) -> None:
    """Sign somebody in on this browser: nothing that was in the cookie before is carried over, its session ends."""
    before = cookie.get("_user_id")
    with transaction() as writing:
        if isinstance(before, str):
            sessions.end_session(writing, before, now=clock.now())
        token = sessions.open_session(writing, person.id, now=clock.now())
    cookie.clear()
    cookie.permanent = True
    login_user(SignedIn(person, token))


def leave_session() -> None:
    """Sign out here: the session ends wherever its cookie lies. Again, and for nobody signed in: no change."""
    token = cookie.get("_user_id")
    if isinstance(token, str):
        with transaction() as writing:
            sessions.end_session(writing, token, now=clock.now())
    logout_user()


def had_session() -> bool:
    """Whether this browser brought a session that is over, so that the page can say so."""
    return "_user_id" in cookie and not current_user.is_authenticated


def _load(token: object) -> SignedIn | None:
    if g.get("database_gone") or not isinstance(token, str):
        return None
    settings = current_app.extensions["settings"]
    now = clock.now()
    found = queries.open_session_of(
        session(),
        sessions.hash_of_session(token),
        idle=timedelta(days=settings.session_idle_days),
        lifetime=timedelta(days=settings.session_days),
        now=now,
    )
    if found is None or is_shut_out(found.person):
        return None
    if found.last_seen_at <= now - sessions.COARSE:
        _note_use(token)
    return SignedIn(found.person, token)


def _note_use(token: str) -> None:
    """Once the request is over and outside its transactions, so that nobody waits for the write."""

    @after_this_request
    def note(response: Response) -> Response:
        # Not noted, the next request tries again, and the visitor has their page.
        write_if_possible(lambda writing: sessions.note_use(writing, token, now=clock.now()))
        return response


def is_shut_out(person: Person) -> bool:
    """Whether this is a sample account where the platform serves for real: everybody knows their names."""
    return person.is_sample and in_production(current_app.extensions["settings"])


def signed_in(view: View) -> View:
    """Decorator: allows signed-in people; others go to the sign-in page, or get 401 if they want JSON."""
    return _guarded(view, None)


def may(act: Act) -> Callable[[View], View]:
    """Decorator: allows people who may do `act` in some area today; scope_for(act) returns where.

    Put it below the route decorator. Nobody signed in: as @signed_in. Signed in without the act: NotAllowed.
    """
    return lambda view: _guarded(view, act)


def scope_for(act: Act) -> Scope:
    """Where the signed-in person may do `act` today; an empty scope if nobody is signed in."""
    if not current_user.is_authenticated:
        return Scope(())
    holdings = [held.as_holding() for held in current_user.row.holdings]
    return reach(holdings, act, clock.day_in_vietnam(clock.now()))


def scopes_for(act: Act) -> Callable[[date], Scope]:
    """Where the signed-in person may do `act` today, together with where they could on the day it was done.

    For records made on a day and sent later: those waiting on a phone stay valid for LATE after a role has ended.
    """
    return scopes_of(current_user.row if current_user.is_authenticated else None, act)


def scopes_of(person: Person | None, act: Act) -> Callable[[date], Scope]:
    """As scopes_for, of anybody; of nobody, nowhere."""
    holdings = [held.as_holding() for held in person.holdings] if person is not None else []
    now = clock.day_in_vietnam(clock.now())
    today = reach(holdings, act, now)

    @cache
    def scope_on(day: date) -> Scope:
        return Scope(tuple(dict.fromkeys((*today.paths, *late_reach(holdings, act, day, now).paths))))

    return scope_on


def _guarded(view: View, act: Act | None) -> View:
    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        if act is not None and not current_user.may(act):
            raise NotAllowed("role_does_not_allow", act=act.value)
        return view(*args, **values)

    guarded.access = act.value if act else "signed_in"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _ask_to_sign_in() -> Response:
    if wants_json():
        raise NotSignedIn("not_signed_in")
    # Only an address that can be opened again is worth coming back to.
    back = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("accounts.sign_in", next=back), 303)

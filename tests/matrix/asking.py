"""Asks every address as everybody about every world; holds answers to the role table and to where things lie."""

import json as jsons
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import Connection, event, inspect, select
from werkzeug.routing import Rule

from foundation.accounts.domain.roles import Act
from foundation.database import Base
from tests.matrix.routes import ROUTES, USUAL, USUALLY_REFUSED, Route
from tests.matrix.worlds import READERS, Identity, World

SAY_WHAT = (
    "add a line for it to ROUTES in tests/matrix/routes.py: what it is asked with, and where the thing behind it lies"
)
# Sums over the hamlets of several worlds, and drawings of several.
_SUMS = {"commune_total", "commune_week", "province_week", "area_drawing"}
# Rows of requests themselves, not of anybody's world.
_NOT_OF_WORLDS = {"person_session", "sign_in_failure", "anonymous_visit", *_SUMS}


@dataclass
class Matrix:
    """Everything that was asked, and what was wrong with the answers."""

    app: Flask
    connection: Connection
    worlds: dict[str, World]
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    asked: int = 0
    changed: int = 0
    turn: int = 0
    every: int = field(default_factory=lambda: int(os.environ.get("MATRIX_EVERY", "1")))

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)
        there = set(inspect(self.connection).get_table_names()) - _NOT_OF_WORLDS
        self.tables = [table for table in Base.metadata.sorted_tables if table.name in there]
        self.before = self.digests()
        self.wrote = False
        event.listen(self.connection, "before_cursor_execute", self._note)

    def next(self) -> bool:
        """Whether the next one is asked: MATRIX_EVERY=10 asks every tenth, for a first look."""
        self.turn += 1
        return self.turn % self.every == 0

    def end(self) -> None:
        event.remove(self.connection, "before_cursor_execute", self._note)

    def ask(self, rule: Rule, method: str, who: Identity, world: World) -> None:
        route = ROUTES[rule.endpoint]
        values = {name: USUAL[name](world) for name in rule.arguments if name in USUAL} | route.values(world)
        built = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
        assert built is not None, f"{rule} cannot be built of {values}"
        with self._undone():
            body = route.form(world) if method == "POST" else {}
            sent = {"data": jsons.dumps(body), "content_type": "application/json"} if route.json else {"data": body}
            answer = self.client.open(
                built[1] + route.query,
                method=method,
                headers={"Cookie": who.cookie},
                **(sent if method == "POST" else {}),
            )
            self.asked += 1
            self.statuses[answer.status_code] += 1
            where = f"{who.name}: {method} {built[1]} ({rule.endpoint}) of world {world.key}: {answer.status_code}"
            access = getattr(self.app.view_functions[rule.endpoint], "access", "public")
            self._judge(where, answer.status_code, method, access, route, who, world)
            if answer.status_code == 200:
                self._look_for_marks(where, answer.get_data(as_text=False).decode("utf-8", "replace"), route, who)
            if self.wrote:
                self.changed += 1
                self._look_for_changes(where, access, route, who)

    def digests(self) -> dict[str, int]:
        """What all rows of each world say, as one number a world."""
        rows: dict[str, list[str]] = {key: [] for key in self.worlds}
        words = {key: re.compile("|".join(map(re.escape, world.keys))) for key, world in self.worlds.items()}
        for table in self.tables:
            for row in self.connection.execute(select(table)):
                text = f"{table.name} {' '.join(map(str, row))}"
                for key, of_world in words.items():
                    if of_world.search(text):
                        rows[key].append(text)
        return {key: hash(tuple(sorted(each))) for key, each in rows.items()}

    def _note(self, _connection, _cursor, statement, *_rest) -> None:
        self.wrote = self.wrote or statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}

    @contextmanager
    def _undone(self) -> Iterator[None]:
        self.wrote = False
        aside = self.connection.begin_nested()
        try:
            yield
        finally:
            aside.rollback()

    def _within(self, access: str, route: Route, who: Identity, world: World) -> bool:
        """Whether the thing behind the address lies where this visitor may do what the address is for."""
        if route.place in {"asker", "closed"}:
            return False
        if route.place == "owner":
            return who.learner == world.learner
        if access == "public":
            return True
        if route.place == "none" or (access == "signed_in" and route.place != "hamlet"):
            return who.may(access)
        act = Act.RECORD_VISIT if access == "signed_in" else Act(access)
        scope = who.scope(act)
        if route.place == "nation":
            return scope.is_nation
        # Some pages of a commune also open to whoever works in one of its hamlets.
        if route.place == "commune":
            commune = commune_of(world)
            return scope.covers(commune) or any(path.startswith(commune) for path in scope.paths)
        return scope.covers(world.path)

    def _judge(
        self, where: str, status: int, method: str, access: str, route: Route, who: Identity, world: World
    ) -> None:
        if status >= 500 and status not in route.refused:
            self.faults.append(f"{where}, a fault of ours")
        elif access != "public" and who.holdings is None:
            if status not in {303, 401}:
                self.faults.append(f"{where}, for nobody signed in")
        elif not who.may(access):
            if status != 403:
                self.faults.append(f"{where}, without the right {access}")
        elif self._within(access, route, who, world):
            if (
                route.place == "commune"
                and status in {403, 404}
                and not who.scope(Act(access)).covers(commune_of(world))
            ):
                return
            # A thing that is there opens to whoever may read it; a write may find it in another state.
            wrongly_shut = method == "GET" and route.place in {"hamlet", "commune"} and status in USUALLY_REFUSED
            if wrongly_shut or status not in {200, 302, 303} | route.refused:
                self.faults.append(f"{where}, though within reach")
        elif status == 200 and route.place in {"hamlet", "commune", "nation", "asker"}:  # noqa: SIM102
            # A batch is answered 200 with a refusal for each visit; a letter's page is anybody's.
            if not route.json and not (route.public_names and method == "GET"):
                self.faults.append(f"{where}, out of reach")

    def _look_for_marks(self, where: str, body: str, route: Route, who: Identity) -> None:
        for world in self.worlds.values():
            for kind, mark in world.marks.items():
                if mark not in body or who.reaches(READERS[kind], world.path):
                    continue
                # What is told of a learner names whoever taught them, too.
                if who.learner == world.learner and kind in {"learner", "member"}:
                    continue
                if kind == "learner" and route.public_names:
                    continue
                self.faults.append(f"{where}, tells {mark}")

    def _look_for_changes(self, where: str, access: str, route: Route, who: Identity) -> None:
        if route.touches:
            return
        after = self.digests()
        for key, world in self.worlds.items():
            if after[key] == self.before[key] or who.learner == world.learner:
                continue
            if access == "public" or not self._may_change(access, route, who, world):
                self.faults.append(f"{where}, changes rows of world {key}")

    def _may_change(self, access: str, route: Route, who: Identity, world: World) -> bool:
        if access == "signed_in":
            return who.reaches({Act.RECORD_VISIT}, world.path)
        act = Act(access)
        return who.scope(act).is_nation if route.place == "nation" else who.reaches({act}, world.path)


def commune_of(world: World) -> str:
    """The path of the world's commune."""
    return f"{world.path.split('/')[0]}/{world.commune}/"


def undeclared(app: Flask) -> list[str]:
    """Routes nobody said an example for, each with what to do; and lines for routes that are no more."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]
    there = {rule.endpoint for rule in rules}
    found = []
    for rule in rules:
        if rule.endpoint not in ROUTES and rule.endpoint != "gallery.show_gallery":
            found.append(f"{rule} ({rule.endpoint}): {SAY_WHAT}")
    gone = sorted(set(ROUTES) - there)
    return found + [f"{endpoint} is in ROUTES and serves nothing any more: take the line away" for endpoint in gone]

"""Sees to it that nothing typed is read or judged, no password hashed and no page drawn while a write transaction is
open: others wait to write for as long as it takes.

Every function of a `domain` package whose name says that it reads or judges is watched, wherever it is called from, and
so
are the schemas of pydantic, the forms and bodies of requests, Argon2, Jinja and WeasyPrint.
"""

import functools
import importlib
import pkgutil
import re
import sys
from types import FrameType, FunctionType, ModuleType
from typing import Any

import argon2
import flask
import flask.templating
import pydantic

import community_teams
import courses
import foundation
import learning
import translations
from foundation.web.database import is_writing

PACKAGES = (foundation, translations, courses, learning, community_teams)
_JUDGES = re.compile(r"(read|judge)_\w+|\w+_fault|answer")
# A part of where it was called from: why it may run under the lock.
ALLOWED = {
    "sample/": "the sample is loaded once, on a new machine",
    "services/outlines.py": "outlines are matched to the areas there are, by a command",
    "indicators/services.py": "our own targets, when a machine is set up",
    "services/held_visits.py": "one record, read once before, with what its row says",
    "services/card_secret.py": "25 ms, and bound to a card's code that is made in the same transaction",
}

forgotten: list[str] = []


def watch() -> None:
    """Begin to watch. Once for a whole run."""
    watched = {each: _watched(each) for each in _judges()}
    for module in list(sys.modules.values()):
        if module.__name__.startswith(tuple(package.__name__ for package in PACKAGES)):
            for name, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value in watched:
                    setattr(module, name, watched[value])
    # Any: to a type checker nobody may replace a method of a class.
    model: Any = pydantic.BaseModel
    model.model_validate = classmethod(_watched(model.model_validate.__func__))
    hasher: Any = argon2.PasswordHasher
    hasher.hash = _watched(hasher.hash)
    hasher.verify = _watched(hasher.verify)
    flask.templating._render = _watched(flask.templating._render)
    for name in ("form", "files", "values", "args"):
        _watch_property(flask.Request, name)


def _judges() -> set[FunctionType]:
    modules = [module for package in PACKAGES for module in _modules(package)]
    return {
        value
        for module in modules
        if ".domain." in module.__name__ or module.__name__.endswith((".domain", "free_text"))
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and _JUDGES.fullmatch(name)
    }


def _modules(package: ModuleType) -> list[ModuleType]:
    found = [package]
    for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".static." not in each.name:
            found.append(importlib.import_module(each.name))
    return found


def _watched(function):
    name = f"{function.__module__}.{function.__qualname__}"

    @functools.wraps(function)
    def called(*args, **values):
        _note(name)
        return function(*args, **values)

    return called


def _watch_property(owner: type, name: str) -> None:
    own = getattr(owner, name)

    def read(self):
        _note(f"request.{name}")
        return own.__get__(self, owner)

    setattr(owner, name, property(read))


def _note(name: str) -> None:
    if is_writing() and not any(part in (way := _caller()) for part in ALLOWED):
        forgotten.append(f"{name} from {way}")


def _caller() -> str:
    frame: FrameType | None = sys._getframe(2)
    way: list[str] = []
    while frame is not None and len(way) < 6:
        file = frame.f_code.co_filename
        if "/site-packages/" not in file and "lock_watch" not in file:
            way.append(f"{file.rsplit('/', 2)[-2]}/{file.rsplit('/', 1)[-1]}:{frame.f_lineno} {frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(way)

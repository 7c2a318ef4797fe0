"""The one page of the team's app, and that what its modules decide alone is what the server decides."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from community_teams.domain.codes import HouseholdStatus, Outcome, Skill
from community_teams.domain.faults import _CODES as codes_by_pydantic
from community_teams.domain.faults import OUR_OWN
from community_teams.domain.visits import CONSENT_TEXT_VERSION, WITH_CONSENT
from foundation.areas.domain.naming import fold
from foundation.free_text import number_fault
from foundation.settings import PROJECT_ROOT

SCREENS = PROJECT_ROOT / "community_teams/static/teams/screens"
RULES = json.loads((Path(__file__).parents[2] / "browser_modules/same_rules.json").read_text(encoding="utf-8"))


@pytest.fixture
def shell(app) -> str:
    answer = app.test_client().get("/doi-so/tren-may")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(("typed", "folded"), RULES["folded"])
def test_words_are_folded_on_the_phone_as_here(typed, folded):
    assert fold(typed) == folded


@pytest.mark.parametrize(("typed", "fault"), RULES["number_faults"])
def test_numbers_that_are_never_kept_are_the_same_on_the_phone(typed, fault):
    assert number_fault(typed) == fault


def test_the_phone_asks_consent_for_what_the_server_asks_it_for(shell):
    found = re.search(r'id="visit-questions" data-questions="([^"]*)"', shell)
    assert found is not None
    questions = json.loads(unescape(found[1]))["visit"]
    names = [each["path"].partition(".")[0] for each in questions if each["consent"]]
    assert ("people", *dict.fromkeys(names)) == WITH_CONSENT


def test_the_shell_is_the_same_for_everybody(app, visitor, make, shell):
    visitor.sign_in(make.person(display_name="Lò Thị Mẫu").name)
    assert visitor.client.get("/doi-so/tren-may").get_data(as_text=True) == shell


def test_the_shell_says_what_was_read_out(shell):
    assert f'data-consent-text="{CONSENT_TEXT_VERSION}"' in shell


def test_every_word_the_modules_ask_for_is_in_the_shell(shell):
    asked = set()
    for module in SCREENS.glob("*.js"):
        asked |= set(re.findall(r'\bsay\("([\w.-]+)"', module.read_text(encoding="utf-8")))
    words = set(re.findall(r'data-word="([^"]+)"', shell))
    assert asked
    assert asked <= words


def test_every_screen_the_modules_draw_is_in_the_shell(shell):
    drawn = set()
    for module in SCREENS.glob("*.js"):
        drawn |= set(re.findall(r'\bdraw\("([\w-]+)"', module.read_text(encoding="utf-8")))
    assert drawn
    assert drawn <= set(re.findall(r'<template id="([^"]+)"', shell))


def test_every_code_a_row_may_carry_has_its_words(shell):
    words = set(re.findall(r'data-word="([^"]+)"', shell))
    assert {f"outcome.{code.value}" for code in Outcome} <= words
    assert {f"status.{code.value}" for code in HouseholdStatus} <= words


def test_every_reason_to_refuse_a_visit_has_its_words(shell):
    words = set(re.findall(r'data-word="(?:fault|todo)\.([^"]+)"', shell))
    assert words >= OUR_OWN | set(codes_by_pydantic.values())
    assert words >= {
        "not_in_your_area",
        "not_found",
        "another_household",
        "could_not_be_kept",
        "not_understood",
        "conflict",
    }


def test_every_skill_has_a_small_picture_of_shapes_only():
    sheet = (PROJECT_ROOT / "community_teams/static/teams/skills.svg").read_text(encoding="utf-8")
    drawings = dict(re.findall(r'<symbol id="(\w+)"(.*?)</symbol>', sheet, re.DOTALL))
    assert list(drawings) == [skill.value for skill in Skill]
    assert all(len(drawing) < 2048 for drawing in drawings.values())
    assert set(re.findall(r"<(\w+)", sheet)) == {"svg", "defs", "symbol", "g", "path", "rect", "circle", "use"}
    assert set(re.findall(r'href="([^"]*)"', sheet)) == {"#may", "#mat-nguoi"}


def test_the_phone_asks_whose_it_is(visitor, make):
    hamlet = make.hamlet(name="Mẫu 1")
    visitor.sign_in(make.person(area=hamlet, display_name="Lò Thị Mẫu").name)
    told = visitor.client.get("/doi-so/tren-may/toi").get_json()
    assert told["hamlets"] == [{"code": hamlet.code, "name": "Bản Mẫu 1", "sample": hamlet.is_sample}]
    assert told["name"] == "Lò Thị Mẫu"


def test_nobody_is_told_whose_phone_it_is_without_signing_in(app):
    answer = app.test_client().get("/doi-so/tren-may/toi", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "not_signed_in")

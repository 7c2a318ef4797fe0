import pytest
from flask import Flask, current_app

from foundation.doctor import Finding, Severity, add_check, run_checks


@pytest.fixture
def bare() -> Flask:
    return Flask(__name__)


def test_checks_run_inside_the_application_and_the_gravest_comes_first(bare):
    add_check(bare, lambda _app: [Finding("a", Severity.INFO, "một")])
    add_check(bare, lambda app: [Finding("b", Severity.FAULT, current_app.name == app.name and "hai")])
    add_check(bare, lambda _app: [Finding("c", Severity.WARNING, "ba")])

    assert [(each.code, each.what) for each in run_checks(bare)] == [("b", "hai"), ("c", "ba"), ("a", "một")]


def test_a_check_that_breaks_is_a_fault_and_hides_no_other(bare):
    def broken(_app):
        raise RuntimeError("a password is hunter2")

    add_check(bare, broken)
    add_check(bare, lambda _app: [Finding("a", Severity.WARNING, "một")])

    first, second = run_checks(bare)

    assert (first.code, first.severity) == ("check_failed", Severity.FAULT)
    assert "broken" in first.what
    assert "hunter2" not in first.what
    assert second.code == "a"


def test_a_check_added_twice_runs_once(bare):
    def check(_app):
        return [Finding("a", Severity.INFO, "một")]

    add_check(bare, check)
    add_check(bare, check)

    assert len(run_checks(bare)) == 1

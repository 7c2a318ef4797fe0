"""Every address that is read, as everybody, about everything planted in four worlds."""

import pytest

from tests.matrix.asking import undeclared

# Who may do what is decided alike on every database; the statements themselves are tried on all of them elsewhere.
pytestmark = pytest.mark.one_database


def test_every_route_says_what_it_is_asked_with(whole_app):
    assert undeclared(whole_app) == []


def test_every_read_is_answered_as_the_role_table_says(matrix):
    rules = [r for r in matrix.app.url_map.iter_rules() if "GET" in r.methods and not r.endpoint.endswith("static")]
    for rule in sorted(rules, key=lambda r: r.rule):
        if rule.endpoint == "gallery.show_gallery":
            continue
        worlds = list(matrix.worlds.values()) if rule.arguments else [matrix.worlds["A"]]
        for who in matrix.identities:
            for world in worlds:
                if matrix.next():
                    matrix.ask(rule, "GET", who, world)

    assert matrix.faults == []
    if matrix.every > 1:
        pytest.skip("only some were asked")
    assert matrix.asked >= 9_000
    assert matrix.statuses[200] > 1_500, "hardly anything opened: nothing is proved"

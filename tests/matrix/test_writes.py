"""Every address that writes, as everybody, about everything planted in four worlds: no row out of reach changes."""

import pytest

from foundation.areas.domain.scope import NATION

# As in test_reads.py.
pytestmark = pytest.mark.one_database


def test_no_write_reaches_further_than_its_author(matrix):
    rules = [r for r in matrix.app.url_map.iter_rules() if "POST" in r.methods]
    for rule in sorted(rules, key=lambda r: r.rule):
        for who in matrix.identities:
            for world in matrix.worlds.values():
                if matrix.next():
                    matrix.ask(rule, "POST", who, world)

    assert matrix.faults == []
    if matrix.every > 1:
        pytest.skip("only some were asked")
    assert matrix.asked >= 6_000
    assert matrix.changed > 200, "hardly anything was written: nothing is proved"


def test_a_hole_would_be_found(matrix, monkeypatch):
    """With a reach that covers everything, the same questions name what is read and what is changed out of reach."""
    monkeypatch.setattr("foundation.accounts.views.access.reach", lambda *_: NATION)
    stranger = next(who for who in matrix.identities if who.name == f"team_leader of {matrix.worlds['D'].path}")
    known, matrix.faults = matrix.faults, []
    for rule in matrix.app.url_map.iter_rules():
        if rule.endpoint in {"teams.show_household", "teams.take_out", "teams.add_step", "teaching.take_off"}:
            matrix.ask(rule, "GET" if "GET" in rule.methods else "POST", stranger, matrix.worlds["A"])
    found, matrix.faults = matrix.faults, known

    told = "\n".join(found)
    assert "tells DauHouseholdA" in told
    assert "out of reach" in told
    assert "(teams.add_step) of world A: 303, changes rows of world A" in told
    assert "(teaching.take_off) of world A: 303, changes rows of world A" in told

"""What programs may ask of us: all of it is told at /api/openapi.json, and it is told truly."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from foundation.accounts.domain.roles import Role

# Requests made of every operation, as the document says they should be, and as it says they should not.
REQUESTS = 12
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
UNHURRIED = settings(
    max_examples=REQUESTS,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_every_address_for_programs_is_told(app, visitor):
    told = visitor.client.get("/api/openapi.json").json

    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.rule != "/api/openapi.json"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, methods in told["paths"].items() for method in methods} == served


def test_the_document_is_kept_until_it_changes(visitor):
    answer = visitor.client.get("/api/openapi.json")

    again = visitor.client.get("/api/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})

    assert (answer.json["openapi"], again.status_code) == ("3.1.0", 304)


def test_a_batch_is_told_with_every_answer_a_visit_may_carry(visitor):
    schemas = visitor.client.get("/api/openapi.json").json["components"]["schemas"]

    visits = schemas["Batch"]["properties"]["visits"]
    assert visits["maxItems"] == 200
    assert {"household", "outcome", "people", "supersedes"} <= visits["items"]["properties"].keys()
    assert "met_done" in schemas["Outcome"]["enum"]


@pytest.fixture
def cookie(make, visitor, now):
    visitor.sign_in(make.person(role=Role.TEAM_LEADER, area=make.commune()).name)
    return f"session={visitor.client.get_cookie('session').value}"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_asked_the_answer_is_one_that_was_told(app, cookie, mode):
    headers = {"Cookie": cookie, "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    checks = [CHECKS.get_one(name) for name in CHECKED]
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not operation.body:
            continue  # any text is an area's code

        @seed(20261122)
        @settings(UNHURRIED)
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case):
            case.call_and_validate(headers=headers, checks=checks)

        ask()

"""Monitoring: /healthz, whether the process answers; /readyz, whether it can work."""

import ipaddress
from typing import Any

from flask import Blueprint, Flask, Response, current_app, json, request

from foundation.readiness import Check, Readiness
from foundation.readiness_sentences import sentence_for
from foundation.version import VERSION

blueprint = Blueprint("health", __name__)


def init_health(app: Flask) -> None:
    app.extensions["readiness"] = Readiness(app)
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 and the version while the process answers.

    Checks nothing else, so no process is restarted because the database is away.
    """
    return _answer(200, {"status": "ok", "version": VERSION})


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 while every check passes, else 503. Details of the checks go to this machine and private networks only."""
    checks = current_app.extensions["readiness"].checks()
    ready = all(check.ok for check in checks.values())
    answer: dict[str, Any] = {"status": "ready" if ready else "not_ready"}
    if from_private_address():
        answer["checks"] = {name: _check_json(name, check) for name, check in checks.items()}
    return _answer(200 if ready else 503, answer)


def _check_json(name: str, check: Check) -> dict[str, Any]:
    sentence = "" if check.ok else sentence_for(name, check.code)
    return check.to_json() | ({"sentence": sentence} if sentence else {})


def from_private_address() -> bool:
    """Whether the client is on this machine or a private network. False if an untrusted proxy forwarded it."""
    settings = current_app.extensions["settings"]
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if forwarded and not settings.behind_proxy:
        return False
    try:
        address = ipaddress.ip_address(request.remote_addr or "127.0.0.1")
    except ValueError:
        return False
    return address.is_loopback or address.is_private


def _answer(status: int, content: dict[str, Any]) -> Response:
    answer = Response(json.dumps(content), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer

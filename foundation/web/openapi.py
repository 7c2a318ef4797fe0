"""The OpenAPI document at /api/openapi.json. Packages describe their endpoints next to the views."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from flask.sansio.blueprints import BlueprintSetupState
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug import Response as Answer

from foundation.web.access import public

blueprint = Blueprint("api", __name__)
_SCHEMAS = "#/components/schemas/{model}"

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` is stable; some carry more, such as `fields`.",
    "required": ["type", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "request_id": {"type": "string", "description": "Under which the server's log knows this request."},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


@dataclass(frozen=True)
class Parameter:
    """place: "path", "query" or "header". schema: JSON Schema of the value."""

    name: str
    place: str
    about: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """One endpoint for programs.

    path: as Flask writes it, "/api/v1/coverage/<code>". takes, gives: pydantic models of the JSON sent and answered, or
    its JSON Schema. refusals: {status: codes of the problem}. signed_in: whether a session is needed.
    packed: whether the body may be sent with Content-Encoding: gzip.
    """

    method: str
    path: str
    name: str
    about: str
    gives: type[BaseModel] | Mapping[str, Any]
    takes: type[BaseModel] | Mapping[str, Any] | None = None
    media: str = "application/json"
    parameters: Sequence[Parameter] = ()
    refusals: Mapping[int, Sequence[str]] = field(default_factory=dict)
    others: Mapping[int, str] = field(default_factory=dict)  # {status: what it means}, such as 304
    signed_in: bool = False
    packed: bool = False


class Api:
    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._document: str | None = None

    def add(self, operation: Operation) -> None:
        self.operations.append(operation)
        self._document = None

    def document(self) -> str:
        """The OpenAPI 3.1 document."""
        if self._document is None:
            self._document = json.dumps(_document(self.operations), ensure_ascii=False, separators=(",", ":"))
        return self._document


def init_api(app: Flask) -> None:
    """Serve /api/openapi.json. Other packages call `describe` next to their views."""
    app.extensions["api"] = Api()
    app.register_blueprint(blueprint)


def describe(blueprint: Blueprint, *operations: Operation) -> None:
    """Add endpoints to /api/openapi.json. tests/test_api.py finds endpoints that were left out."""

    @blueprint.record_once
    def add(state: BlueprintSetupState) -> None:
        for operation in operations:
            state.app.extensions["api"].add(operation)


@blueprint.get("/api/openapi.json")
@public
def show_api() -> Answer:
    document = current_app.extensions["api"].document()
    answer = Response(document, mimetype="application/json")
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.set_etag(sha256(document.encode()).hexdigest()[:16])
    return answer.make_conditional(request)


def _document(operations: Sequence[Operation]) -> dict[str, Any]:
    taken = [(model, "validation") for each in operations if isinstance(model := each.takes, type)]
    given = [(model, "serialization") for each in operations if isinstance(model := each.gives, type)]
    names, schemas = models_json_schema([*taken, *given], ref_template=_SCHEMAS)  # type: ignore[list-item]
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", each.path)
        paths.setdefault(path, {})[each.method.lower()] = _operation_object(each, names)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bình dân học vụ số",
            "version": "1",
            "description": "What phones and other programs may ask. Every refusal is a Problem with a stable code.",
        },
        "paths": paths,
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Problem": PROBLEM},
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "session",
                    "description": "POST /dang-nhap with the form fields `name` and `password` gives it.",
                }
            },
        },
    }


def _operation_object(each: Operation, names: Mapping[Any, Any]) -> dict[str, Any]:
    gives = names[each.gives, "serialization"] if isinstance(each.gives, type) else dict(each.gives)
    answers: dict[str, Any] = {"200": {"description": "Done.", "content": {each.media: {"schema": gives}}}}
    answers |= {str(status): {"description": about} for status, about in each.others.items()}
    refusals = {401: ("not_signed_in",), **each.refusals} if each.signed_in else each.refusals
    for status, codes in sorted(refusals.items()):
        answers[str(status)] = {
            "description": ", ".join(codes),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation: dict[str, Any] = {"operationId": each.name, "summary": each.about, "responses": answers}
    if each.signed_in:
        operation["security"] = [{"session": []}]
    parameters = [
        {
            "name": one.name,
            "in": one.place,
            "description": one.about,
            "required": one.required or one.place == "path",
            "schema": dict(one.schema),
        }
        for one in each.parameters
    ]
    if parameters:
        operation["parameters"] = parameters
    if each.takes is not None:
        takes = names[each.takes, "validation"] if isinstance(each.takes, type) else dict(each.takes)
        body: dict[str, Any] = {"required": True, "content": {"application/json": {"schema": takes}}}
        if each.packed:
            body["description"] = "May be sent with Content-Encoding: gzip."
        operation["requestBody"] = body
    return operation

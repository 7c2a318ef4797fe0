"""Error answers: a page with a link onwards for people, problem+json for programs. Never a bare 500."""

import logging

from flask import Flask, Response, g, json, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from foundation.problems import Problem, TooMany
from foundation.storage_faults import StorageFault, storage_fault
from foundation.web.request_log import note_fault, request_id

log = logging.getLogger(__name__)

# Fields that must not be written into a page: a form with one of these is not offered for sending again.
NEVER_REPEATED = {"password", "new_password", "given", "pin"}
CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "not_this_way",
    413: "too_large",
    414: "address_too_long",
    415: "wrong_type",
    421: "wrong_host",
    429: "too_many",
    431: "headers_too_long",
    500: "our_fault",
    503: "busy",
}


# Code and Retry-After seconds for each storage fault.
STORAGE_ANSWERS = {
    StorageFault.BUSY: ("busy", 5),
    StorageFault.UNREACHABLE: ("busy", 5),
    StorageFault.FULL: ("read_only", 60),
    StorageFault.READ_ONLY: ("read_only", 60),
    StorageFault.DAMAGED: ("maintenance", 300),
    StorageFault.REFUSED: ("maintenance", 300),
    StorageFault.SCHEMA: ("maintenance", 300),
}


def wants_json() -> bool:
    if request.path.startswith("/api/") or request.is_json:
        return True
    accept = request.accept_mimetypes
    return accept.best_match(["text/html", "application/json"], "text/html") == "application/json"


def init_error_handlers(app: Flask) -> None:
    @app.errorhandler(Problem)
    def refuse(problem: Problem) -> Response:
        answer = _answer(problem.status, problem.code, **problem.details)
        if problem.status == 503:
            answer.headers["Retry-After"] = "60"
        if isinstance(problem, TooMany):
            answer.headers["Retry-After"] = str(problem.retry_after)
        return answer

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return Response(error.get_body(), status, error.get_headers())
        answer = _answer(status, CODES.get(status, "refused"))
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After"}:
                answer.headers[name] = value
        return answer

    # The driver's own errors are raised while a connection is set up, where SQLAlchemy does not wrap them.
    driver: type[Exception] = app.extensions["engine"].dialect.loaded_dbapi.Error

    @app.errorhandler(DBAPIError)
    @app.errorhandler(PoolTimeout)
    @app.errorhandler(driver)
    @app.errorhandler(OSError)
    def storage(error: Exception) -> Response:
        fault = storage_fault(error)
        if fault is None:
            # A bug: handled by the handler for 500 below.
            raise error
        note_fault(error)
        app.extensions["readiness"].note_fault(fault)
        log.error("storage %s", fault, exc_info=error)
        # The error page must not load the signed-in person from the database.
        g.database_gone = True
        code, retry_after = STORAGE_ANSWERS[fault]
        answer = _answer(503, code, again=_form_again())
        answer.headers["Retry-After"] = str(retry_after)
        return answer

    @app.errorhandler(500)
    def ours(_error: Exception) -> Response:
        return _answer(500, "our_fault", again=_form_again())


def _form_again() -> list[tuple[str, str]] | None:
    """The fields of the form that failed, so that one tap sends it again.

    None if it was no form, or if it has a field of NEVER_REPEATED: without its password a sign-in would fail again.
    """
    if request.method != "POST" or request.is_json or not getattr(request, "form_is_read", True):
        return None
    if not NEVER_REPEATED.isdisjoint(request.form):
        return None
    return list(request.form.items(multi=True))


def _answer(status: int, code: str, **details: object) -> Response:
    if wants_json():
        members = {key: value for key, value in details.items() if key != "again"}
        body = {"type": "about:blank", "status": status, "code": code, "request_id": request_id(), **members}
        return Response(json.dumps(body), status, mimetype="application/problem+json")
    return Response(render_template("web/error.html", status=status, code=code, details=details), status)

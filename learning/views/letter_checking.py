"""Checking a letter, for anybody: by its code or its QR code, with and without network."""

from importlib import import_module
from typing import Any

from flask import Response, current_app, json, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from foundation import clock
from foundation.clock import in_vietnam
from foundation.problems import NotFound
from foundation.throttling.services import refuse_full
from foundation.throttling.visitors import address_buckets, count_reading
from foundation.web.access import public
from foundation.web.database import session
from learning import queries
from learning.domain.awards import Scanned, read_scanned
from learning.domain.codes import InvalidCode
from learning.services.award_checking import LetterCheck, LetterFinding, check
from learning.views.blueprint import blueprint
from learning.views.learner import known_learner
from learning.views.letter_prints import OPEN_BADGES, status_list_address
from learning.views.lookups import catalogue
from learning.views.qr import has_own_address, printed_root
from learning.views.signing import key_to_sign
from translations.languages import LANGUAGES

FIVE_MINUTES = 300
LONGEST_TYPED = 700  # an address with an award


@blueprint.get("/xac-nhan")
@public
def check_form() -> str | BaseResponse | tuple[str, int]:
    """The form for a code or a scanned address. With ?ma=… go to its letter, or show the form again with the error."""
    typed = request.args.get("ma", "")[:LONGEST_TYPED]
    if not typed.strip():
        return _form("", "missing" if "ma" in request.args else "")
    try:
        found = look_up(read_scanned(typed))
    except InvalidCode:
        return _form(typed, "code_mistyped"), 422
    if found.letter is not None:
        return redirect(url_for(".check_letter", code=found.letter.code), 303)
    return _form(typed, found.finding.value), 404 if found.finding is LetterFinding.NO_LETTER else 422


@blueprint.get("/xac-nhan/<code>")
@public
def check_letter(code: str) -> str | tuple[str, int]:
    """The content and status of a letter, for anybody who has its code."""
    try:
        scanned = read_scanned(code)
    except InvalidCode:
        return _form(code, "code_mistyped"), 404
    letter = look_up(scanned).letter
    if letter is None:
        return _form(code, LetterFinding.NO_LETTER.value), 404
    return render_template(
        "learning/letter_checked.html",
        letter=letter,
        language_name=LANGUAGES[letter.facts.language].vietnamese_name,
        own=letter.learner == known_learner(),
    )


def look_up(scanned: Scanned) -> LetterCheck:
    """Check a letter. Unknown codes are counted by address, so that nobody can guess codes.

    Raises TooMany after very many unknown codes; an award with its signature is always checked.
    """
    misses = [] if scanned.digits else address_buckets("letter_codes")
    refuse_full(session(), misses, now=clock.now())
    found = check(session(), scanned)
    if found.finding is LetterFinding.NO_LETTER:
        count_reading(misses)
    return found


def _form(typed: str, error: str) -> str:
    return render_template("learning/check_form.html", typed=typed, error=error, longest=LONGEST_TYPED)


@blueprint.get("/xac-nhan/quet")
@public
def scan() -> str:
    """Camera or a text box: checks with the keys and the status list stored on the phone. The same page for everybody,
    so that it can be cached.
    """
    return render_template("learning/scan_letter.html", findings=list(LetterFinding), longest=LONGEST_TYPED)


def letter_check_files() -> list[str]:
    """Addresses of the page and of all its files, which a phone stores so that it can check letters without network.

    Needs a request. The page itself stores the two lists, in the cache "hoc-kiem-giay", whenever there is network.
    """
    static = current_app.extensions["static_files"]
    entries = ("letters/page.js", "offline/hello.js")
    scripts = sorted({name for entry in entries for name in static.with_imports("learning", entry)})
    return [
        url_for(".scan"),
        *[url_for("web.static", filename=name) for name in ("page.css", "mark.svg", "keeping.js")],
        *[url_for(".static", filename=name) for name in ("scan.css", *scripts)],
        url_for("vendor.static", filename="qr-scanner/engine.js"),
    ]


@blueprint.get("/xac-nhan/khoa.json")
@public
def publish_keys() -> Response:
    """All keys that ever signed a letter, newest first, and the titles of courses, which letters name by id."""
    keys = [
        {
            "id": key.id,
            "public": key.public.hex(),
            "from": key.made_at.isoformat(),
            "until": key.retired_at.isoformat() if key.retired_at else None,
            "distrusted": key.distrusted,
        }
        for key in queries.award_keys(session())
    ]
    titles = {course.id: course.title for course in catalogue().courses}
    organisation = current_app.extensions["settings"].organisation
    return _published({"issuer": organisation, "keys": keys, "courses": titles})


@blueprint.get("/xac-nhan/tinh-trang.json")
@public
def publish_status() -> Response:
    """All status lists, each as the signed credential served at /xac-nhan/tinh-trang/<number>, and their time."""
    now = clock.now()
    lists = [_status_list(number) for number in range(queries.count_status_lists(session()))]
    return _published({"as_of": in_vietnam(now).isoformat(timespec="seconds"), "lists": lists})


@blueprint.get("/xac-nhan/tinh-trang/<int:number>")
@public
def publish_status_list(number: int) -> Response:
    """One Bitstring Status List credential (compact JWT). Every credential contains this address: it must not
    change.
    """
    if number >= queries.count_status_lists(session()):
        raise NotFound("no_such_list")
    return _cached_briefly(Response(_status_list(number), mimetype="application/vc+jwt"))


@blueprint.get("/.well-known/did.json")
@public
def publish_did() -> Response:
    """Our public keys for external checkers (did:web), newest first, without distrusted ones."""
    keys = [key for key in queries.award_keys(session()) if not key.distrusted]
    if not keys:
        raise NotFound("no_such_key")
    document = import_module(OPEN_BADGES).did_document(keys, printed_root())
    return _cached_briefly(Response(json.dumps(document), mimetype="application/did+json"))


def _status_list(number: int) -> str:
    root = printed_root()
    signed: str = import_module(OPEN_BADGES).status_list(
        queries.void_places(session(), number),
        address=status_list_address(root, number),
        root=root,
        key=key_to_sign(),
        now=clock.now(),
    )
    return signed


def _published(content: dict[str, Any]) -> Response:
    return _cached_briefly(Response(json.dumps(content), mimetype="application/json"))


def _cached_briefly(answer: Response) -> Response:
    if has_own_address():
        answer.cache_control.public = True
        answer.cache_control.max_age = FIVE_MINUTES
    else:
        # It contains the host of the request: a proxy must not serve it to others.
        answer.cache_control.no_store = True
    return answer

"""Revoking letters, for officers responsible for letters."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.problems import Conflict, Invalid, NotAllowed
from foundation.web.database import session, transaction
from learning.domain.awards import read_scanned
from learning.domain.codes import InvalidCode
from learning.domain.letters import LONGEST_NOTE, CertificateStatus, Letter, Reason, read_note
from learning.services.award_checking import check
from learning.services.letters import revoke_letter
from learning.views.blueprint import admin
from translations.languages import LANGUAGES

# Only learners themselves give their own wish as a reason, on their own phone.
REASONS = [reason for reason in Reason if reason is not Reason.OWN_WISH]


@admin.get("/quan-ly/giay-xac-nhan")
@may(Act.REVOKE_LETTERS)
def find_letter() -> str | Response | tuple[str, int]:
    """The form for a code. With ?ma=… go to that letter, or show the form again with the error."""
    typed = request.args.get("ma", "")
    if not typed.strip():
        return _box(typed, "missing" if "ma" in request.args else "")
    letter = _letter(typed)
    if letter is None:
        return _box(typed, "no_such_letter"), 404
    return redirect(url_for(".show_letter", code=letter.code), 303)


@admin.get("/quan-ly/giay-xac-nhan/<code>")
@may(Act.REVOKE_LETTERS)
def show_letter(code: str) -> str | tuple[str, int]:
    letter = _letter(code)
    return _page(letter) if letter else (_box(code, "no_such_letter"), 404)


@admin.post("/quan-ly/giay-xac-nhan/<code>")
@may(Act.REVOKE_LETTERS)
def revoke(code: str) -> Response | str | tuple[str, int]:
    letter = _letter(code)
    if letter is None:
        return _box(code, "no_such_letter"), 404
    reason, note = request.form.get("reason", ""), request.form.get("note", "")
    if reason not in REASONS:
        return _page(letter, note=note, faults={"reason": "choose_one"}), 422
    try:
        read = read_note(Reason(reason), note)
        with transaction() as writing:
            revoke_letter(
                writing,
                letter.code,
                Reason(reason),
                note=read,
                who=current_user.name,
                scope=scope_for(Act.REVOKE_LETTERS),
                now=clock.now(),
            )
    except Invalid as faulty:
        return _page(letter, reason=reason, note=note, faults=faulty.fields), faulty.status
    except (Conflict, NotAllowed) as refused:
        return _page(letter), refused.status
    return redirect(url_for(".show_letter", code=letter.code), 303)


def _letter(typed: str) -> Letter | None:
    try:
        return check(session(), read_scanned(typed)).letter
    except InvalidCode:
        return None


def _box(typed: str, error: str) -> str:
    return render_template("learning/letter_to_revoke.html", typed=typed, error=error)


def _page(letter: Letter, *, reason: str = "", note: str = "", faults: Mapping[str, str] | None = None) -> str:
    return render_template(
        "learning/admin_letter.html",
        letter=letter,
        language_name=LANGUAGES[letter.facts.language].vietnamese_name,
        open=letter.status is CertificateStatus.VALID,
        elsewhere=not scope_for(Act.REVOKE_LETTERS).covers(letter.area_path),
        reasons=REASONS,
        reason=reason,
        note=note,
        faults=faults or {},
        longest=LONGEST_NOTE,
    )

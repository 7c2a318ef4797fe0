"""Starting and ending assisted sessions: on the helper's phone, or on the learner's with a code read aloud."""

from uuid import UUID

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, public, scope_for
from foundation.throttling.services import give_back, take
from foundation.web.database import session, transaction
from learning.domain.assisting import LASTS, FaultyHelpCode, format_help_code, read_help_code
from learning.queries.assisting import sessions_of_helper, sessions_on_phone
from learning.services.assisting import end_assisting, make_help_code, start_assisting, use_help_code
from learning.services.learners import add_anonymous_learner
from learning.views.assisted_session import set_assisted_cookie
from learning.views.blueprint import teaching
from learning.views.learner import (
    known_learner,
    known_phone,
    people_here,
    phone_buckets,
    phone_for_writing,
    set_current_learner,
)


@teaching.get("/ngoi-canh")
@may(Act.HELP_LEARNERS)
def show_beside() -> str:
    return _page()


@teaching.post("/ngoi-canh")
@may(Act.HELP_LEARNERS)
def begin() -> Response:
    """Start a session with a learner of this phone, then show the lessons."""
    phone = known_phone()
    wished = request.form.get("learner", "")
    person = next((person for person in people_here() if str(person.id) == wished), None)
    if phone is None or person is None:
        return redirect(url_for(".show_beside"), 303)
    with transaction() as writing:
        start_assisting(writing, phone.id, person.id, helper=current_user.name, area_path=_own_area(), now=clock.now())
    set_current_learner(person.id)
    set_assisted_cookie(clock.now() + LASTS)
    return redirect(url_for("learning.show_courses"), 303)


@teaching.post("/ngoi-canh/ma")
@may(Act.HELP_LEARNERS)
def make_code() -> Response:
    """Make a code for the learner's phone. It is shown only once and is in no address."""
    key = current_app.config["SECRET_KEY"]
    with transaction() as writing:
        code = make_help_code(writing, key=key, helper=current_user.name, area_path=_own_area(), now=clock.now())
    page = make_response(_page(code=format_help_code(code)))
    page.headers["Cache-Control"] = "no-store"
    return page


@teaching.route("/ngoi-canh/nhap", methods=["GET", "POST"])
@public
def type_code() -> Response | str | tuple[str, int]:
    """On the learner's phone: type the code the helper reads aloud."""
    if request.method == "GET":
        return render_template("learning/beside_code.html", typed="", error="")
    typed = request.form.get("ma", "")
    try:
        code, tries = read_help_code(typed), phone_buckets("help_codes")
        with transaction() as writing:
            take(writing, tries, now=clock.now())
        with transaction() as writing:
            phone = phone_for_writing(writing)
            learner = known_learner() or add_anonymous_learner(writing, phone, now=clock.now())
            key = current_app.config["SECRET_KEY"]
            use_help_code(writing, code, key=key, phone=phone, learner=learner, now=clock.now())
            give_back(writing, tries, now=clock.now())
    except FaultyHelpCode as faulty:
        return render_template("learning/beside_code.html", typed=typed, error=faulty.code), 422
    set_current_learner(learner)
    set_assisted_cookie(clock.now() + LASTS)
    return redirect(url_for("learning.show_courses"), 303)


@teaching.post("/ngoi-canh/thoi/<uuid:session_id>")
@public
def end(session_id: UUID) -> Response:
    """End a session: by the helper on any phone, or by anybody on the phone it is on. Again: nothing changes."""
    phone = known_phone()
    helper = current_user.name if current_user.is_authenticated else ""
    with transaction() as writing:
        end_assisting(writing, session_id, now=clock.now(), phone=phone.id if phone else None, helper=helper)
    if not (phone and sessions_on_phone(session(), phone.id, clock.now())):
        set_assisted_cookie(None)
    return redirect(url_for(".show_beside") if helper else url_for("learning.show_me"), 303)


def _page(code: str = "") -> str:
    now = clock.now()
    phone = known_phone()
    here = sessions_on_phone(session(), phone.id, now) if phone else []
    own = sessions_of_helper(session(), current_user.name, now)
    helped = {each.person.id for each in here}
    return render_template(
        "learning/beside.html",
        code=code,
        going_on=own,
        people=[person for person in people_here() if person.id not in helped],
    )


def _own_area() -> str:
    """The area recorded for the session: the helper's hamlet, the first of several."""
    return min(scope_for(Act.HELP_LEARNERS).paths, default="")

"""Signing in and out, and one's own account."""

import math

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug import Response

from foundation import clock
from foundation.accounts import queries
from foundation.accounts.domain.names import fold_name
from foundation.accounts.models import Person
from foundation.accounts.services import people as people_services
from foundation.accounts.services import sign_in as services
from foundation.accounts.views.access import begin_session, had_session, is_shut_out, leave_session, public, signed_in
from foundation.accounts.views.menu import first_page, menu_items_for_user
from foundation.problems import Invalid, NotAllowed, TooMany
from foundation.throttling.services import Bucket, empty, give_back, key_of, take
from foundation.throttling.visitors import (
    address_buckets,
    bucket,
    count_reading,
    new_device,
    remember_account,
    this_device,
)
from foundation.web.addresses import local_path
from foundation.web.database import session, transaction
from foundation.web.errors import wants_json

blueprint = Blueprint("accounts", __name__, template_folder="../templates")


@blueprint.get("/dang-nhap")
@public
def sign_in() -> Response:
    if current_user.is_authenticated:
        return redirect(local_path(request.args.get("next"), first_page()), 303)
    if not this_device().id:
        _welcome_device()
    return _sign_in_page(200)


@blueprint.post("/dang-nhap")
@public
def try_sign_in() -> Response:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        person = _recognise(name, password)
    except TooMany as problem:
        if wants_json():
            raise
        answer = _sign_in_page(429, minutes=math.ceil(problem.retry_after / 60))
        answer.headers["Retry-After"] = str(problem.retry_after)
        return answer
    except NotAllowed as refused:
        if wants_json():
            raise
        return _sign_in_page(refused.status, sample=True)
    if person is None:
        return _sign_in_page(422, wrong=True)
    begin_session(person)
    return redirect(local_path(request.values.get("next"), first_page()), 303)


@blueprint.post("/dang-xuat")
@public
def sign_out() -> Response:
    leave_session()
    cookie.clear()
    return redirect("/", 303)


@blueprint.get("/tai-khoan")
@signed_in
def account() -> str:
    return _account_page(faults={})


@blueprint.post("/tai-khoan/mat-khau")
@signed_in
def change_password() -> Response | tuple[str, int]:
    person = current_user.row
    try:
        # Whoever finds a phone left open shall not guess the password there either. Strangers elsewhere count apart.
        tries = [bucket("own_password", person.name)]
        with transaction() as writing:
            take(writing, tries, now=clock.now())
        password_hash = people_services.check_new_password(
            person, current=request.form.get("password", ""), new=request.form.get("new_password", "")
        )
        with transaction() as writing:
            people_services.change_password(writing, person, password_hash, now=clock.now())
            empty(writing, tries)
    except Invalid as problem:
        return _account_page(faults=problem.fields), 422
    begin_session(person)
    return redirect(url_for(".account", xong="mat-khau"), 303)


@blueprint.post("/tai-khoan/may-khac")
@signed_in
def end_other_sessions() -> Response:
    person = current_user.row
    with transaction() as writing:
        people_services.end_sessions(writing, person, now=clock.now())
    begin_session(person)
    return redirect(url_for(".account", xong="may-khac"), 303)


def _recognise(name: str, password: str) -> Person | None:
    now = clock.now()
    folded = fold_name(name)
    buckets = _buckets(folded, password)
    # Counted as wrong until it proves right, so that attempts sent all at once count each other; the slow look at the
    # password lies between two short transactions and holds no lock.
    with transaction() as writing:
        take(writing, buckets, now=now)
    person = services.recognise(session(), name, password)
    if person is not None and is_shut_out(person):
        raise NotAllowed("sample_account")
    rehashed = services.rehash(person, password) if person else None
    with transaction() as writing:
        services.finish_attempt(writing, name, person, rehashed, now=now)
        if person is not None:
            empty(writing, [each for each in buckets if each.name in _OF_ONE_ACCOUNT])
            give_back(writing, [each for each in buckets if each.name not in _OF_ONE_ACCOUNT], now=now)
    if person is not None:
        remember_account(folded)
    return person


_OF_ONE_ACCOUNT = {"sign_in_account", "sign_in_known_device"}


def _buckets(folded_name: str, password: str) -> list[Bucket]:
    """What an attempt counts in: docs/throttling.md.

    On a device that knows the account nobody else's tries count. Elsewhere strangers share the account's bucket; a
    device with a cookie answers for itself, and only those without one for their address, so that one guesser closes
    no router to all the others behind it.
    """
    device = this_device()
    if device.knows(folded_name):
        return [bucket("sign_in_known_device", device.id, folded_name)]
    own = [bucket("sign_in_device", device.id)] if device.id else address_buckets("sign_in_address")
    # Of the password only 20 bits of a digest: enough to slow down one that is tried on many accounts, and nothing
    # that tells which it was.
    spray = bucket("sign_in_password", key_of(str(current_app.config["SECRET_KEY"]), "password", password[:200])[:5])
    return [bucket("sign_in_account", folded_name), *own, spray]


def _welcome_device() -> None:
    """Give a new device a cookie, unless very many came from its address lately."""
    try:
        count_reading(address_buckets("new_devices"))
    except TooMany:
        return
    new_device()


def _sign_in_page(status: int, *, wrong: bool = False, minutes: int = 0, sample: bool = False) -> Response:
    page = render_template(
        "accounts/sign_in.html",
        name=request.form.get("name", "")[:100],
        next=local_path(request.values.get("next"), ""),
        wrong=wrong,
        minutes=minutes,
        sample=sample,
        over=had_session(),
    )
    return make_response(page, status)


def _account_page(faults: dict[str, str]) -> str:
    today = clock.day_in_vietnam(clock.now())
    holdings = [held for held in current_user.row.holdings if held.as_holding().in_force(today)]
    return render_template(
        "accounts/account.html",
        holdings=holdings,
        areas=queries.areas_around(session(), [held.area_path for held in holdings]),
        menu_items=menu_items_for_user(),
        faults=faults,
        done=request.args.get("xong", ""),
    )

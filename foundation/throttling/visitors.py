"""Identifies visitors for rate limits: by address, and by a device cookie."""

import logging
import secrets
from collections.abc import Iterable

from flask import Flask, after_this_request, current_app, request
from flask.wrappers import Response
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import DBAPIError

from foundation import clock
from foundation.doctor import Finding, Severity, add_check
from foundation.settings import Settings
from foundation.storage_faults import StorageFault, storage_fault
from foundation.throttling.domain import address_keys, is_private
from foundation.throttling.services import Bucket, key_of, take
from foundation.web.database import transaction

log = logging.getLogger(__name__)

COOKIE = "may-quen"
ONE_YEAR = 365 * 24 * 3600  # seconds; every sign-in renews it
# Accounts remembered per device: a commune's office has one computer for the whole team.
MOST_KNOWN = 20
# A /48 is a whole organisation: it gets so many times the limit of a /64.
WIDE = 4
# After so many requests, all from one private address, there must be a proxy in front.
ENOUGH = 500


def bucket(name: str, *parts: str, factor: int = 1) -> Bucket:
    """The bucket of a limit of the settings for an account, a device or an address."""
    rate = getattr(current_app.extensions["settings"], f"limit_{name}")
    return Bucket(name, key_of(_secret(), name, *parts), rate, factor)


def count_reading(buckets: Iterable[Bucket]) -> None:
    """Count a read request, in its own transaction. Raises TooMany as `take` does.

    If the database is read-only or full, nothing is counted and reading goes on.
    """
    try:
        with transaction() as writing:
            take(writing, buckets, now=clock.now())
    except DBAPIError as error:
        if storage_fault(error) not in {StorageFault.READ_ONLY, StorageFault.FULL}:
            raise


def address_buckets(name: str) -> list[Bucket]:
    """The buckets of the visitor's address; none if the address may be a proxy's, which all visitors share."""
    if current_app.extensions["proxy_watch"].is_suspect():
        return []
    keys = address_keys(request.remote_addr)
    return [bucket(name, key, factor=WIDE**place) for place, key in enumerate(keys)]


class BrowserDevice:
    """A browser that opened the sign-in page. id: "" without our cookie. names: keys of accounts that signed in
    on it.
    """

    def __init__(self, id: str = "", names: Iterable[str] = ()) -> None:
        self.id, self.names = id, tuple(names)[-MOST_KNOWN:]

    def knows(self, folded_name: str) -> bool:
        return bool(self.id) and _account_key(folded_name) in self.names


def this_device() -> BrowserDevice:
    try:
        content = _signer().loads(request.cookies.get(COOKIE, ""), max_age=ONE_YEAR)
        return BrowserDevice(str(content["id"]), map(str, content["names"]))
    except (BadData, KeyError, TypeError):
        return BrowserDevice()


def new_device() -> None:
    """Give the device a new cookie with the answer to this request."""
    _set_cookie(BrowserDevice(secrets.token_urlsafe(9)))


def remember_account(folded_name: str) -> None:
    """Add the account to the device's cookie with the answer to this request."""
    known, key = this_device(), _account_key(folded_name)
    others = [name for name in known.names if name != key]
    _set_cookie(BrowserDevice(known.id or secrets.token_urlsafe(9), [*others, key]))


def _set_cookie(device: BrowserDevice) -> None:
    signed = str(_signer().dumps({"id": device.id, "names": device.names}))
    secure = current_app.extensions["settings"].https_only

    @after_this_request
    def add_cookie(response: Response) -> Response:
        response.set_cookie(COOKIE, signed, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=secure)
        return response


def _account_key(folded_name: str) -> str:
    # A short digest with our key, so that the cookie contains no names.
    return key_of(_secret(), "known device", folded_name)[:12]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(), salt="known device")


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


class ProxyWatch:
    """Notices that all visitors seem to have one address: BEHIND_PROXY is too low. One per process; warns once.

    forwarded: a proxy sent X-Forwarded-For but BEHIND_PROXY is 0. one_address: so far all visitors had one private
    address.
    """

    def __init__(self, settings: Settings) -> None:
        self._behind = settings.behind_proxy
        self._first: str | None = None
        self._seen = 0
        self._several = False
        self._warned = False
        self.forwarded = False

    @property
    def one_address(self) -> bool:
        return self._seen >= ENOUGH and not self._several

    @property
    def noticed(self) -> bool:
        """Whether an administrator should know; not for somebody who tries the platform on their own machine."""
        return self.forwarded or (self.one_address and bool(address_keys(self._first)))

    def look(self) -> None:
        """Call this at every request."""
        address = request.remote_addr
        self._seen += 1
        self._first = self._first or address
        self._several = self._several or address != self._first or not is_private(address)
        self.forwarded = self.forwarded or self._unnamed_proxy()
        if self.noticed and not self._warned:
            self._warned = True
            log.warning(
                "every visitor has the address of a proxy: set BEHIND_PROXY to the number of proxies in front "
                "(now %d); until then no limit is counted by address",
                self._behind,
            )

    def is_suspect(self) -> bool:
        """Whether this request's address may be a proxy's."""
        return self._unnamed_proxy() or self.one_address

    def _unnamed_proxy(self) -> bool:
        # A client in a public network that sends the header itself is still counted by address.
        return self._behind == 0 and "X-Forwarded-For" in request.headers and is_private(request.remote_addr)


def init_throttling(app: Flask) -> None:
    """Watch for a proxy that BEHIND_PROXY does not count, limit PDFs, and add a check to `flask doctor`."""
    app.extensions["proxy_watch"] = ProxyWatch(app.extensions["settings"])
    app.before_request(_look)
    app.before_request(_limit_prints)
    add_check(app, check_proxy)


def _look() -> None:
    current_app.extensions["proxy_watch"].look()


def _limit_prints() -> None:
    """Limit PDFs, which take seconds to render: by person if signed in, else by address."""
    if request.url_rule is None or not request.url_rule.rule.endswith(".pdf") or request.if_none_match:
        return
    if current_user.is_authenticated:
        buckets = [bucket("prints", "person", str(current_user.id))]
    else:
        buckets = address_buckets("prints")
    if buckets:
        count_reading(buckets)


def check_proxy(app: Flask) -> list[Finding]:
    """A wrong BEHIND_PROXY, from what this process noticed and from the settings."""
    settings, watch = app.extensions["settings"], app.extensions["proxy_watch"]
    if watch.noticed or (settings.https_only and settings.behind_proxy == 0):
        return [
            Finding(
                "behind_proxy_wrong",
                Severity.FAULT if watch.noticed else Severity.WARNING,
                "BEHIND_PROXY chưa khớp với số máy proxy đứng trước.",
                "Máy chủ thấy mọi người cùng một địa chỉ, nên không giới hạn được riêng ai theo địa chỉ.",
                "Đặt BEHIND_PROXY bằng số proxy đáng tin (thường là 1), rồi chạy lại máy chủ.",
            )
        ]
    return []

"""Who is asking, as far as limits go: an address, and a device that has been here before."""

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
# People who may be known to one device: a commune's office has one computer for all of its team.
MOST_KNOWN = 20
# A /48 is a whole organisation: so many times the room of a /64.
WIDE = 4
# So many requests, all of them from one private address, and somebody stands in front.
ENOUGH = 500


def bucket(name: str, *parts: str, factor: int = 1) -> Bucket:
    """The bucket of a limit of the settings for an account, a device or an address."""
    rate = getattr(current_app.extensions["settings"], f"limit_{name}")
    return Bucket(name, key_of(_secret(), name, *parts), rate, factor)


def count_reading(buckets: Iterable[Bucket]) -> None:
    """Count something that is only read, in a transaction of its own. Raises TooMany as `take` does.

    A database that takes no writes, in recovery or without room, keeps nobody from reading: then nothing is counted.
    """
    try:
        with transaction() as writing:
            take(writing, buckets, now=clock.now())
    except DBAPIError as error:
        if storage_fault(error) not in {StorageFault.READ_ONLY, StorageFault.FULL}:
            raise


def address_buckets(name: str) -> list[Bucket]:
    """Those of the visitor's address; none where it is not theirs but that of a proxy, which stands for everybody."""
    if current_app.extensions["proxy_watch"].is_suspect():
        return []
    keys = address_keys(request.remote_addr)
    return [bucket(name, key, factor=WIDE**place) for place, key in enumerate(keys)]


class Device:
    """A browser that opened the sign-in page. id: "" for one that brings no cookie of ours. names: marks of accounts
    that signed in on it.
    """

    def __init__(self, id: str = "", names: Iterable[str] = ()) -> None:
        self.id, self.names = id, tuple(names)[-MOST_KNOWN:]

    def knows(self, folded_name: str) -> bool:
        return bool(self.id) and _mark(folded_name) in self.names


def this_device() -> Device:
    try:
        told = _seal().loads(request.cookies.get(COOKIE, ""), max_age=ONE_YEAR)
        return Device(str(told["id"]), map(str, told["names"]))
    except (BadData, KeyError, TypeError):
        return Device()


def new_device() -> None:
    """The answer to this request gives the device a cookie of its own."""
    _tell(Device(secrets.token_urlsafe(9)))


def remember_account(folded_name: str) -> None:
    """The answer to this request tells the device that the account signed in on it."""
    known, mark = this_device(), _mark(folded_name)
    others = [name for name in known.names if name != mark]
    _tell(Device(known.id or secrets.token_urlsafe(9), [*others, mark]))


def _tell(device: Device) -> None:
    sealed = str(_seal().dumps({"id": device.id, "names": device.names}))
    secure = current_app.extensions["settings"].https_only

    @after_this_request
    def tell(response: Response) -> Response:
        response.set_cookie(COOKIE, sealed, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=secure)
        return response


def _mark(folded_name: str) -> str:
    # Short, and bound to our key: the cookie names nobody.
    return key_of(_secret(), "known device", folded_name)[:12]


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(), salt="known device")


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


class ProxyWatch:
    """Notices that every visitor seems to be one: BEHIND_PROXY tells too few proxies. One a process, told once.

    forwarded: a proxy named its visitor and nobody told us to believe it. one_address: so far all visitors had one
    private address.
    """

    def __init__(self, settings: Settings) -> None:
        self._behind = settings.behind_proxy
        self._first: str | None = None
        self._seen = 0
        self._several = False
        self._told = False
        self.forwarded = False

    @property
    def one_address(self) -> bool:
        return self._seen >= ENOUGH and not self._several

    @property
    def noticed(self) -> bool:
        """Whether an administrator should be told; somebody who tries it on their own machine need not."""
        return self.forwarded or (self.one_address and bool(address_keys(self._first)))

    def look(self) -> None:
        """To be called at every request."""
        address = request.remote_addr
        self._seen += 1
        self._first = self._first or address
        self._several = self._several or address != self._first or not is_private(address)
        self.forwarded = self.forwarded or self._unnamed_proxy()
        if self.noticed and not self._told:
            self._told = True
            log.warning(
                "every visitor has the address of a proxy: set BEHIND_PROXY to the number of proxies in front "
                "(now %d); until then no limit is counted by address",
                self._behind,
            )

    def is_suspect(self) -> bool:
        """Whether this request's address may be a proxy's, and so stand for everybody."""
        return self._unnamed_proxy() or self.one_address

    def _unnamed_proxy(self) -> bool:
        # A stranger on the public network who sends the header by hand is counted all the same.
        return self._behind == 0 and "X-Forwarded-For" in request.headers and is_private(request.remote_addr)


def serve_throttling(app: Flask) -> None:
    """Watch for a proxy that nobody told of, and let `flask doctor` tell it."""
    app.extensions["proxy_watch"] = ProxyWatch(app.extensions["settings"])
    app.before_request(_look)
    app.before_request(_limit_prints)
    add_check(app, check_proxy)


def _look() -> None:
    current_app.extensions["proxy_watch"].look()


def _limit_prints() -> None:
    """A print takes up to seconds to draw: by person where somebody signed in, else by address."""
    if request.url_rule is None or not request.url_rule.rule.endswith(".pdf") or request.if_none_match:
        return
    if current_user.is_authenticated:
        buckets = [bucket("prints", "person", str(current_user.id))]
    else:
        buckets = address_buckets("prints")
    if buckets:
        count_reading(buckets)


def check_proxy(app: Flask) -> list[Finding]:
    """What this process noticed, and what the settings alone tell."""
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

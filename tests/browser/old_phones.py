"""Phones as people have them: a Chromium from which what came to browsers in the last years is taken away again."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Request

from tests.browser.phone import Phone

# What a browser may lack, and how to take it away before any script of a page runs.
MEMBERS = {
    "submitter": "delete SubmitEvent.prototype.submitter",
    "requestSubmit": "delete HTMLFormElement.prototype.requestSubmit",
    "replaceChildren": (
        "for (const kind of [Element, Document, DocumentFragment]) delete kind.prototype.replaceChildren"
    ),
    "serviceWorker": "delete Navigator.prototype.serviceWorker",
    "indexedDB": "Object.defineProperty(window, 'indexedDB', {value: undefined})",
    "CompressionStream": "delete window.CompressionStream; delete window.DecompressionStream",
    "AbortSignal.timeout": "delete AbortSignal.timeout",
    "crypto.randomUUID": "delete Crypto.prototype.randomUUID",
}
EVERYTHING = "everything"
ZALO = (
    "Mozilla/5.0 (Linux; Android 10; SM-A107F) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/120.0.0.0 Mobile Safari/537.36 Zalo android/12120699 ZaloTheme/light ZaloLanguage/vi"
)


class Posts:
    """The answers a phone has sent by its forms: each body."""

    def __init__(self, phone: Phone) -> None:
        self.bodies: list[str] = []
        phone.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.method == "POST" and "/bai-hoc/" in request.url:
            self.bodies.append(request.post_data or "")


def script(missing: str) -> str:
    return ";".join(MEMBERS.values()) if missing == EVERYTHING else MEMBERS[missing]


@contextmanager
def old_phone(browser: Browser, server: str, missing: str = "", **more) -> Iterator[Phone]:
    context = browser.new_context(
        viewport={"width": 360, "height": 560}, locale="vi-VN", base_url=server, reduced_motion="reduce", **more
    )
    if missing:
        context.add_init_script(script(missing))
    yield Phone(context)
    context.close()

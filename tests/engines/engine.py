"""What a walk needs of a browser engine, however it is driven."""

import json
import re
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

# How long a walk waits for what should come; the machine may be busy with other walks.
PATIENCE = 30.0


class Gone(RuntimeError):
    """The page went away while it was asked: ask again."""


class Engine(Protocol):
    """One browser with one page, the size of a small phone."""

    name: str

    def goto(self, address: str) -> None:
        """Open an absolute address and wait until it is loaded. Raises ConnectionError where nothing answers."""

    def run(self, expression: str, *values: Any) -> Any:
        """The JSON value of a JavaScript expression in the page; `$0`, `$1` … stand for the values. A promise is waited
        for. Raises RuntimeError with the message of what it threw, Gone where the page went away meanwhile."""

    def errors(self) -> list[str]:
        """What scripts of the pages have thrown and nobody caught, since the start."""

    def picture(self) -> bytes:
        """The page as PNG."""

    def close(self) -> None:
        """End the browser and all its processes. The second time nothing happens."""


def filled(expression: str, values: Sequence[Any]) -> str:
    return re.sub(r"\$(\d)", lambda found: json.dumps(values[int(found.group(1))]), expression)


def wait_until(condition: Callable[[], Any], what: str) -> Any:
    """The first true answer of `condition`, asked again and again; AssertionError after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            answer = condition()
        except Gone:
            answer = None
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {PATIENCE:.0f} s: {what}"
        time.sleep(0.05)

"""The current request or job, so that every log line has its id."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_NOTHING: Mapping[str, object] = {}
_current: ContextVar[Mapping[str, object]] = ContextVar("log_context", default=_NOTHING)


def log_context() -> Mapping[str, object]:
    """The fields of the current request or job; empty outside of one."""
    return _current.get()


@contextmanager
def working_on(fields: Mapping[str, object]) -> Iterator[None]:
    """Add `fields` to every line until the block ends. The mapping may change meanwhile."""
    token = _current.set(fields)
    try:
        yield
    finally:
        _current.reset(token)

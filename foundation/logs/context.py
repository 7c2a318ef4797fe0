"""What is being worked on in this thread, so that every line written meanwhile carries its id."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_NOTHING: Mapping[str, object] = {}
_current: ContextVar[Mapping[str, object]] = ContextVar("log_context", default=_NOTHING)


def log_context() -> Mapping[str, object]:
    """The fields of the request or job in work; empty outside of one."""
    return _current.get()


@contextmanager
def working_on(fields: Mapping[str, object]) -> Iterator[None]:
    """Add `fields` to every line until the block ends. The mapping may be filled meanwhile."""
    token = _current.set(fields)
    try:
        yield
    finally:
        _current.reset(token)

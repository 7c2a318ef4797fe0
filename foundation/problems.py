"""The exceptions with which services refuse. foundation/web/errors.py turns them into answers."""

from collections.abc import Mapping


class Problem(Exception):
    """A refusal that a person can understand. `code` is stable and never translated; templates translate it."""

    status = 400

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class NotFound(Problem):
    status = 404


class NotAllowed(Problem):
    status = 403


class Conflict(Problem):
    status = 409


class TooMany(Problem):
    """Too many requests. `retry_after` is in seconds, at least 1."""

    status = 429

    def __init__(self, code: str, *, retry_after: int, **details: object) -> None:
        super().__init__(code, retry_after=retry_after, **details)
        self.retry_after = retry_after


class ParseError(Exception):
    """Something in a file or a cell cannot be read. `code`: stable, tells what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Invalid(Problem):
    """`fields` maps a field's name to a message code, for example {"visited_on": "in_the_future"}."""

    status = 422

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("invalid", fields=dict(fields))
        self.fields = dict(fields)

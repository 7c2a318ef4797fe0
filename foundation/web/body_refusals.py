"""Answers requests whose body foundation/serving refused: with a page, or as problem+json."""

from flask import Flask, request

from foundation.problems import Problem

# Key in the WSGI environment: why the body was refused.
REFUSAL = "serving.refusal"


class BodyRefused(Problem):
    """status, code: of the answer."""

    def __init__(self, status: int, code: str, **details: object) -> None:
        super().__init__(code, **details)
        self.status = status


def init_body_refusals(app: Flask) -> None:
    """Answer a refused body before any other hook or view looks at the request. Call it first."""

    @app.before_request
    def refuse() -> None:
        refusal: BodyRefused | None = request.environ.get(REFUSAL)
        if refusal is not None:
            raise refusal

"""How the application answers for a body that foundation/serving did not take: in words, or as problem+json."""

from flask import Flask, request

from foundation.problems import Problem

# In the WSGI environment: why the body was not taken.
REFUSAL = "serving.refusal"


class BodyRefused(Problem):
    """status, code: as the application answers it."""

    def __init__(self, status: int, code: str, **details: object) -> None:
        super().__init__(code, **details)
        self.status = status


def answer_refusals(app: Flask) -> None:
    """Answer a refused body before any other hook or view looks at the request. Call it first."""

    @app.before_request
    def refuse() -> None:
        refusal: BodyRefused | None = request.environ.get(REFUSAL)
        if refusal is not None:
            raise refusal

"""Signs cursors, so that a phone can only send back a cursor that it was given."""

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from community_teams.phones.domain.worklist_cursor import Cursor


def seal(cursor: Cursor, use: str) -> str:
    """The cursor as text for an address. use: which list it belongs to; it opens for no other."""
    return str(_seals(use).dumps(cursor.as_json()))


def unseal(text: str, use: str) -> Cursor | None:
    """The cursor that was sealed for `use`; None for an empty text and for anything we did not seal ourselves."""
    try:
        return Cursor.from_json(_seals(use).loads(text)) if text else None
    except BadData:
        return None


def _seals(use: str) -> URLSafeSerializer:
    # Without its seal, a cursor could ask for the ids of households elsewhere: "what of these is gone for me?"
    return URLSafeSerializer(current_app.secret_key or "", salt=f"cursor {use}")

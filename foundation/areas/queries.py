"""Reading areas: who lies beneath whom, in Vietnamese order."""

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_, true

from foundation.areas.domain.scope import Scope


def inside(path: SQLColumnExpression[str], scope: Scope) -> ColumnElement[bool]:
    """The condition that an area path lies within `scope`: nothing for an empty scope, anything for the nation.

    path: a column of type `bytewise`. A range, not LIKE, so that both databases answer it from the index.
    """
    if scope.is_nation:
        return true()
    if not scope.paths:
        return false()
    # "0" is the character right after "/".
    return or_(*(and_(path >= beneath, path < beneath[:-1] + "0") for beneath in scope.paths))

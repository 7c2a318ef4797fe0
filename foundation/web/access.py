"""The mark of a view that anybody may open; marks for the signed-in live in accounts, which stands above."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Marks a view that anybody may open. tests/test_routes.py finds views that carry no mark at all."""
    view.access = "public"  # type: ignore[attr-defined]
    return view

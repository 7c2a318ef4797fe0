"""The decorator of public views. Those for signed-in people are in foundation/accounts/views/access.py."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Marks a view that anybody may open. tests/test_routes.py finds views without any such decorator."""
    view.access = "public"  # type: ignore[attr-defined]
    return view

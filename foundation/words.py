"""Marks a sentence for the translators where it stands in Python."""


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for it
    """The sentence itself; it is looked up where it is shown."""
    return sentence

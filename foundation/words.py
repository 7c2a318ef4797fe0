"""Marks a Vietnamese sentence in Python code for translation. The template that shows it translates it."""


def N_(sentence: str) -> str:
    """Return the sentence unchanged."""
    return sentence

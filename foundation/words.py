"""Marks a Vietnamese sentence in Python code for translation; the template that shows it translates it."""


def N_(sentence: str) -> str:
    """Give the sentence back as it is."""
    return sentence

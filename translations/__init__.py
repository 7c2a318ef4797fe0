"""Languages, gettext catalogues, and formats of numbers and dates."""

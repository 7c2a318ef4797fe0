"""The rules of indicators and targets. Pure."""

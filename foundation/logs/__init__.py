"""Logging: one line per event, each fault once with its traceback, no personal data."""

"""Backups: creating, checking, retention, and restoring."""

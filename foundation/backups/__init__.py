"""Backups: making one, checking it, keeping some of them, and restoring one."""

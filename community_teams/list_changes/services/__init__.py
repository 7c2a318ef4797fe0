"""Renames, merges, splits and moves; every function flushes and none commits."""

"""Stores the drawings of areas; every function flushes and none commits."""

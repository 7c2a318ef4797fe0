"""Batches, visit files and devices; every function flushes and none commits."""

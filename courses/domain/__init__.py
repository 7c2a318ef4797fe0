"""Lessons and the rules of practice screens. Pure."""

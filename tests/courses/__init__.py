"""Tests of the courses floor."""

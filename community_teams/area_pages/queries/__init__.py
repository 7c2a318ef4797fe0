"""Reads what the page of an area shows beside its figures."""

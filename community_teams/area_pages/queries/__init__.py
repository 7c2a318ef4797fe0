"""Reads what the page of an area shows besides its figures."""

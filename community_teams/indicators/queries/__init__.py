"""Reads the indicators of an area; every function takes the scope it may see."""

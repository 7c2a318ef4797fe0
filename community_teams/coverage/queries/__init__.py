"""Reads coverage; every function takes the scope it may see."""

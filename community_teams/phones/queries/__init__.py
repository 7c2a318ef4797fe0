"""Reads the phones of an area and the work list of one; every function takes the scope it may see."""

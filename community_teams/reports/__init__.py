"""The report of an area to print and sign."""

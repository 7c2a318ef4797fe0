"""Community digital teams: households, visits, counters, coverage, maps and reports."""

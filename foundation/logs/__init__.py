"""What processes write about themselves: one line an event, a fault once with its traceback, nobody's data."""

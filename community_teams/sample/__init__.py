"""The sample: made-up hamlets, households, visits and accounts, loaded whole and cleared whole."""

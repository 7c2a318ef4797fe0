"""The sample: made-up hamlets, households, visits and accounts, loaded and cleared as a whole."""

"""The phone app, its API, and the organisers' pages of phones."""

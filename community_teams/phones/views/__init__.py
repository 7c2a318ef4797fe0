"""The phone app, its addresses for machines, and the organisers' pages of phones."""

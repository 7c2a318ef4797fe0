"""The page of an area: its figures, map and trend, for everybody (/do-phu) and for organisers."""

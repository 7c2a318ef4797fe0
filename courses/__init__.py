"""The lesson library: reading it, checking it, and the rules of practice screens. Holds no data about people."""

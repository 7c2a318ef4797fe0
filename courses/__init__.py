"""What is taught: the lesson library, reading and checking it, practice screens. Knows no people."""

"""What a lesson is, and the rules of its practice screens. Pure."""

"""What several pages of coverage need of a request and answer with."""

"""Open data: public figures as files."""

"""The shell every page lives in: frame, parts, errors, origin check, static files, print."""

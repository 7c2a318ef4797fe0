"""Pages of learning: request, one service or query, page. registration.py brings them into the app."""

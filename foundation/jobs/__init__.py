"""Background jobs: a page submits one as a row, a worker process runs it, and the row holds state and result."""

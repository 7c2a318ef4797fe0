"""Long work: asked for by a page, done by a worker, told by a row that outlives both."""

"""Charts as SVG, drawn by pygal; each stands beside a table that says the same."""

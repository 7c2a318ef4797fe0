"""Issues: what a team could not solve on a visit, who handles it, and its status."""

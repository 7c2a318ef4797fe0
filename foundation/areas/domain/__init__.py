"""Rules about areas: reach, names and order, tile grids. No web, no SQL, no files."""

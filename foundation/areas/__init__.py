"""Where people live: province → commune → hamlet, their names, their order and their outlines."""

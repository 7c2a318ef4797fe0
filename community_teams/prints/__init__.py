"""Papers of the community teams, the same from the browser and from the command line."""

"""docs/deploy.md, read by a machine and walked on a new one: `make manual`."""

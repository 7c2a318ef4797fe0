"""The lowest layer: database, problems, clock, settings, areas, accounts, jobs, backups, serving and web."""

"""What every room stands on: database, problems, clock, settings, areas, accounts and the web shell."""

"""Pages of the team (/doi-so) and of coverage (/do-phu)."""

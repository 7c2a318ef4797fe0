"""Parameters and JSON that several pages of coverage share."""

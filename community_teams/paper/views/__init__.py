"""Pages of the desk and of paper (/doi-so/giay, /doi-so/ghi-ho)."""

"""Languages, catalogues of translated sentences, and how numbers and days are written."""

"""Maps of an area's children: made once for each version of the areas, the same for page and print."""

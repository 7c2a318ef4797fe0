"""Maps of an area's children as SVG, the same for page and print."""

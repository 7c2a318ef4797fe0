"""Pages of areas: /do-phu, /quan-ly, the wall display."""

"""What people do with areas: load the official ones, and import hamlets and outlines; one module each."""

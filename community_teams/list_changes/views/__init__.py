"""Pages that change the lists of hamlets and households."""

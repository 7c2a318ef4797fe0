"""Pages on which hamlets and households are rearranged."""

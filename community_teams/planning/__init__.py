"""Plans: which hamlets to visit next, and how many households are left."""

"""The rules of coverage, layers, suppression and maps. Pure."""

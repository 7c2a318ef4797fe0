"""Coverage of areas by layer: figures, suppression of small cells, maps."""

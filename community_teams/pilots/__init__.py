"""Pilot models: what worked in one hamlet, written down so that others can do it too."""

"""The rules of pilot models. Pure."""

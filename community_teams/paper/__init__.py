"""Visits on paper: sheets to print, typing them in, the commune's desk."""

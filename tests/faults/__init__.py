"""Seeded faults between phones and the platform: what is acknowledged is kept once, whatever breaks."""

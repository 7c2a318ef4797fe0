"""What each indicator measures, and the targets. Pure."""

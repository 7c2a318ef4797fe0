"""Public figures as files and pages for machines."""

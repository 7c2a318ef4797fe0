"""Rules about accounts: roles, reach, names and passwords, throttling. No web, no SQL, no files."""

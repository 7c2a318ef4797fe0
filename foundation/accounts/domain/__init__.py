"""Rules about accounts: roles, scopes, names and passwords. No web, no SQL, no files."""

"""People of teams and offices: sign-in, roles and scopes, consent, the audit log. Residents need no account."""

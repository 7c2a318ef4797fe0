"""People of teams and offices: sign-in, roles and their reach, consent, the audit log. Residents need no account."""

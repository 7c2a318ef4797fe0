"""What can be done with accounts. Every change is written to the audit log."""

from foundation.accounts.services.audit import record as record

"""The nineteen indicators K01–K19 and the targets of plans."""

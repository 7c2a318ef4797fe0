"""Rate limits by account, device and address: one table, one service, named limits. docs/throttling.md."""

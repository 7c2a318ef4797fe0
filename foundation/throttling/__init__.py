"""How often somebody may try something: one table, one service, named limits. docs/throttling.md."""

"""What a team member, an organiser and the command line can do; every function flushes and none commits."""

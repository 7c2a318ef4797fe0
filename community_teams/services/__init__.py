"""What a team member, an organiser and the command line can do; every function flushes and none commits."""

# Imported for what it listens to: no service has to name it.
from community_teams.services import area_changes as area_changes

"""Commands of the community teams: `flask --app app teams …` and `flask --app app sample …`."""

from community_teams.cli.household_moves import merge, move, take_out
from community_teams.cli.preparing import migrate, prepare
from community_teams.cli.report import report
from community_teams.cli.sample import commands as sample_commands
from community_teams.cli.targets import import_file_of_targets
from community_teams.cli.teams import commands as teams_commands

__all__ = [
    "import_file_of_targets",
    "merge",
    "migrate",
    "move",
    "prepare",
    "report",
    "sample_commands",
    "take_out",
    "teams_commands",
]

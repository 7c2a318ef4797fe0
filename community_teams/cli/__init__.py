"""Commands of the community teams: `flask --app app teams …` and `flask --app app sample …`."""

from community_teams.cli import teams
from community_teams.cli.preparing import migrate, prepare
from community_teams.command_group import commands
from community_teams.indicators.cli import import_file_of_targets
from community_teams.list_changes.cli import merge, move, take_out
from community_teams.reports.cli import report
from community_teams.sample.cli import commands as sample_commands

__all__ = [
    "commands",
    "import_file_of_targets",
    "merge",
    "migrate",
    "move",
    "prepare",
    "report",
    "sample_commands",
    "take_out",
    "teams",
]

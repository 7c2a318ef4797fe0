"""The group of commands `flask --app app teams …`, to which subjects add theirs."""

from flask.cli import AppGroup

commands = AppGroup("teams", help="Households of the community teams, their counters and reports.")

# Faults of a file that are listed one by one; the rest are counted.
SHOWN = 50

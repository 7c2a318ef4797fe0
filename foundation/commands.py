"""The command line, looked up only when a command is called.

Commands import what web workers never need (shapely, openpyxl, alembic: some 40 MB, and half a second of every start),
so the application knows them by the name of their place.
"""

from collections.abc import Mapping
from importlib import import_module

import click
from flask.cli import AppGroup


class CommandsByPlace(AppGroup):
    """A group whose commands lie at places such as "foundation.areas.cli:commands", by the name they are called by."""

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__()
        self.places = dict(places)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.places})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self.places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

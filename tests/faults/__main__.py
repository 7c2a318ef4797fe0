"""`python -m tests.faults SEED… [--database postgresql]`: run seeds again, and tell what each came to."""

import argparse
import sys
import tempfile
from pathlib import Path

import click

from tests.faults.running import run_seeds
from tests.run import whole_run


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("seeds", type=int, nargs="+", metavar="SEED")
    asked.add_argument("--database", choices=["sqlite", "postgresql"], help="where not told, what the seed stands for")
    given = asked.parse_args()
    with whole_run(), tempfile.TemporaryDirectory() as folder:
        faults = []
        for outcome in run_seeds(given.seeds, Path(folder), database=given.database):
            click.echo(f"seed {outcome.seed}: {outcome.visits} visits, {outcome.need_person} before a person")
            for what, times in sorted(outcome.happened.items()):
                click.echo(f"  {times} × {what}")
            click.echo("\n".join(outcome.faults) or "  nothing lost, double or astray; counters and lists right")
            faults += outcome.faults
    sys.exit(bool(faults))


main()

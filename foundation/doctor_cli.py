"""The command `doctor`: what may be wrong with a deployment, and what to type."""

import json
from dataclasses import asdict

import click
from flask import current_app
from flask.cli import with_appcontext

from foundation.doctor import Finding, Severity, run_checks

_LABELS = {Severity.FAULT: "LỖI", Severity.WARNING: "LƯU Ý", Severity.INFO: "BIẾT THÊM"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of findings.")
@with_appcontext
def doctor(as_json: bool) -> None:
    """Look at settings, database, disk, clock, backups, phones and work. Changes nothing; exits 1 on a fault."""
    app = getattr(current_app, "_get_current_object")()  # noqa: B009 - flask's proxy; the application outlives it
    found = run_checks(app)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=1))
    else:
        click.echo("\n\n".join(map(_paragraph, found)) if found else "Mọi thứ đều ổn.")
    if any(finding.severity is Severity.FAULT for finding in found):
        raise SystemExit(1)


def _paragraph(finding: Finding) -> str:
    lines = [f"{_LABELS[finding.severity]}  {finding.what}"]
    lines += [f"  Vì sao: {finding.why}"] if finding.why else []
    lines += [f"  Cần làm: {finding.fix}"] if finding.fix else []
    return "\n".join(lines)

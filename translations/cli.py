"""Commands for those who translate the interface."""

import click
from flask.cli import AppGroup

from translations.catalogues import compiled_bytes, po_file, read_checked
from translations.checking import CatalogueFault
from translations.extracting import (
    TEMPLATE,
    FaultyCatalogue,
    early_end,
    extract,
    standing,
    translated_languages,
    update,
    write_template,
)

commands = AppGroup("translations", help="Sentences of the interface and their translations.")


@commands.command("extract")
def extract_sentences() -> None:
    """Collect the Vietnamese sentences of the interface into interface.pot."""
    found = extract()
    changed = write_template(found)
    click.echo(f"{'written' if changed else 'unchanged'}  {TEMPLATE.name}: {len(found)} sentences")


@commands.command("update")
def update_catalogues() -> None:
    """Extract, then bring every catalogue up to date. Changed sentences are marked fuzzy.

    A catalogue that cannot be read to its end is named and left as it is; exits 1.
    """
    found = extract()
    write_template(found)
    faults = 0
    for language in translated_languages():
        try:
            changed = update(found, language)
        except FaultyCatalogue as faulty:
            faults += _name(faulty.faults)
        else:
            click.echo(f"{'written' if changed else 'unchanged'}  {language.tag}")
    _end(faults)


@commands.command("compile")
def compile_catalogues() -> None:
    """Compile every catalogue, which lets the server start a little quicker.

    Each fault is named with file and line, and exits 1; the sentences without one are compiled all the same.
    """
    faults = 0
    for language in translated_languages():
        file = po_file(language.tag)
        checked = read_checked(file, language.tag)
        faults += _name(checked.faults) + _name(early_end(checked, language))
        compiled = file.with_suffix(".mo")
        compiled.write_bytes(compiled_bytes(checked.servable()))
        # Part of the program, unlike what lies in the data folder: the account that serves may be another one.
        compiled.chmod(0o644)
        click.echo(f"compiled  {language.tag}")
    _end(faults)


@commands.command("status")
def show_status() -> None:
    """Say how far each catalogue is, and name its faults. Exits 1 for a fault, a missing or a fuzzy sentence."""
    found = extract()
    unfinished = 0
    for language in translated_languages():
        checked = read_checked(po_file(language.tag), language.tag)
        unfinished += _name(checked.faults) + _name(early_end(checked, language))
        now = standing(found, checked)
        unfinished += now.total - now.translated
        click.echo(
            f"{language.tag}: {now.translated} of {now.total} translated, {now.fuzzy} fuzzy, {now.missing} missing"
        )
    _end(unfinished)


def _name(faults: tuple[CatalogueFault, ...]) -> int:
    """Print each fault; returns how many there are."""
    for fault in faults:
        click.echo(f"FAULT  {fault}", err=True)
    return len(faults)


def _end(faults: int) -> None:
    if faults:
        raise SystemExit(1)

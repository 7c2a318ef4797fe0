"""Commands for translators of the interface."""

import click
from flask.cli import AppGroup

from translations.catalogues import compiled_bytes, po_file, read_checked
from translations.checking import CatalogueFault
from translations.extracting import (
    TEMPLATE,
    IncompleteCatalogue,
    early_end,
    extract,
    measure_completeness,
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
        except IncompleteCatalogue as incomplete:
            faults += _print_faults(incomplete.faults)
        else:
            click.echo(f"{'written' if changed else 'unchanged'}  {language.tag}")
    _exit_on(faults)


@commands.command("compile")
def compile_catalogues() -> None:
    """Compile every catalogue, which lets the server start a little quicker.

    Each fault is named with file and line, and exits 1; the sentences without one are compiled all the same.
    """
    faults = 0
    for language in translated_languages():
        file = po_file(language.tag)
        checked = read_checked(file, language.tag)
        faults += _print_faults(checked.faults) + _print_faults(early_end(checked, language))
        compiled = file.with_suffix(".mo")
        compiled.write_bytes(compiled_bytes(checked.servable()))
        # Part of the program, unlike what lies in the data folder: the account that serves may be another one.
        compiled.chmod(0o644)
        click.echo(f"compiled  {language.tag}")
    _exit_on(faults)


@commands.command("status")
def show_status() -> None:
    """Say how far each catalogue is, and name its faults. Exits 1 for a fault, a missing or a fuzzy sentence."""
    found = extract()
    unfinished = 0
    for language in translated_languages():
        checked = read_checked(po_file(language.tag), language.tag)
        unfinished += _print_faults(checked.faults) + _print_faults(early_end(checked, language))
        state = measure_completeness(found, checked)
        unfinished += state.total - state.translated
        click.echo(
            f"{language.tag}: {state.translated} of {state.total} translated, "
            f"{state.fuzzy} fuzzy, {state.missing} missing"
        )
    _exit_on(unfinished)


def _print_faults(faults: tuple[CatalogueFault, ...]) -> int:
    """Print each fault; returns how many there are."""
    for fault in faults:
        click.echo(f"FAULT  {fault}", err=True)
    return len(faults)


def _exit_on(faults: int) -> None:
    if faults:
        raise SystemExit(1)

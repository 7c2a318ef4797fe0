"""Commands for those who translate the interface."""

import click
from flask.cli import AppGroup

from translations.catalogues import compiled_bytes, po_file, read_catalog
from translations.extracting import TEMPLATE, extract, standing, translated_languages, update, write_template

commands = AppGroup("translations", help="Sentences of the interface and their translations.")


@commands.command("extract")
def extract_sentences() -> None:
    """Collect the Vietnamese sentences of the interface into interface.pot."""
    found = extract()
    changed = write_template(found)
    click.echo(f"{'written' if changed else 'unchanged'}  {TEMPLATE.name}: {len(found)} sentences")


@commands.command("update")
def update_catalogues() -> None:
    """Extract, then bring every catalogue up to date. Changed sentences are marked fuzzy."""
    found = extract()
    write_template(found)
    for language in translated_languages():
        changed = update(found, language)
        click.echo(f"{'written' if changed else 'unchanged'}  {language.tag}")


@commands.command("compile")
def compile_catalogues() -> None:
    """Compile every catalogue, which lets the server start a little quicker."""
    for language in translated_languages():
        file = po_file(language.tag)
        compiled = file.with_suffix(".mo")
        compiled.write_bytes(compiled_bytes(read_catalog(file, language.tag)))
        # Part of the program, unlike what lies in the data folder: the account that serves may be another one.
        compiled.chmod(0o644)
        click.echo(f"compiled  {language.tag}")


@commands.command("status")
def show_status() -> None:
    """Say how far each catalogue is. Exits 1 while a sentence is missing or fuzzy."""
    found = extract()
    unfinished = False
    for language in translated_languages():
        now = standing(found, read_catalog(po_file(language.tag), language.tag))
        unfinished = unfinished or now.translated < now.total
        click.echo(
            f"{language.tag}: {now.translated} of {now.total} translated, {now.fuzzy} fuzzy, {now.missing} missing"
        )
    if unfinished:
        raise SystemExit(1)

"""Commands for accounts: the first administrator is made here, and the last one's password is reset here."""

import secrets

import click
from flask.cli import AppGroup

from foundation import clock
from foundation.accounts import queries
from foundation.accounts.domain.passwords import spoken_password
from foundation.accounts.domain.roles import Role
from foundation.accounts.services import people
from foundation.accounts.services.audit import COMMAND_LINE
from foundation.accounts.services.people import Administrator
from foundation.areas.domain.scope import NATION
from foundation.problems import Invalid
from foundation.web.database import session, transaction

commands = AppGroup("accounts", help="People who sign in, and their roles.")
SERVER = Administrator(COMMAND_LINE, NATION)

FAULTS = {
    ("name", "taken"): "there is already an account of that name",
    ("name", "too_long"): "a sign-in name has at most 40 characters",
    ("name", "bad_characters"): "a sign-in name has 2 to 40 letters a-z, digits, dots, hyphens or underscores",
    ("display_name", "too_long"): "a display name has at most 100 characters",
    ("display_name", "bad_characters"): "the display name holds invisible or control characters, or no letter",
    ("area", "no_such_area"): "no area has that code; are the areas loaded? (`areas load`; VN is the whole nation)",
    ("area", "role_not_for_this_area"): "the role is not held on that level",
    ("password", "too_short"): "a password has at least 8 characters",
    ("password", "too_long"): "a password has at most 200 characters",
    ("password", "same_as_name"): "the password may not be the name",
    ("password", "too_simple"): "the password is too easy to guess",
    ("password", "bad_characters"): "the password holds control characters",
}


@commands.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--area", required=True, help="Code of a province, commune or hamlet; VN is the whole nation.")
@click.option("--display-name", help="The name pages show; the sign-in name if not given.")
@click.option("--generate", is_flag=True, help="Make a password and print it, instead of asking for one.")
def add(name: str, role: str, area: str, display_name: str | None, generate: bool) -> None:
    """Add the account NAME with a role in an area. A refusal changes nothing and exits 1.

    A visitor is held in a hamlet; a team_leader in a hamlet or commune; a commune_officer in a commune; a
    province_officer in a province; a leader_readonly in a commune, a province or VN; a content_editor and an admin in a
    province or VN.
    """
    password = _password(generate)
    try:
        new = people.check_person(
            session(),
            SERVER,
            name=name,
            display_name=display_name or name,
            role=role,
            area_code=area,
            password=password,
        )
        with transaction() as writing:
            person = people.add_person(writing, SERVER, new, now=clock.now())
    except Invalid as problem:
        raise click.ClickException("; ".join(_messages(problem))) from None
    click.echo(f"added  {person.name}: {role} in {area}")
    if generate:
        click.echo(f"password  {password}")


@commands.command("reset")
@click.argument("name")
def reset(name: str) -> None:
    """Give NAME a new password, printed once, and end their sessions. Exits 1 if there is no such account."""
    person = queries.person_named(session(), name)
    if person is None:
        raise click.ClickException(f"there is no account {name}")
    made = people.make_password()
    with transaction() as writing:
        people.reset_password(writing, SERVER, person.id, made, now=clock.now())
    click.echo(f"password  {made.text}")
    if not person.is_active:
        click.echo("The account is deactivated: it cannot sign in until an administrator takes it up again.", err=True)


def _password(generate: bool) -> str:
    if generate:
        return spoken_password(secrets.choice)
    given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return given


def _messages(problem: Invalid) -> list[str]:
    return [FAULTS.get((field, code), f"{field}: {code}") for field, code in problem.fields.items()]

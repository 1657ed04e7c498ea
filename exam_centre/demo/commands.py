"""The `flask demo` commands: thin shells over the demo series."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from config import ROOT, Config
from exam_centre.demo import welcome
from exam_centre.demo.small import Card
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.sealing import load_seal

SIGN_INS = ROOT / "var" / "demo_sign_ins.json"

group = AppGroup("demo", help="Series to try things on.")


@group.command("welcome")
def welcome_command() -> None:
    """Load the small series into an empty database and print one sign-in per role."""
    cards = make_welcome(current_app.config["EXAM_CENTRE"], SIGN_INS)
    if not cards:
        click.echo("The database is in use and is no demo: sign in as you always do.")
        return
    click.echo("Sign in with (drawn at this install, for development only):")
    for card in cards:
        click.echo(f"  {card.role.value:<16} {card.login:<12} {card.password:<14} {card.name}")


def make_welcome(config: Config, kept: Path) -> list[Card]:
    """Fill an empty database, or return the sign-ins kept when it was filled."""
    with reading() as session:
        is_empty = welcome.is_empty(session)
    if is_empty:
        with unit_of_work() as session:
            cards = welcome.fill(session, load_seal(config.keys_dir), clock.now())
        welcome.keep(cards, config.database_url, kept)
    return welcome.kept(config.database_url, kept)

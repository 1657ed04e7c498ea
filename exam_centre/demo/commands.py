"""The `flask demo` commands: thin shells over the demo series."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from config import ROOT, Config
from exam_centre.adapters.storage import DiskStorage
from exam_centre.demo import welcome
from exam_centre.demo.load import FolderLoad, WrongRows
from exam_centre.demo.small import Card
from exam_centre.entries.service.imports import Progress
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


data_option = click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds the files of a series.",
)


@group.command("load")
@data_option
def load_command(data: Path) -> None:
    """Import all files of a series, in order; stop at the first one with wrong rows."""
    load_files(current_app.config["EXAM_CENTRE"], data)


def load_files(config: Config, data: Path, *, quietly: bool = False) -> None:
    """Import the files of a folder and say what became of each; exit with 1 at wrong rows.

    quietly  say it beside the output, for a command whose output is read by a program.
    """
    storage = DiskStorage(config.files_dir)
    folder = FolderLoad(data, load_seal(config.keys_dir), storage, progress_bar)
    try:
        for loaded in folder.run():
            counts = ", ".join(f"{n} {verdict.value}" for verdict, n in loaded.counts.items() if n)
            click.echo(f"{loaded.name}: {counts or 'done'}", err=quietly)
            for note in loaded.notes:
                click.echo(f"  {note}", err=quietly)
    except WrongRows as stop:
        click.echo(f"{stop}. Nothing of this file was imported.", err=True)
        for line in stop.lines:
            click.echo(f"  {line}", err=True)
        sys.exit(1)


@contextmanager
def progress_bar(name: str) -> Iterator[Progress]:
    """Show how far a step is, beside the output."""
    with click.progressbar(length=100, label=name, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.update(100 * done // max(total, 1) - bar.pos)

        yield show

"""`flask database`: the schema of the database, by its numbered migrations."""

from pathlib import Path

import click
from alembic.runtime.migration import MigrationContext
from flask.cli import AppGroup
from sqlalchemy.engine import make_url

from exam_centre import migrations
from exam_centre.cli.showing import current_config
from exam_centre.kernel.database import make_engine


def _number(url: str) -> str:
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or "base"
    finally:
        engine.dispose()


database = AppGroup("database", help="The schema of the database.")


@database.command("upgrade")
@click.argument("to", default=migrations.HEAD)
def upgrade(to: str) -> None:
    """Bring the database to migration TO, the newest where none is named."""
    url = current_config().database_url
    place = make_url(url).database
    if url.startswith("sqlite") and place and place != ":memory:":
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(url, to)
    click.echo(f"The database stands at {_number(url)}.")


@database.command("downgrade")
@click.argument("to")
def downgrade(to: str) -> None:
    """Take the database back to migration TO; "base" empties it."""
    url = current_config().database_url
    migrations.downgrade(url, to)
    click.echo(f"The database stands at {_number(url)}.")


@database.command("number")
def number() -> None:
    """Print the database's migration, and the newest one."""
    click.echo(f"{_number(current_config().database_url)} of {migrations.HEAD}")

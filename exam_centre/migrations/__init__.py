"""The schema, step by step: numbered migrations, each up and down, on both databases."""

from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from exam_centre.kernel.database import make_engine
from exam_centre.kernel.guards import Trigger

FOLDER = Path(__file__).parent
HEAD = (FOLDER / "HEAD").read_text().strip()  # the number every database must reach


def upgrade(url: str, to: str = HEAD) -> None:
    """Bring the database at `url` up to migration number `to`, e.g. "0004"."""
    engine = make_engine(url)
    command.upgrade(_configuration(engine), to)
    engine.dispose()


def downgrade(url: str, to: str) -> None:
    """Take the database at `url` back to migration number `to`; "base" empties it."""
    engine = make_engine(url)
    command.downgrade(_configuration(engine), to)
    engine.dispose()


def numbers() -> list[str]:
    """Return the migrations' numbers from the first to the last."""
    script = ScriptDirectory(str(FOLDER))
    return [step.revision for step in reversed(list(script.walk_revisions()))]


def create_guards(connection: Connection, guards: Iterable[Trigger]) -> None:
    """Make the triggers of `guards`, in a migration."""
    for guard in guards:
        for statement in guard.create(connection.dialect.name):
            connection.exec_driver_sql(statement)


def drop_guards(connection: Connection, guards: Iterable[Trigger]) -> None:
    """Remove the triggers of `guards`, in a migration."""
    for guard in guards:
        for statement in guard.drop(connection.dialect.name):
            connection.exec_driver_sql(statement)


def _configuration(engine: Engine) -> AlembicConfig:
    configuration = AlembicConfig()
    configuration.set_main_option("script_location", str(FOLDER))
    configuration.attributes["engine"] = engine
    return configuration

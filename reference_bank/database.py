"""The bank's own SQLite file: durable, with writers one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

from reference_bank.models import Base

LOCK_WAIT_MILLISECONDS = 20_000


class Database:
    """Opens the file, makes its tables when they are missing, and hands out transactions."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = _engine(path)
        self._writer = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        with self._writer.begin() as connection:
            Base.metadata.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one moment and changes nothing."""
        with Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that holds the write lock from its first statement, and commits at the end.

        What it reads cannot change before it writes, so that of two equal pushes at the same
        moment the second sees the first.
        """
        with Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver would begin transactions by itself, later than we need; "begin" below does it.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine

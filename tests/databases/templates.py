"""One migrated database of each kind for a test run; every test works on a copy of it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from filelock import FileLock

from tests.databases.postgres import PostgresServer

TEMPLATE = "template_exam_centre"


def copy_sqlite(home: Path, folder: Path) -> str:
    """Return the address of a fresh migrated SQLite database in `folder`."""
    template = home / f"{TEMPLATE}.sqlite3"
    with _made_once(home, "sqlite") as made:
        if not made.exists():
            _migrate(f"sqlite:///{template}")
            # A file is whole only when its write-ahead log is empty.
            with sqlite3.connect(template) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made.touch()
    copy = folder / f"{uuid4().hex}.sqlite3"
    shutil.copyfile(template, copy)
    return f"sqlite:///{copy}"


@contextmanager
def copy_postgres(home: Path, server: PostgresServer) -> Iterator[str]:
    """Give the address of a fresh migrated PostgreSQL database, and drop it at the end."""
    with _made_once(home, "postgres") as made:
        if not made.exists():
            server.drop(TEMPLATE)  # half of one, where a migration failed
            server.create(TEMPLATE)
            _migrate(server.url(TEMPLATE))
            made.touch()
    database = f"exam_centre_{uuid4().hex}"
    server.create(database, TEMPLATE)
    try:
        yield server.url(database)
    finally:
        server.drop(database)


def _migrate(url: str) -> None:
    # Tests of pure rules share this file's importer, and start faster without any migration.
    from exam_centre.migrations import upgrade

    upgrade(url)


@contextmanager
def _made_once(home: Path, kind: str) -> Iterator[Path]:
    """Give the mark that says the template stands; one process at a time."""
    with FileLock(home / f"{kind}-template.lock"):
        yield home / f"{kind}-template.made"

"""What every test may ask for: databases of both kinds, and the shared data folder."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.databases import postgres, templates
from tests.databases.postgres import PostgresServer

pytest_plugins = ["tests.factories.fixtures"]

ROOT = Path(__file__).resolve().parent.parent
SHARED = "EXAM_CENTRE_SHARED"
HOME = pytest.StashKey[Path]()  # one folder for the whole run, whatever the number of workers
HANDED_DOWN = "databases_home"


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of this run's databases; a worker is handed the one of its run."""
    handed: dict[str, str] = getattr(config, "workerinput", {})
    home = handed.get(HANDED_DOWN) or tempfile.mkdtemp(prefix="exam-centre-tests-")
    config.stash[HOME] = Path(home)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the folder to a worker that is about to start."""
    node.workerinput[HANDED_DOWN] = str(node.config.stash[HOME])


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server and remove the folder after the last worker; workers leave both alone."""
    if not hasattr(config, "workerinput"):
        postgres.clean(config.stash[HOME])


@pytest.fixture(scope="session")
def databases_home(pytestconfig: pytest.Config) -> Path:
    """The folder of this run's databases, the same for all workers."""
    return pytestconfig.stash[HOME]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data; tests that read it are skipped where it is absent."""
    folder = Path(os.environ.get(SHARED, ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"no shared data in {folder}; {SHARED} names the folder that holds it")
    return folder


@pytest.fixture(scope="session")
def postgres_server(databases_home: Path) -> PostgresServer:
    """The PostgreSQL server of this run, started by whichever worker needs it first."""
    programs = postgres.find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine; `make prerequisites` installs it")
    with FileLock(databases_home / "postgres.lock"):
        return postgres.running_in(databases_home) or postgres.start(databases_home, programs)


@pytest.fixture
def sqlite_url(databases_home: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database of this test alone."""
    return templates.copy_sqlite(databases_home, tmp_path)


@pytest.fixture
def postgres_url(databases_home: Path, postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh migrated PostgreSQL database of this test alone; mark such tests `postgres`."""
    with templates.copy_postgres(databases_home, postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database of this test alone: the test runs once on each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url

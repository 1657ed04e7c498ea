"""The databases tests are given: fresh, migrated, private, and gone afterwards."""

import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from tests.databases import postgres

ROOT = Path(__file__).resolve().parents[2]


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def run(url: str, command: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(command))
    engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_table_made_by_one_test_is_unknown_to_the_next(database_url, turn):
    assert f"left_behind_{turn}" not in tables(database_url)

    for name in ("first", "second"):
        run(database_url, f"CREATE TABLE left_behind_{name} (id INTEGER)")


def test_every_test_begins_with_the_migrated_tables(database_url):
    assert {"alembic_version", "audit_rows"} <= tables(database_url)


@pytest.mark.postgres
def test_the_server_writes_to_the_disk_before_it_answers(postgres_url):
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        settings = [
            connection.scalar(text(f"SHOW {name}")) for name in ("fsync", "listen_addresses")
        ]
    engine.dispose()

    assert settings == ["on", "127.0.0.1"]


@pytest.mark.postgres
def test_a_second_worker_finds_the_server_of_the_first(postgres_server, databases_home):
    assert postgres.running_in(databases_home) == postgres_server


@pytest.mark.postgres
def test_the_server_and_its_folder_are_gone_when_the_run_ends():
    programs = postgres.find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server on this machine; `make prerequisites` installs it")
    # The server's user must be able to pass, and a test's own folder is closed to others.
    home = Path(tempfile.mkdtemp())
    server = postgres.start(home, programs)
    server.create("some_database")

    postgres.clean(home)

    assert not home.exists()
    with pytest.raises(psycopg.OperationalError):
        server.create("another_database")


def test_workers_share_one_folder_of_databases(tmp_path):
    record = tmp_path / "homes"
    record.mkdir()
    (tmp_path / "test_homes.py").write_text(
        "import os, pathlib\n"
        "import pytest\n"
        "@pytest.mark.parametrize('n', range(4))\n"
        "def test_home(databases_home, n):\n"
        "    name = os.environ['PYTEST_XDIST_WORKER']\n"
        f"    pathlib.Path({str(record)!r}, name).write_text(str(databases_home))\n"
    )
    pytest_here = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "tests.conftest"]

    subprocess.run([*pytest_here, "--rootdir", tmp_path, tmp_path], cwd=ROOT, check=True)

    homes = {path.name: path.read_text() for path in record.iterdir()}
    assert set(homes) == {"gw0", "gw1"}
    assert len(set(homes.values())) == 1
    assert not Path(homes["gw0"]).exists()

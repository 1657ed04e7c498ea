"""A private PostgreSQL server for one test run: its own folder, its own port, its own user."""

import json
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from deploy.prerequisites import POSTGRESQL

OWNER = "exam_centre"
HOST = "127.0.0.1"
UNPRIVILEGED_USERS = ("postgres", "nobody")  # whoever of them is on this machine
STATE = "postgres.json"


@dataclass(frozen=True)
class PostgresServer:
    """A running server; anyone on this machine may connect, for it holds test rows alone."""

    port: int
    folder: str
    programs: str  # where initdb and pg_ctl are

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{OWNER}@{HOST}:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> None:
        """Create a database as a copy of `template`, which nobody may be connected to."""
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._say(command.format(sql.Identifier(database), sql.Identifier(template)))

    def drop(self, database: str) -> None:
        """Drop a database, and whoever is still connected to it."""
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._say(command.format(sql.Identifier(database)))

    def stop(self) -> None:
        """Stop the server at once; its rows are not wanted any more."""
        pg_ctl = str(Path(self.programs) / "pg_ctl")
        _as_server([pg_ctl, "-D", f"{self.folder}/data", "-m", "immediate", "stop"], self.folder)

    def _say(self, command: sql.Composed) -> None:
        where = f"host={HOST} port={self.port} user={OWNER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(command)


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, or None where this machine has none."""
    initdb = POSTGRESQL.find()
    return initdb.resolve().parent if initdb else None


def running_in(home: Path) -> PostgresServer | None:
    """Return the server another process of this test run started in `home`, if one did."""
    state = home / STATE
    return PostgresServer(**json.loads(state.read_text())) if state.exists() else None


def start(home: Path, programs: Path) -> PostgresServer:
    """Start a server in `home` and write down where it is. Raises CalledProcessError.

    The caller holds the lock of `home`. Writes reach the disk as in production.
    """
    folder = home / "postgres"
    folder.mkdir()
    # The server refuses to run as root, and its user has to pass through the folders above.
    home.chmod(0o711)
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    port = _free_port()
    initdb = [str(programs / "initdb"), "-D", f"{folder}/data", "-U", OWNER, "-A", "trust"]
    _as_server([*initdb, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], str(folder))
    options = f"-p {port} -c listen_addresses={HOST} -c unix_socket_directories={folder}"
    pg_ctl = [str(programs / "pg_ctl"), "-D", f"{folder}/data", "-l", f"{folder}/log"]
    _as_server([*pg_ctl, "-o", options, "-w", "start"], str(folder))
    server = PostgresServer(port, str(folder), str(programs))
    (home / STATE).write_text(json.dumps(server.__dict__))
    return server


def clean(home: Path) -> None:
    """Stop the server of `home`, if one runs, and remove the folder."""
    server = running_in(home)
    if server is not None:
        server.stop()
    shutil.rmtree(home, ignore_errors=True)


def _as_server(command: Sequence[str], folder: str) -> None:
    account = _account()
    who: dict[str, Any] = {}
    if account is not None:
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [account.pw_gid]}
    # The server keeps what it is given as output, so a pipe would never end.
    with Path(folder, "commands.log").open("ab") as log:
        subprocess.run(command, cwd=folder, stdout=log, stderr=log, check=True, **who)


def _account() -> pwd.struct_passwd | None:
    """Return the user the server runs as, or None where this user can run it."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(names[name] for name in UNPRIVILEGED_USERS if name in names)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port

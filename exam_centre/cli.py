"""The `flask` commands: thin shells over migrations, the audit trail, keys and the runner."""

import json
import sys
from functools import partial
from pathlib import Path

import click
from alembic.runtime.migration import MigrationContext
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.engine import make_url

from config import Config
from exam_centre import migrations
from exam_centre.adapters.queue import Planned, Queue
from exam_centre.demo import commands as demo_commands
from exam_centre.kernel import audit, clock, jobs
from exam_centre.kernel.database import make_engine, reading, unit_of_work
from exam_centre.kernel.keys import load_ring, make_key
from exam_centre.kernel.sealing import make_seal

AUDIT = "audit"
PURPOSES = (AUDIT, "slip", "bank")  # what our Ed25519 keys sign; purposes never share a key
ZONE = "Asia/Shanghai"  # a day of the audit trail ends at midnight here


def _config() -> Config:
    config: Config = current_app.config["EXAM_CENTRE"]
    return config


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
    url = _config().database_url
    place = make_url(url).database
    if url.startswith("sqlite") and place and place != ":memory:":
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(url, to)
    click.echo(f"The database stands at {_number(url)}.")


@database.command("downgrade")
@click.argument("to")
def downgrade(to: str) -> None:
    """Take the database back to migration TO; "base" empties it."""
    url = _config().database_url
    migrations.downgrade(url, to)
    click.echo(f"The database stands at {_number(url)}.")


@database.command("number")
def number() -> None:
    """Print the database's migration, and the newest one."""
    click.echo(f"{_number(_config().database_url)} of {migrations.HEAD}")


audit_trail = AppGroup("audit", help="The audit trail.")


@audit_trail.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
def verify(as_json: bool) -> None:
    """Look for anything wrong with the trail; exit with 1 where something is."""
    ring = load_ring(_config().keys_dir, AUDIT)
    with reading() as session:
        findings = list(audit.verify(session, ring))
    if as_json:
        click.echo(json.dumps([finding.__dict__ for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.stream} {finding.seq}: {finding.problem}")
        click.echo(f"{len(findings)} findings")
    if findings:
        sys.exit(1)


@audit_trail.command("seal")
def seal() -> None:
    """Sign today's heads of all streams; a day is signed once."""
    click.echo(seal_day(_config().keys_dir))


def seal_day(keys_dir: Path) -> str:
    """Sign the day that is today at the venue, unless it is signed. Returns what to print."""
    day = clock.at_venue(clock.now(), ZONE).date()
    with unit_of_work() as session:
        daily = session.get(audit.DailyHead, day)
        if daily is None:
            daily = audit.sign_day(session, day, load_ring(keys_dir, AUDIT))
        return f"{day.isoformat()} {daily.root}"


keys = AppGroup("keys", help="The signing keys.")


@keys.command("make")
@click.argument("purpose", required=False, type=click.Choice(PURPOSES))
def make(purpose: str | None) -> None:
    """Add the next key of PURPOSE; without one, a first key of every purpose that has none."""
    folder = _config().keys_dir
    wanted = [purpose] if purpose else [p for p in PURPOSES if not any(folder.glob(f"{p}/*.pem"))]
    for name in wanted:
        click.echo(f"{name}: key {make_key(folder, name)}")
    if purpose is None and make_seal(folder):
        click.echo("identity: the seal over ID numbers")


job_runner = AppGroup("jobs", help="The job runner.")


@job_runner.command("run")
def run() -> None:
    """Run jobs and the day's schedule until told to stop."""
    config = _config()
    schedule = [Planned("seal_day", partial(seal_day, config.keys_dir), minute="50", hour="15")]
    Queue(config.jobs_path, jobs.run_next, schedule).run()


GROUPS: list[click.Group] = [database, audit_trail, keys, job_runner, demo_commands.group]

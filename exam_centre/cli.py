"""The `flask` commands: thin shells over migrations, the audit trail, keys and the runner."""

import csv
import json
import re
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click
from alembic.runtime.migration import MigrationContext
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from config import Config
from exam_centre import migrations
from exam_centre.accounts import service as accounts
from exam_centre.adapters import credentials, pdf_signing
from exam_centre.adapters.queue import Planned, Queue
from exam_centre.calendar import queries as calendar
from exam_centre.calendar.models import Series
from exam_centre.certificates.jobs import ISSUER_NAME, SIGNING
from exam_centre.credits import jobs as credit_jobs
from exam_centre.credits import service as credit_service
from exam_centre.demo import commands as demo_commands
from exam_centre.kernel import audit, clock, jobs
from exam_centre.kernel.database import make_engine, reading, unit_of_work
from exam_centre.kernel.keys import load_ring, make_key
from exam_centre.kernel.permissions import SYSTEM, Actor, Permission
from exam_centre.kernel.sealing import make_seal
from exam_centre.timetable import queries as planned
from exam_centre.timetable import service as planning
from exam_centre.timetable.models import Plan

AUDIT = "audit"
PURPOSES = (AUDIT, "slip", "bank")  # what our Ed25519 keys sign; purposes never share a key
CREDENTIAL = credentials.FOLDER  # an ES256 key, as verifiers of credentials want it
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
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
@click.argument("purpose", required=False, type=click.Choice((*PURPOSES, CREDENTIAL)))
def make(purpose: str | None) -> None:
    """Add the next key of PURPOSE; without one, whatever this installation still lacks."""
    folder = _config().keys_dir
    every = (*PURPOSES, CREDENTIAL)
    wanted = [purpose] if purpose else [p for p in every if not any(folder.glob(f"{p}/*.pem"))]
    for name in wanted:
        is_credential = name == CREDENTIAL
        number = (
            credentials.make_credential_key(folder) if is_credential else make_key(folder, name)
        )
        click.echo(f"{name}: key {number}")
    if purpose is None and not (folder / SIGNING / pdf_signing.IDENTITY).exists():
        pdf_signing.make_identity(folder / SIGNING, ISSUER_NAME, clock.now())
        click.echo(f"{SIGNING}: root, issuing authority and signer of PDF files")
    if purpose is None and make_seal(folder):
        click.echo("identity: the seal over ID numbers")


credit_bank = AppGroup("credits", help="Claims on the credit bank.")


@credit_bank.command("claim")
@click.argument("series_code")
def claim(series_code: str) -> None:
    """Claim every released pass of SERIES_CODE that can be claimed."""
    with unit_of_work() as session:
        series = session.scalar(select(Series).where(Series.code == series_code))
        if series is None:
            raise click.ClickException(f"no series is called {series_code}")
        issuer = credit_jobs.desk().issuer
        count = credit_service.claim_released(session, SYSTEM, series, issuer, clock.now())
    click.echo(f"{count} claims changed")


@credit_bank.command("push")
def push() -> None:
    """Send what is due now."""
    desk = credit_jobs.desk()
    count = credit_jobs.push_due(desk.bank, now=clock.now, breaker=desk.breaker)
    click.echo(f"{count} messages sent")


@credit_bank.command("reconcile")
@click.argument("month", required=False, default="")
def reconcile(month: str) -> None:
    """Compare the bank's ledger with ours, for awards of MONTH (2026-11) or for all."""
    if month and not MONTH.fullmatch(month):
        raise click.ClickException("give the month as 2026-11")
    found = credit_jobs.reconcile(
        credit_jobs.desk().bank, SYSTEM, month, clock.now(), every_bucket=True
    )
    click.echo(f"ours {found.ours}, the bank's {found.theirs}")


def day_schedule(config: Config) -> list[Planned]:
    """Return what the runner does by the clock; the hours are UTC, eight behind the venues."""
    return [
        Planned("seal_day", partial(seal_day, config.keys_dir), minute="50", hour="15"),
        Planned("push_claims", credit_jobs.push_if_possible, minute="*"),
        Planned("claim_credits", credit_jobs.claim_everywhere, minute="20"),
        Planned("check_accounts", credit_jobs.check_if_possible, minute="10"),
        Planned("compare_ledgers", credit_jobs.reconcile_if_possible, minute="30", hour="18"),
    ]


job_runner = AppGroup("jobs", help="The job runner.")


@job_runner.command("run")
def run() -> None:
    """Run jobs and the day's schedule until told to stop."""
    config = _config()
    Queue(config.jobs_path, jobs.run_next, day_schedule(config)).run()


timetable = AppGroup("timetable", help="Planning a series.")


def _series(session: Session, code: str) -> Series:
    found = session.scalar(select(Series).where(Series.code == code))
    if found is None:
        raise click.ClickException(f"There is no series {code}.")
    return found


def _planner(session: Session, series: Series, login: str | None) -> Actor:
    """Return who plans from the shell: the user named, or the first who may plan the series."""
    place = calendar.place_of_series(session, series.id)
    for user in planned.users_who_plan(session, login):
        actor = accounts.actor_of(session, user)
        if actor.may(Permission.PLAN_TIMETABLE, place):
            return actor
    raise click.ClickException("Nobody may plan this series: grant the role exam officer first.")


def _named_plan(session: Session, series: Series, number: int | None) -> Plan:
    found = (
        planned.newest_plan(session, series.id)
        if number is None
        else planned.plan_of_number(session, series.id, number)
    )
    if found is None:
        raise click.ClickException(f"Series {series.code} has no plan yet.")
    return found


@timetable.command("solve")
@click.option("--series", "code", required=True, help="Code of the series.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="CPU seconds.")
@click.option("--iterations", type=click.IntRange(min=1), help="Moves; the same plan each time.")
@click.option("--seed", type=click.IntRange(min=0), help="Instead of the two people's parts.")
@click.option("--lock", type=click.IntRange(min=1), help="Number of a plan whose places stay.")
@click.option("--by", "login", help="Login of who plans; else the first who may.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def solve_timetable(
    code: str,
    seconds: float | None,
    iterations: int | None,
    seed: int | None,
    lock: int | None,
    login: str | None,
    as_json: bool,
) -> None:
    """Search for a plan of a series and write it into its newest draft, or into a new one."""
    with unit_of_work() as session:
        series = _series(session, code)
        actor = _planner(session, series, login)
        plan = planned.newest_plan(session, series.id, only_draft=True)
        plan = plan or planning.draft_plan(session, actor, series, now=clock.now())
        parts = planned.seed_parts(session, plan)
        if seed is None:
            seed = planning.seed_for(session, plan) if len(parts) == 2 else 1
        locked = planned.plan_of_number(session, series.id, lock) if lock else None
        prepared = planning.prepare(session, actor, plan, lock=locked)
        plan_id = plan.id
    with click.progressbar(length=1_000, label="Searching", file=sys.stderr) as bar:

        def tell(done: int, total: int, _score: object) -> None:
            bar.update(done * 1_000 // max(total, 1) - bar.pos)

        prepared, found = planning.search(
            prepared, seed=seed, seconds=seconds, iterations=iterations, progress=tell
        )
        bar.update(1_000 - bar.pos)
    with unit_of_work() as session:
        plan = session.get_one(Plan, plan_id)
        solved = planning.keep(session, actor, plan, prepared, found, now=clock.now())
        told: dict[str, Any] = {"series": code, "plan": plan.number, "seed": seed}
        told |= {"sealed": plan.result_sha256}
        told |= {"moves": found.moves, "complete": found.complete}
        told |= {"written": asdict(solved.written), "score": asdict(found.score)}
    _tell(told, as_json)


@timetable.command("check")
@click.option("--series", "code", required=True, help="Code of the series.")
@click.option("--plan", "number", type=click.IntRange(min=1), help="Its number; else the newest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def check_timetable(code: str, number: int | None, as_json: bool) -> None:
    """Check a plan independently of whatever made it; exit with 1 where a rule is broken."""
    with reading() as session:
        series = _series(session, code)
        plan = _named_plan(session, series, number)
        hard = dict(planned.problem_counts(planned.problems(session, plan)))
        law = planned.law_entries(session, plan)
        worth = planned.worth_of(session, plan)
        told: dict[str, Any] = {
            "series": code,
            "plan": plan.number,
            "hard": hard | dict(worth.broken),
            "law": {"left": law.left, "right": law.right, "green": law.green},
            "soft": asdict(worth.score),
        }
    _tell(told, as_json)
    if told["hard"] or not law.green:
        sys.exit(1)


@timetable.command("export")
@click.option("--series", "code", required=True, help="Code of the series.")
@click.option("--plan", "number", type=click.IntRange(min=1), help="Its number; else the newest.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a line.")
def export_timetable(code: str, number: int | None, out: Path, as_json: bool) -> None:
    """Write a plan as CSV, one line an entry course."""
    with reading() as session, out.open("w", encoding="utf-8", newline="") as file:
        plan = _named_plan(session, _series(session, code), number)
        writer = csv.writer(file)
        writer.writerow(planned.COLUMNS)
        lines = 0
        for line in planned.export_lines(session, plan):
            writer.writerow(line)
            lines += 1
        told = {"series": code, "plan": plan.number, "lines": lines, "out": str(out)}
    _tell(told, as_json)


def _tell(told: dict[str, Any], as_json: bool) -> None:
    """Print facts as one JSON object, or a line each, nested ones indented."""
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for name, value in told.items():
        if isinstance(value, dict):
            click.echo(f"{name}:" if value else f"{name}: none")
            for inner, figure in value.items():
                click.echo(f"  {inner}: {figure}")
        else:
            click.echo(f"{name}: {value}")


GROUPS: list[click.Group] = [
    database,
    audit_trail,
    keys,
    job_runner,
    timetable,
    demo_commands.group,
]

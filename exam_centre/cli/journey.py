"""`flask demo journey`: a series carried from its files to the credit bank, and its laws told."""

import json
import os
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import click
from flask.cli import with_appcontext

from config import SQLITE, Config
from exam_centre import migrations
from exam_centre.admission.service import slip_keys
from exam_centre.certificates import jobs as certificates
from exam_centre.cli.journey_files import WRITERS, Carried
from exam_centre.cli.keys import make_lacking
from exam_centre.cli.showing import current_config, tell
from exam_centre.credits import jobs as credit_jobs
from exam_centre.demo import commands as demo
from exam_centre.demo.journey.bank import DemoBank, running_bank
from exam_centre.demo.journey.keeping import keep_files, keep_laws, laws_as_rows
from exam_centre.demo.journey.report import AlreadyPlanned, Keys, Outside, Report
from exam_centre.demo.journey.story import Journey
from exam_centre.kernel import database
from exam_centre.kernel.keys import load_ring
from exam_centre.kernel.laws import Law
from exam_centre.kernel.outbox import Breaker
from exam_centre.kernel.permissions import Permission, Role

RED = 1  # what the command exits with where a law does not hold


@click.command("journey")
@demo.data_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep slips, certificates, credentials, exports and laws.json in this folder.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, help="Draws what happens to whom.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@with_appcontext
def journey(data: Path, out: Path | None, seed: int, as_json: bool) -> None:
    """Carry every entry of a series through all rooms; exit with 1 where a law is red.

    Works on a database of its own, gone at the end, unless DATABASE_URL names one to keep.
    """
    with tempfile.TemporaryDirectory(prefix="exam-centre-journey-") as folder:
        config = _own_place(current_config(), Path(folder))
        _make_ready(config)
        demo.load_files(config, data, quietly=as_json)
        with running_bank(Path(folder)) as bank:
            travel = _set_out(seed, config, bank)
            report = travel.run()
        if out is not None:
            _keep(travel, report, config, out)
    _say(report, as_json)
    if not report.green:
        sys.exit(RED)


def _set_out(seed: int, config: Config, bank: DemoBank) -> Journey:
    try:
        return Journey(seed, _keys(config), bank, _outside(seed), demo.progress_bar)
    except AlreadyPlanned as planned:
        raise click.ClickException(
            f"Series {planned} is planned in this database already. "
            "Name an empty one in DATABASE_URL, or none at all."
        ) from None


def _keep(travel: Journey, report: Report, config: Config, out: Path) -> None:
    """Write the laws, and where the series came all the way, what it left behind."""
    keep_laws(out, report.laws)
    if report.stopped:
        return
    carried = Carried(
        travel.series_id,
        travel.officer(Role.RELEASE_OFFICER, Permission.ISSUE_CERTIFICATES),
        travel.officer(Role.BANK_OPERATOR, Permission.RUN_CREDITS),
        travel.ended,
        config,
    )
    for name, writer in WRITERS.items():
        with demo.progress_bar(name) as progress:
            report.counts[name] = keep_files(out, partial(writer, carried), progress)


def _own_place(config: Config, folder: Path) -> Config:
    """Return the settings with everything written to `folder`, unless a database was named."""
    if "DATABASE_URL" in os.environ:
        return config
    return replace(
        config,
        database_url=f"{SQLITE}{folder / 'journey.sqlite3'}",
        keys_dir=folder / "keys",
        files_dir=folder / "files",
    )


def _make_ready(config: Config) -> None:
    migrations.upgrade(config.database_url)
    database.connect(database.make_engine(config.database_url))
    make_lacking(config.keys_dir)
    certificates.connect(
        replace(certificates.press(), keys_dir=config.keys_dir, files_dir=config.files_dir)
    )


def _keys(config: Config) -> Keys:
    return Keys(
        slips=slip_keys(config.keys_dir),
        bank=load_ring(config.keys_dir, credit_jobs.BANK),
        credentials=certificates.press().signer,
    )


def _outside(seed: int) -> Outside:
    breaker, chance = Breaker(), Random(seed)  # noqa: S311 - spreads retries, keeps no secret
    return Outside(
        validate_accounts=lambda bank, now: credit_jobs.validate_accounts(
            bank, now=lambda: now, lines=credit_jobs.LINES
        ),
        push=lambda bank, now: credit_jobs.push_due(
            bank, now=lambda: now, breaker=breaker, chance=chance, lines=credit_jobs.LINES
        ),
    )


def _say(report: Report, as_json: bool) -> None:
    if report.stopped:
        click.echo(f"Stopped at {report.stopped}", err=True)
    told: dict[str, Any] = {
        "green": report.green,
        "stopped": report.stopped,
        "steps": report.counts,
        "seconds": report.seconds,
    }
    if as_json:
        click.echo(json.dumps(told | {"laws": laws_as_rows(report.laws)}, ensure_ascii=False))
        return
    tell(told, as_json=False)
    for number, law in enumerate(report.laws, 1):
        click.echo(_line(number, law))
        for row in law.rows:
            click.echo(f"     {row.text}")


def _line(number: int, law: Law) -> str:
    holds = "green" if law.green else "RED  "
    return f"{number}. {holds} {law.left_text}: {law.left} = {law.right_text}: {law.right}"

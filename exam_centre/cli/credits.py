"""`flask credits`: claims on the credit bank, by hand."""

import re

import click
from flask.cli import AppGroup

from exam_centre.cli.showing import series_called
from exam_centre.credits import jobs as credit_jobs
from exam_centre.credits import service as credit_service
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import SYSTEM

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")

credit_bank = AppGroup("credits", help="Claims on the credit bank.")


@credit_bank.command("claim")
@click.argument("series_code")
def claim(series_code: str) -> None:
    """Claim every released pass of SERIES_CODE that can be claimed."""
    with unit_of_work() as session:
        series = series_called(session, series_code)
        issuer = credit_jobs.desk().issuer
        count = credit_service.claim_released(session, SYSTEM, series, issuer, clock.now())
    click.echo(f"{count} claims changed")


@credit_bank.command("push")
def push() -> None:
    """Send what is due now."""
    desk = credit_jobs.desk()
    count = credit_jobs.push_due(
        desk.bank, now=clock.now, breaker=desk.breaker, lines=credit_jobs.LINES
    )
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

"""`flask audit`: whether the trail is whole, and the signed head of each day."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from exam_centre.cli.showing import current_config
from exam_centre.kernel import audit, clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.keys import load_ring
from exam_centre.overview import service
from exam_centre.overview.jobs import AUDIT_KEYS

ZONE = "Asia/Shanghai"  # a day of the audit trail ends at midnight here

audit_trail = AppGroup("audit", help="The audit trail.")


@audit_trail.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of lines.")
def verify(as_json: bool) -> None:
    """Look for anything wrong with the trail; exit with 1 where something is."""
    ring = load_ring(current_config().keys_dir, AUDIT_KEYS)
    with reading() as session:
        service.of_one_moment(session)
        findings = service.check_trail(session, ring).findings
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
    click.echo(seal_day(current_config().keys_dir))


def seal_day(keys_dir: Path) -> str:
    """Sign the day that is today at the venue, unless it is signed. Returns what to print."""
    day = clock.at_venue(clock.now(), ZONE).date()
    with unit_of_work() as session:
        daily = session.get(audit.DailyHead, day)
        if daily is None:
            daily = audit.sign_day(session, day, load_ring(keys_dir, AUDIT_KEYS))
        return f"{day.isoformat()} {daily.root}"

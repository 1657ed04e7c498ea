"""Verify the audit trail, and keep in it what was found: the command and the job do the same."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.kernel import audit
from exam_centre.kernel.audit import AuditRow, AuditStream, DailyHead
from exam_centre.kernel.jobs import Job
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.overview.queries.checks import Report
from exam_centre.overview.rules import TRAIL_BROKEN, TRAIL_WHOLE


def of_one_moment(session: Session) -> None:
    """Let a session that begins see one moment only: acts meanwhile look like no falsification.

    SQLite's readers do so by themselves.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def check_trail(
    session: Session, ring: KeyRing, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Read the whole trail and return what it holds and everything that is wrong with it.

    progress  is told now and then how many rows were read, and of how many.
    """
    rows = session.scalar(select(func.count()).select_from(AuditRow)) or 0
    last = session.scalar(select(DailyHead).order_by(DailyHead.day.desc()).limit(1))
    seen = None if progress is None else lambda done: progress(min(done, rows), rows)
    findings = tuple(audit.verify(session, ring, seen=seen))
    return Report(
        streams=session.scalar(select(func.count()).select_from(AuditStream)) or 0,
        rows=rows,
        days=session.scalar(select(func.count()).select_from(DailyHead)) or 0,
        last_day=last.day if last else None,
        last_root=last.root if last else "",
        findings=findings,
        count=len(findings),
    )


def note_check(session: Session, actor: Actor, job: Job, report: Report, now: datetime) -> None:
    """Keep a report in the trail itself, where nobody can change it unseen either."""
    actor.require(Permission.READ_AUDIT)
    act = TRAIL_BROKEN if report.count else TRAIL_WHOLE
    audit.record(session, actor, act, job, now, reason=report.as_text())

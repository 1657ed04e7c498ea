"""Work that takes more than a second: rows with progress, run by the background runner."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exam_centre.kernel import audit, clock, database
from exam_centre.kernel.columns import Id, Token
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.guards import as_rows, flow_guard, keep
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import say

Progress = Callable[[int, int], None]  # done, total; raises Cancelled where a person said stop
Work = Callable[[dict[str, Any], Progress], None]

WORK: dict[str, Work] = {}  # what may be run, by name; filled where rooms declare their jobs


class JobStatus(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


JOB_FLOW: Flow[JobStatus] = Flow(
    {
        JobStatus.WAITING: frozenset({JobStatus.RUNNING, JobStatus.CANCELLED}),
        JobStatus.RUNNING: frozenset(
            {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.WAITING}
        ),
        JobStatus.DONE: frozenset(),
        JobStatus.FAILED: frozenset({JobStatus.WAITING}),
        JobStatus.CANCELLED: frozenset(),
    }
)


class Cancelled(Exception):
    """A person stopped the job; what it did so far stands or falls by its own transactions."""


class Job(Lifecycle, Base):
    """One run of one piece of work. Safe to run twice: the work sees to that."""

    __tablename__ = "jobs"
    flow = JOB_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]  # ids and plain words only
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.WAITING, index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)  # 0: not known yet
    asked_by: Mapped[int | None]  # person; None: the schedule
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")


keep(Base.metadata, flow_guard("jobs", as_rows(JOB_FLOW)))


def job(kind: str) -> Callable[[Work], Work]:
    """Declare a function as the work of `kind`, e.g. "credits.push"."""

    def declare(work: Work) -> Work:
        if kind in WORK:
            raise ValueError(f"two works are called {kind}")
        WORK[kind] = work
        return work

    return declare


def ask(session: Session, actor: Actor, kind: str, arguments: dict[str, Any], now: datetime) -> Job:
    """Write a job in the caller's transaction; the runner finds it after the commit."""
    if kind not in WORK:
        raise ValueError(f"no work is called {kind}")
    row = Job(kind=kind, arguments=arguments, asked_by=actor.person_id, asked_at=now)
    session.add(row)
    audit.record(session, actor, "jobs.asked", row, now)
    return row


def cancel(session: Session, actor: Actor, token: str, now: datetime) -> None:
    """Stop a job that waits or runs. Raises NotFound or IllegalMove."""
    row = session.scalar(select(Job).where(Job.token == token))
    if row is None:
        raise NotFound(say("job"))
    row.move_to(JobStatus.CANCELLED)
    row.ended_at = now
    audit.record(session, actor, "jobs.cancelled", row, now)


def run_next() -> bool:
    """Run the oldest waiting job to its end. Returns False where none waits."""
    with database.unit_of_work() as session:
        row = session.scalar(
            select(Job)
            .where(Job.status == JobStatus.WAITING)
            .order_by(Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return False
        row.move_to(JobStatus.RUNNING)
        job_id, kind, arguments = row.id, row.kind, row.arguments
    try:
        WORK[kind](arguments, lambda done, total: _report(job_id, done, total))
    except Cancelled:
        return True
    except Exception as error:
        _end(job_id, JobStatus.FAILED, f"{type(error).__name__}: {error}")
        raise
    _end(job_id, JobStatus.DONE)
    return True


def _report(job_id: int, done: int, total: int) -> None:
    def write(session: Session) -> None:
        row = session.get_one(Job, job_id)
        if row.status is JobStatus.CANCELLED:
            raise Cancelled
        row.done, row.total = done, total

    # Who cancels may come in between: then the second look finds the job cancelled.
    database.in_unit_of_work(write)


def _end(job_id: int, status: JobStatus, failure: str = "") -> None:
    def write(session: Session) -> None:
        row = session.get_one(Job, job_id)
        if row.status is JobStatus.RUNNING:
            row.move_to(status)
            row.ended_at, row.failure = clock.now(), failure

    database.in_unit_of_work(write)

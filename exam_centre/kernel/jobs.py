"""Work that takes more than a second: rows with progress, run by the background runner."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Event, Thread
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from exam_centre.kernel import audit, clock, database
from exam_centre.kernel.columns import Id, Token
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.guards import as_rows, flow_guard, keep
from exam_centre.kernel.permissions import SYSTEM, Actor
from exam_centre.kernel.sentences import say

Progress = Callable[[int, int], None]  # done, total; raises Cancelled where a person said stop
Work = Callable[[dict[str, Any], Progress], None]

WORK: dict[str, Work] = {}  # what may be run, by name; filled where rooms declare their jobs

JOB_LEASE = timedelta(minutes=2)  # how long a runner that says nothing is taken to be alive
BEATS_A_LEASE = 6  # how often within it a runner says that it is; some may be late or get lost
MOST_STARTS = 3  # a job whose runner died as often probably kills it, for want of memory

STOPPED_WITH_ITS_RUNNER = say(
    "The program that ran this ended {times} times before it was done. Ask the help line to look "
    "at the memory and the disk of the machine; then start it again here.",
    times=MOST_STARTS,
)


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
    language: Mapped[str] = mapped_column(default="zh")  # of who asked: what went wrong is said so
    starts: Mapped[int] = mapped_column(default=0)  # how often a runner took it up
    lease_until: Mapped[datetime | None]  # until when its runner is taken to be alive
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
    row = Job(
        kind=kind,
        arguments=arguments,
        asked_by=actor.person_id,
        asked_at=now,
        language=actor.language,
    )
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


@dataclass(frozen=True)
class _Run:
    """A job in the hands of this process. `start` tells it from the run of a runner given up."""

    job_id: int
    start: int
    lease: timedelta
    kind: str
    arguments: dict[str, Any]


def run_next(lease: timedelta = JOB_LEASE) -> bool:
    """Run the oldest job that waits, or whose runner died, to its end; False where there is none.

    lease  a runner that has not said for so long that it is alive is taken to be dead.
    """
    with database.unit_of_work() as session:
        row = _oldest(session)
        if row is None:
            return False
        run = _take(session, row, lease)
    if run is None:
        return True
    try:
        with _alive(run):
            WORK[run.kind](run.arguments, lambda done, total: _report(run, done, total))
    except Cancelled:
        return True
    except Exception as error:
        _end(run, JobStatus.FAILED, f"{type(error).__name__}: {error}")
        raise
    _end(run, JobStatus.DONE)
    return True


def _oldest(session: Session) -> Job | None:
    lapsed = or_(Job.lease_until.is_(None), Job.lease_until < clock.now())
    return session.scalar(
        select(Job)
        .where(
            or_(Job.status == JobStatus.WAITING, (Job.status == JobStatus.RUNNING) & lapsed),
        )
        .order_by(Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _take(session: Session, row: Job, lease: timedelta) -> _Run | None:
    """Begin a job, or once more where its runner died; None where that happened too often."""
    now = clock.now()
    if row.status is JobStatus.RUNNING:
        if row.starts >= MOST_STARTS:
            row.move_to(JobStatus.FAILED)
            row.ended_at = now
            row.failure = STOPPED_WITH_ITS_RUNNER.say_in(row.language)
            audit.record(session, SYSTEM, "jobs.given_up", row, now)
            return None
        row.move_to(JobStatus.WAITING)
        audit.record(session, SYSTEM, "jobs.taken_up_again", row, now)
    row.move_to(JobStatus.RUNNING)
    row.starts += 1
    row.lease_until = now + lease
    return _Run(row.id, row.starts, lease, row.kind, row.arguments)


@contextmanager
def _alive(run: _Run) -> Iterator[None]:
    """Say again and again that this process lives, however long the work is silent."""
    over = Event()

    def beat() -> None:
        while not over.wait(run.lease.total_seconds() / BEATS_A_LEASE):
            try:
                with database.unit_of_work() as session:
                    session.execute(
                        update(Job)
                        .where(
                            Job.id == run.job_id,
                            Job.starts == run.start,
                            Job.status == JobStatus.RUNNING,
                        )
                        .values(lease_until=clock.now() + run.lease)
                        .execution_options(synchronize_session=False)
                    )
            except (SQLAlchemyError, Refusal):
                continue  # The database may be busy or away for a moment; the next beat may pass.

    heart = Thread(target=beat, name=f"job-{run.job_id}", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


def _report(run: _Run, done: int, total: int) -> None:
    def write(session: Session) -> None:
        row = session.get_one(Job, run.job_id)
        # A runner that slept through its lease finds that another one has the job.
        if row.status is not JobStatus.RUNNING or row.starts != run.start:
            raise Cancelled
        row.done, row.total = done, total
        row.lease_until = clock.now() + run.lease

    # Who cancels may come in between: then the second look finds the job cancelled.
    database.in_unit_of_work(write)


def _end(run: _Run, status: JobStatus, failure: str = "") -> None:
    def write(session: Session) -> None:
        row = session.get_one(Job, run.job_id)
        if row.status is JobStatus.RUNNING and row.starts == run.start:
            row.move_to(status)
            row.ended_at, row.failure, row.lease_until = clock.now(), failure, None

    database.in_unit_of_work(write)

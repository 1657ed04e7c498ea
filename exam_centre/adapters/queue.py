"""The job queue: wakes the runner when a job was written, and keeps the day's schedule."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import structlog
from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

LONGEST_NAP_SECONDS = 1.0  # between two looks at the queue; people watch jobs begin
LAST_WORDS_SECONDS = 10  # how long a running job may go on after the runner was told to stop
PENDING = "jobs_to_wake_for"
LOG = structlog.get_logger("queue")


@dataclass(frozen=True)
class Planned:
    """Work for a time of day. All fields in UTC; `minute` and `hour` as in a crontab."""

    name: str
    work: Callable[[], object]
    minute: str = "0"
    hour: str = "*"


class JsonTasks(Serializer):  # type: ignore[misc] # huey brings no types
    """Tasks as JSON: whoever may write to the queue's file can not run code of theirs with it."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


class Queue:
    """The embedded queue. It holds only wake-up calls; what is to be done stands in the database.

    path      the queue's own SQLite file, made when it is first used.
    run_next  runs the oldest waiting job to its end; False where none waits.
    schedule  what the runner does by the clock.
    """

    def __init__(
        self, path: Path, run_next: Callable[[], bool], schedule: Sequence[Planned] = ()
    ) -> None:
        self.path = path
        self.run_next = run_next
        self.schedule = tuple(schedule)

    @cached_property
    def huey(self) -> Any:
        """The queue engine with its tasks: wake-up call, sweep, and the schedule."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        huey = SqliteHuey(
            "exam-centre", filename=str(self.path), results=False, utc=True, serializer=JsonTasks()
        )
        self._wake_up = huey.task(name="wake_up")(self.run_waiting)
        # A wake-up call may be lost with its file; no job waits longer than a minute for that.
        huey.periodic_task(crontab(minute="*"), name="sweep")(self.run_waiting)
        for planned in self.schedule:
            when = crontab(minute=planned.minute, hour=planned.hour)
            huey.periodic_task(when, name=planned.name)(planned.work)
        return huey

    def wake(self) -> None:
        """Call the runner. A queue that can not be written costs a minute, not the request."""
        try:
            self.huey.enqueue(self._wake_up.s())
        except (OSError, sqlite3.Error) as fault:
            LOG.warning("wake_up_call_lost", reason=str(fault))

    def run_waiting(self) -> None:
        """Run every waiting job. One that fails is kept as failed, and the next one begins."""
        going = True
        while going:
            try:
                going = self.run_next()
            except SQLAlchemyError:
                # The database itself may be gone: asking at once would spin. The sweep returns.
                LOG.exception("job_failed")
                return
            except Exception:
                LOG.exception("job_failed")

    def run(self) -> None:
        """Run jobs and the schedule until the process is told to stop; ends the job in hand."""
        self.consumer().run()

    def consumer(self) -> Consumer:
        """Return the process that runs the tasks, one at a time and in order."""
        return self.huey.create_consumer(
            workers=1,
            max_delay=LONGEST_NAP_SECONDS,
            graceful_signal="TERM",
            shutdown_timeout=LAST_WORDS_SECONDS,
        )


class _Current:
    """Which commits of this process wake the runner; set once by who builds the application."""

    queue: ClassVar[Queue | None] = None
    rows: ClassVar[tuple[type, ...]] = ()


def connect(queue: Queue, rows: tuple[type, ...]) -> None:
    """Let commits that hold new rows of these kinds wake the runner through `queue`."""
    _Current.queue, _Current.rows = queue, rows


@event.listens_for(Session, "after_flush")
def _note_jobs(session: Session, _context: Any) -> None:
    if any(isinstance(row, _Current.rows) for row in session.new):
        session.info[PENDING] = True


@event.listens_for(Session, "after_commit")
def _wake_for_jobs(session: Session) -> None:
    if session.info.pop(PENDING, False) and _Current.queue is not None:
        _Current.queue.wake()


@event.listens_for(Session, "after_rollback")
def _forget_jobs(session: Session) -> None:
    session.info.pop(PENDING, None)

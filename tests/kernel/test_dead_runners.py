"""A job whose runner died is taken up again, and given up where it keeps killing its runner."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from exam_centre.kernel import jobs
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import in_unit_of_work, reading, unit_of_work
from exam_centre.kernel.jobs import MOST_STARTS, Job, JobStatus, run_next
from exam_centre.kernel.permissions import Actor
from tests.kernel.works import NINE

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until a test gives up; none measures time
LEASE = timedelta(seconds=2)
OFFICER = Actor(None, None, "Officer", stream="office:1", language="en")


@pytest.fixture
def work(monkeypatch, database):
    """Declare works for one test alone."""
    monkeypatch.setattr(jobs, "WORK", {})
    return jobs.job


@pytest.fixture
def runner(database_url, tmp_path, work) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a runner of its own and wait until it has a job in hand; all are ended afterwards."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        began = tmp_path / f"began-{len(started)}"
        command = [sys.executable, "-m", "tests.kernel.dying_runner", database_url, str(began)]
        process = subprocess.Popen([*command, str(LEASE.total_seconds())], cwd=ROOT)
        started.append(process)
        wait_until(began.exists)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_until(happened: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up, "nothing happened"
        time.sleep(0.05)


def ask() -> str:
    with unit_of_work() as session:
        return jobs.ask(session, OFFICER, "test.work", {}, NINE).token


def look(token: str) -> Job:
    with reading() as session:
        return session.scalars(select(Job).where(Job.token == token)).one()


def test_a_job_whose_process_was_killed_is_taken_up_again_and_done(work, runner):
    ran = []
    work("test.work")(lambda *_: ran.append(1))
    token = ask()
    process = runner()
    assert look(token).status is JobStatus.RUNNING

    process.kill()
    process.wait()
    assert look(token).status is JobStatus.RUNNING, "nobody has noticed yet"
    wait_until(run_next)

    assert ran == [1]
    assert (look(token).status, look(token).starts) == (JobStatus.DONE, 2)
    with reading() as session:
        acts = session.scalars(select(AuditRow.act).order_by(AuditRow.seq)).all()
    assert sorted(acts) == ["jobs.asked", "jobs.taken_up_again"]


def test_a_runner_that_works_long_in_silence_keeps_its_job(work, runner):
    work("test.work")(lambda *_: None)
    token = ask()
    runner()
    first = look(token).lease_until

    wait_until(lambda: look(token).lease_until > first + LEASE)

    assert not run_next(), "the runner lives, though its first lease is over"
    assert look(token).starts == 1


def leave_running(token: str, starts: int) -> None:
    """Let a job look as a runner left it that died after so many starts."""
    with unit_of_work() as session:
        session.scalars(select(Job)).one().move_to(JobStatus.RUNNING)
        session.flush()
        session.execute(update(Job).values(starts=starts, lease_until=NINE))


def test_a_job_that_ended_its_runner_three_times_fails_and_says_what_to_do(work):
    ran = []
    work("test.work")(lambda *_: ran.append(1))
    token = ask()
    leave_running(token, MOST_STARTS)

    assert run_next()

    assert ran == []
    assert look(token).status is JobStatus.FAILED
    assert "ended 3 times" in look(token).failure
    assert "start it again" in look(token).failure
    assert not run_next()


def test_a_job_that_ended_its_runner_twice_has_one_more_start(work):
    work("test.work")(lambda *_: None)
    token = ask()
    leave_running(token, MOST_STARTS - 1)

    assert run_next()
    assert look(token).status is JobStatus.DONE


@pytest.mark.parametrize("when", ["at its next report", "at its end"])
def test_a_runner_that_slept_through_its_lease_changes_nothing_any_more(work, when):
    reached = []

    @work("test.work")
    def sleep(_, progress):
        if reached:
            return
        reached.append("the first start")
        with unit_of_work() as session:
            session.execute(update(Job).values(lease_until=NINE))
        assert run_next(), "another runner takes the job up and ends it"
        with unit_of_work() as session:
            session.execute(update(Job).values(done=7))
        if when == "at its next report":
            progress(1, 2)
            reached.append("beyond the report")

    token = ask()
    assert run_next()

    assert reached == ["the first start"]
    assert (look(token).status, look(token).starts, look(token).done) == (JobStatus.DONE, 2, 7)


def test_a_beat_of_the_heart_does_not_stand_in_the_way_of_who_cancels(work):
    beats = []

    @work("test.work")
    def wait(_, progress):
        first = look(token).lease_until
        with unit_of_work() as session:
            row = session.scalars(select(Job)).one()
            version = row.version
        wait_until(lambda: look(token).lease_until > first)
        beats.append(look(token).version == version)
        in_unit_of_work(lambda session: jobs.cancel(session, OFFICER, token, NINE))
        progress(1, 2)

    token = ask()
    assert run_next(timedelta(seconds=1))

    assert beats == [True]
    assert look(token).status is JobStatus.CANCELLED
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1


@pytest.mark.parametrize("when", ["at its next report", "at its end"])
def test_a_job_that_another_runner_has_in_hand_is_left_to_that_one(work, when):
    beyond = []

    @work("test.work")
    def sleep(_, progress):
        with unit_of_work() as session:
            session.execute(update(Job).values(starts=2, done=7))
        if when == "at its next report":
            progress(1, 2)
            beyond.append("its report")

    token = ask()
    assert run_next()

    assert beyond == []
    assert (look(token).status, look(token).done) == (JobStatus.RUNNING, 7)

"""Jobs: asked for in a transaction, run once each, stopped by a person, safe to run again."""

import pytest
from sqlalchemy import func, select

from exam_centre.kernel import jobs
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.errors import IllegalMove, NotFound
from exam_centre.kernel.jobs import Job, JobStatus, run_next
from exam_centre.kernel.permissions import SYSTEM, Actor
from tests.kernel.works import MINUTE, NINE

pytestmark = pytest.mark.usefixtures("database")
OFFICER = Actor(None, None, "Officer", stream="office:1")


@pytest.fixture
def work(monkeypatch):
    """Declare works for one test alone."""
    monkeypatch.setattr(jobs, "WORK", {})
    return jobs.job


def ask(kind: str = "test.work", **arguments: object) -> str:
    with unit_of_work() as session:
        return jobs.ask(session, OFFICER, kind, arguments, NINE).token


def look(token: str) -> Job:
    with reading() as session:
        return session.scalars(select(Job).where(Job.token == token)).one()


def stop(token: str) -> None:
    with unit_of_work() as session:
        jobs.cancel(session, OFFICER, token, NINE + MINUTE)


def test_a_job_runs_with_what_it_was_asked_and_reports_how_far_it_is(work):
    seen = []

    @work("test.work")
    def count(arguments, progress):
        for done in range(1, arguments["rows"] + 1):
            progress(done, arguments["rows"])
            seen.append((look(token).status, look(token).done, look(token).total))

    token = ask(rows=3)

    assert run_next()
    assert seen == [(JobStatus.RUNNING, n, 3) for n in (1, 2, 3)]
    assert look(token).status is JobStatus.DONE
    assert look(token).ended_at is not None
    assert not run_next()


def test_jobs_run_in_the_order_they_were_asked(work):
    ran = []
    work("test.work")(lambda arguments, _: ran.append(arguments["n"]))
    for n in (1, 2, 3):
        ask(n=n)

    while run_next():
        pass
    assert ran == [1, 2, 3]


def test_a_job_that_was_asked_in_a_transaction_that_failed_never_runs(work):
    work("test.work")(lambda *_: None)

    def failing(session) -> None:
        jobs.ask(session, OFFICER, "test.work", {}, NINE)
        raise ValueError("after all not")

    with pytest.raises(ValueError, match="after all not"):
        run_in_one(failing)
    assert not run_next()


def run_in_one(work) -> None:
    with unit_of_work() as session:
        work(session)


def test_a_job_that_fails_says_why_and_the_next_one_runs(work):
    @work("test.work")
    def divide(arguments, _):
        _ = 1 / arguments["by"]

    bad, good = ask(by=0), ask(by=1)

    with pytest.raises(ZeroDivisionError):
        run_next()
    assert look(bad).status is JobStatus.FAILED
    assert look(bad).failure == "ZeroDivisionError: division by zero"
    assert run_next()
    assert look(good).status is JobStatus.DONE


def test_a_job_of_an_older_program_that_nobody_knows_any_more_fails_by_name(work):
    work("test.work")(lambda *_: None)
    token = ask()
    jobs.WORK.clear()

    with pytest.raises(KeyError):
        run_next()
    assert "test.work" in look(token).failure


def test_a_waiting_job_that_is_cancelled_does_not_run(work):
    ran = []
    work("test.work")(lambda *_: ran.append(1))
    token = ask()
    stop(token)

    assert not run_next()
    assert ran == []
    assert look(token).status is JobStatus.CANCELLED


def test_a_running_job_that_is_cancelled_stops_at_its_next_report(work):
    reached = []

    @work("test.work")
    def long(_, progress):
        progress(1, 3)
        stop(token)
        reached.append(1)
        progress(2, 3)
        reached.append(2)

    token = ask()

    assert run_next()
    assert reached == [1]
    assert look(token).status is JobStatus.CANCELLED
    assert look(token).done == 1


def test_a_job_cancelled_between_its_last_report_and_its_end_stays_cancelled(work):
    @work("test.work")
    def quick(*_):
        stop(token)

    token = ask()

    assert run_next()
    assert look(token).status is JobStatus.CANCELLED


@pytest.mark.postgres  # SQLite has one writer at a time
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("when", ["report", "end"])
def test_a_person_who_cancels_while_the_job_writes_is_obeyed(work, monkeypatch, when):
    reports = []

    @work("test.work")
    def long(_, progress):
        if when == "report":
            progress(1, 2)
            reports.append(1)

    token = ask()
    stopped = []
    get_one = jobs.Session.get_one

    def get_then_stop(session, *identity):
        row = get_one(session, *identity)
        if not stopped:
            stopped.append(1)
            stop(token)
        return row

    monkeypatch.setattr(jobs.Session, "get_one", get_then_stop)

    assert run_next()
    assert look(token).status is JobStatus.CANCELLED
    assert reports == []


def test_a_job_that_ended_is_not_cancelled_any_more(work):
    work("test.work")(lambda *_: None)
    token = ask()
    run_next()

    with pytest.raises(IllegalMove):
        stop(token)
    with pytest.raises(NotFound):
        stop("no such token")


def test_a_failed_job_runs_again_and_work_that_is_safe_twice_changes_nothing(work):
    fails, made = [True], set()

    @work("test.work")
    def make(arguments, _):
        made.add(arguments["name"])
        if fails.pop() if fails else False:
            raise OSError("the disk was full")

    token = ask(name="slip 1")
    with pytest.raises(OSError, match="disk"):
        run_next()
    with unit_of_work() as session:
        session.scalars(select(Job)).one().move_to(JobStatus.WAITING)

    assert run_next()
    assert made == {"slip 1"}
    assert look(token).status is JobStatus.DONE


def test_what_was_never_declared_is_not_asked_and_no_name_is_declared_twice(work):
    with pytest.raises(ValueError, match=r"no work is called test\.work"):
        ask()
    work("test.work")(lambda *_: None)
    with pytest.raises(ValueError, match="two works"):
        work("test.work")(lambda *_: None)


def test_asking_and_cancelling_are_in_the_trail(work):
    work("test.work")(lambda *_: None)
    stop(ask())

    with reading() as session:
        acts = session.scalars(select(AuditRow.act).order_by(AuditRow.seq)).all()
        assert session.scalar(select(func.count()).select_from(Job)) == 1
    assert acts == ["jobs.asked", "jobs.cancelled"]


def test_the_system_asks_too(work):
    work("test.work")(lambda *_: None)
    with unit_of_work() as session:
        row = jobs.ask(session, SYSTEM, "test.work", {}, NINE)
        assert row.asked_by is None

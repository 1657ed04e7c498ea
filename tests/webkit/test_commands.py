"""The commands: keys, the schema, the audit trail, and a runner that is woken by commits."""

import json

import pytest
from sqlalchemy import text

from exam_centre.adapters.queue import Queue
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import SYSTEM
from exam_centre.migrations import HEAD
from tests.webkit.fixtures import open_account


@pytest.fixture
def flask(app):
    """Return a function that runs a `flask` command and returns what it came to."""
    return lambda *words: app.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def work():
    """A kind of job that notes its arguments, and one that fails."""
    seen = []
    jobs.WORK["tests.note"] = lambda arguments, _progress: seen.append(arguments)
    jobs.WORK["tests.fail"] = lambda arguments, _progress: 1 / arguments["zero"]
    yield seen
    del jobs.WORK["tests.note"], jobs.WORK["tests.fail"]


def ask(kind: str, **arguments: int) -> None:
    with unit_of_work() as session:
        jobs.ask(session, SYSTEM, kind, arguments, clock.now())


def test_each_purpose_gets_a_first_key_once_and_a_named_one_gets_another(flask, config):
    first = flask("keys", "make").output.splitlines()
    again = flask("keys", "make")

    assert "audit: key 1" in first
    assert again.output == ""
    assert flask("keys", "make", "audit").output == "audit: key 2\n"
    assert (config.keys_dir / "audit" / "2.pem").stat().st_mode & 0o077 == 0


def test_the_schema_goes_down_and_up_again(flask):
    assert flask("database", "number").output == f"{HEAD} of {HEAD}\n"
    assert flask("database", "downgrade", "0017").output == "The database stands at 0017.\n"
    assert flask("database", "upgrade").output == f"The database stands at {HEAD}.\n"


def test_a_day_is_sealed_once(flask):
    open_account()
    flask("keys", "make")

    first, second = flask("audit", "seal"), flask("audit", "seal")

    assert first.exit_code == 0
    assert first.output == second.output


def test_a_clean_trail_passes_and_a_changed_one_is_told(flask):
    open_account()
    flask("keys", "make")
    flask("audit", "seal")
    assert flask("audit", "verify").output == "0 findings\n"

    with unit_of_work() as session:
        session.execute(text("DROP TRIGGER audit_row_is_final_on_update"))
        session.execute(text("UPDATE audit_rows SET reason = 'another' WHERE id = 1"))
    answer = flask("audit", "verify", "--json")

    assert answer.exit_code == 1
    assert json.loads(answer.output)[0]["problem"] == "was changed after it was written"


def test_a_commit_with_a_job_wakes_the_runner_and_one_without_does_not(app, config, work):
    queue = Queue(config.jobs_path, jobs.run_next)
    open_account()
    assert queue.huey.pending_count() == 0

    ask("tests.note", n=1)

    assert queue.huey.pending_count() == 1
    queue.huey.execute(queue.huey.dequeue())
    assert work == [{"n": 1}]


def test_a_job_that_is_rolled_back_wakes_nobody(app, config, work):
    with unit_of_work() as session:
        jobs.ask(session, SYSTEM, "tests.note", {}, clock.now())
        session.rollback()

    open_account()

    assert Queue(config.jobs_path, jobs.run_next).huey.pending_count() == 0


def test_a_failing_job_does_not_keep_the_next_one_from_running(app, config, work):
    ask("tests.fail", zero=0)
    ask("tests.note", n=2)

    Queue(config.jobs_path, jobs.run_next).run_waiting()

    assert work == [{"n": 2}]
    with unit_of_work() as session:
        rows = session.execute(text("SELECT status FROM jobs ORDER BY id")).scalars().all()
    assert rows == ["failed", "done"]


def test_a_queue_that_can_not_be_written_does_not_fail_the_act(app, config, work):
    config.jobs_path.unlink(missing_ok=True)
    config.jobs_path.mkdir(parents=True)

    ask("tests.note", n=3)

    with unit_of_work() as session:
        assert session.scalar(text("SELECT count(*) FROM jobs")) == 1


def test_what_waits_in_the_queue_is_text_and_never_code(app, config, work):
    ask("tests.note", n=4)

    data = Queue(config.jobs_path, jobs.run_next).huey.pending()[0]

    assert data.args in ((), [])
    raw = (
        config.jobs_path.read_bytes() + config.jobs_path.with_name("jobs.sqlite3-wal").read_bytes()
    )
    assert b'wake_up"' in raw

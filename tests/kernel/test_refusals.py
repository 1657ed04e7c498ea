"""What a database's refusal becomes: a lost race, a broken promise, or a real fault."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, ProgrammingError

from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import IllegalMove, LostRace, PromiseBroken, Refusal
from exam_centre.kernel.jobs import JobStatus
from tests.kernel.works import new_job

UNIT = "INSERT INTO units (code, name, level, parent_id, path) VALUES "
pytestmark = pytest.mark.usefixtures("database")


def refusal_of(*statements: str) -> Exception:
    """Return what a unit of work raises for the last of some statements."""
    try:
        with unit_of_work() as session:
            for statement in statements:
                session.execute(text(statement))
    except (Refusal, DBAPIError) as refusal:
        return refusal
    raise AssertionError("nothing was refused")


def test_a_key_that_is_taken_is_a_lost_race():
    taken = f"{UNIT} ('c', 'n', 'national', NULL, '/1/')"

    assert isinstance(refusal_of(taken, taken), LostRace)


def test_a_broken_check_names_the_promise():
    refusal = refusal_of(f"{UNIT} ('c', 'n', 'county', NULL, '/1/')")

    assert isinstance(refusal, PromiseBroken)
    assert "ck_units_only_the_top_has_none" in refusal.promise


def test_a_missing_parent_is_a_broken_promise():
    assert isinstance(refusal_of(f"{UNIT} ('c', 'n', 'county', 99, '/1/')"), PromiseBroken)


def test_a_guard_says_its_own_name_and_nothing_else():
    with unit_of_work() as session:
        session.add(new_job(status=JobStatus.DONE))

    refusal = refusal_of("UPDATE jobs SET status = 'running'")

    assert isinstance(refusal, PromiseBroken)
    assert refusal.promise == "jobs_status_moves_along_its_flow"


@pytest.mark.parametrize("words", ["guard:", "guard: open", "it is locked", "\nguard:x"])
def test_what_a_row_says_does_not_change_what_its_refusal_means(words):
    broken = f"{UNIT} ('{words}', 'guard:', 'county', NULL, '/1/')"
    taken = f"{UNIT} ('{words}', 'is locked', 'national', NULL, '/1/')"

    check, key = refusal_of(broken), refusal_of(taken, taken)

    assert isinstance(check, PromiseBroken)
    assert "only_the_top_has_none" in check.promise
    assert isinstance(key, LostRace)


def test_a_real_fault_stays_what_it_is():
    assert isinstance(refusal_of("SELECT * FROM nowhere"), ProgrammingError | OperationalError)


@pytest.mark.postgres  # SQLite's integers have 64 bits
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_number_too_large_for_the_database_is_no_refusal():
    assert isinstance(refusal_of(f"UPDATE jobs SET done = {2**40}"), DataError)


def test_a_refusal_of_the_database_keeps_its_cause():
    refusal = refusal_of(f"{UNIT} ('c', 'n', 'county', 99, '/1/')")

    assert isinstance(refusal.__cause__, DBAPIError)


def test_a_status_moves_along_its_flow_in_the_service_too():
    row = new_job(status=JobStatus.DONE)

    with pytest.raises(IllegalMove) as refused:
        row.move_to(JobStatus.RUNNING)
    assert row.status is JobStatus.DONE
    assert "done" in str(refused.value)

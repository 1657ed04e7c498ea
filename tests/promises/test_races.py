"""Two transactions at once, each of which sees nothing wrong: the guard's lock lets one through."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from deploy.drawing import metadata
from exam_centre.kernel.database import make_engine
from exam_centre.kernel.guards import Guard, declared
from tests.promises.rows import HOUR, NINE, World

pytestmark = pytest.mark.postgres

WAITS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@dataclass(frozen=True)
class Pair:
    """Two statements that are each right alone, and the count that says how many took hold."""

    statements: tuple[str, str]
    rows: tuple[dict[str, Any], dict[str, Any]]
    count: str


@pytest.fixture
def engine(postgres_url):
    made = make_engine(postgres_url)
    yield made
    made.dispose()


def two_drafts(world: World, shared: str) -> Pair:
    """Return the publishing of two placements, half an hour apart, that share a seat or person."""
    first = world.add("placements", starts_at=NINE)
    if shared == "seat":
        common = {"seat_id": world.value("placements", first, "seat_id")}
    else:
        entry = world.value("placements", first, "entry_id")
        candidate = world.value("entries", entry, "candidate_id")
        common = {"entry_id": world.add("entries", candidate_id=candidate)}
    second = world.add("placements", starts_at=NINE + HOUR / 2, **common)
    return Pair(
        ("UPDATE placements SET in_force = true WHERE id = :placement",) * 2,
        ({"placement": first}, {"placement": second}),
        "SELECT count(*) FROM placements WHERE in_force",
    )


def two_batches(world: World) -> Pair:
    """Return the putting of one outcome into two batches."""
    outcome = world.add("outcomes", status="approved")
    first, second = world.add("release_batches"), world.add("release_batches")
    return Pair(
        ("INSERT INTO release_lines (batch_id, outcome_id) VALUES (:batch, :outcome)",) * 2,
        ({"batch": first, "outcome": outcome}, {"batch": second, "outcome": outcome}),
        "SELECT count(*) FROM release_lines",
    )


def number_and_void(world: World, table: str) -> Pair:
    """Return the giving of a number to somebody who came, and the voiding of their attendance."""
    placement = world.add("placements")
    world.add("attendances", placement_id=placement, status="present")
    key, number, columns = placement, "placement_id", "score"
    if table == "marks":
        key, number = world.add("secret_codes", placement_id=placement), "secret_code_id"
    extra = {
        "marks": ", round, marker_id, entered_at, version) VALUES (:key, 61, 1, :person, now(), 1)",
        "engine_marks": ", imported_by_id, imported_at) VALUES (:key, 61, :person, now())",
        "practical_marks": ", assessor_id, at) VALUES (:key, 61, :person, now())",
    }[table]
    return Pair(
        (
            f"INSERT INTO {table} ({number}, {columns}{extra}",
            "UPDATE attendances SET status = 'voided' WHERE placement_id = :placement",
        ),
        ({"key": key, "person": world.person()}, {"placement": placement}),
        f"SELECT (SELECT count(*) FROM {table}) "
        "+ (SELECT count(*) FROM attendances WHERE status = 'voided')",
    )


def two_defences(world: World, shared: str) -> Pair:
    """Return the setting of two defences at one time that share an assessor or a room."""
    theses = [world.add("theses") for _ in range(2)]
    member = world.person()
    for thesis in theses:
        chair = member if shared == "person" else world.person()
        world.add("panel_members", thesis_id=thesis, role="chair", person_id=chair)
    where = {"room": world.one("rooms")} if shared == "room" else {"room": None}
    by = world.person()
    rows = [{"key": f"slot-{t}", "thesis": t, "by": by, "start": NINE, **where} for t in theses]
    statement = (
        "INSERT INTO defence_slots (token, thesis_id, number, starts_at, ends_at, kind, room_id, "
        "place, through_shift, set_by_id, set_at, reason, in_force) VALUES (:key, :thesis, 1, "
        "CAST(:start AS timestamptz), CAST(:start AS timestamptz) + interval '1 hour', "
        "CASE WHEN CAST(:room AS integer) IS NULL THEN 'video' ELSE 'room' END, :room, 'M 1', "
        "false, :by, now(), '', true)"
    )
    return Pair((statement,) * 2, (rows[0], rows[1]), "SELECT count(*) FROM defence_slots")


def run_at_once(engine: Engine, pair: Pair) -> int:
    """Run both in two threads; neither commits before both have looked, and written or waited.

    Returns how many took hold.
    """
    looked, may_commit = threading.Barrier(2), threading.Event()
    written = threading.Semaphore(0)
    seen: list[int | None] = []
    refusals: list[DBAPIError] = []

    def run(statement: str, row: dict[str, Any]) -> None:
        try:
            with engine.begin() as connection:
                seen.append(connection.scalar(text(pair.count)))
                looked.wait()
                connection.execute(text(statement), row)
                written.release()
                may_commit.wait()
        except DBAPIError as refusal:
            refusals.append(refusal)

    acts = zip(pair.statements, pair.rows, strict=True)
    threads = [threading.Thread(target=run, args=act) for act in acts]
    for thread in threads:
        thread.start()
    written.acquire()
    with engine.connect() as watch:
        while not written.acquire(blocking=False) and not watch.scalar(WAITS):
            time.sleep(0.005)
    may_commit.set()
    for thread in threads:
        thread.join()
    assert seen == [0, 0], "each looked before the other wrote"
    with engine.connect() as connection:
        held = connection.scalar(text(pair.count)) or 0
    assert held + len(refusals) == 2
    return held


PAIRS: dict[str, Callable[[World], Pair]] = {
    "one_person_per_seat_and_time": lambda world: two_drafts(world, "seat"),
    "one_place_per_person_and_time": lambda world: two_drafts(world, "person"),
    "outcome_is_in_one_live_batch": two_batches,
    "no_number_without_attendance": lambda world: number_and_void(world, "marks"),
    "no_engine_number_without_attendance": lambda w: number_and_void(w, "engine_marks"),
    "no_practical_number_without_attendance": lambda w: number_and_void(w, "practical_marks"),
    "no_absence_under_a_number": lambda world: number_and_void(world, "marks"),
    "nobody_is_in_two_defences_at_once": lambda world: two_defences(world, "person"),
    "one_defence_per_room_and_time": lambda world: two_defences(world, "room"),
    "no_absence_under_a_practical_number": lambda w: number_and_void(w, "practical_marks"),
}


def prepared(engine: Engine, name: str) -> Pair:
    with engine.begin() as connection:
        return PAIRS[name](World(connection))


def with_locks() -> dict[str, Guard]:
    return {guard.name: guard for guard in declared(metadata()) if guard.lock}


def of_one_space(name: str) -> list[Guard]:
    """Return the guards that take turns with this one."""
    asked = with_locks()[name]
    return [
        g for g in with_locks().values() if g.name == name or (g.space and g.space == asked.space)
    ]


def test_every_guard_with_a_lock_is_raced_here():
    assert set(with_locks()) == set(PAIRS)


@pytest.mark.parametrize("name", PAIRS)
def test_of_two_acts_that_each_look_right_alone_one_is_refused(engine, name):
    assert run_at_once(engine, prepared(engine, name)) == 1


@pytest.mark.parametrize("name", PAIRS)
def test_without_the_lock_of_the_guard_both_would_get_through(engine, name):
    with engine.begin() as connection:
        for guard in of_one_space(name):
            for statement in replace(guard, lock=None).create("postgresql"):
                if statement.startswith("CREATE FUNCTION"):
                    again = statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
                    connection.exec_driver_sql(again)

    assert run_at_once(engine, prepared(engine, name)) == 2

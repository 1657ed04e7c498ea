"""Rows by plain inserts, without any service: a small consistent world, one row a call.

Whatever a test does not mention is filled in: a key that must not be empty gets a row of its own
in the table it names, save for the few tables of which one row serves a whole world.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Enum,
    Integer,
    LargeBinary,
    inspect,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from deploy.drawing import metadata
from exam_centre.certificates.rules import STATUS_LIST_LENGTH
from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.database import refusal_for
from exam_centre.kernel.errors import PromiseBroken

NINE = datetime(2026, 11, 7, 1, 0, tzinfo=UTC)  # nine o'clock on the venue's clock
HOUR = timedelta(hours=1)
ONE_FOR_ALL = {"units", "parks", "enterprises", "series", "venues", "rooms", "layouts", "devices"}

Row = dict[str, Any]


class World:
    """A database as one open transaction sees it, and ways to put rows into it."""

    def __init__(self, connection: Connection, first_number: int = 1) -> None:
        """first_number  of what is unique by a number: two worlds of one database begin apart."""
        self.connection = connection
        self.numbers = count(first_number)
        self.shared: dict[str, Any] = {}

    def add(self, table: str, **values: Any) -> Any:
        """Insert one row and return its key; what is not given is filled in."""
        recipe = RECIPES.get(table)
        row = dict(values)
        if recipe is not None:
            for name, value in recipe(self, row).items():
                row.setdefault(name, value)
        for column in metadata().tables[table].columns:
            if column.name not in row and not _fills_itself(column):
                row[column.name] = self._value(column)
        made = self.connection.execute(metadata().tables[table].insert().values(**row))
        key = made.inserted_primary_key
        assert key is not None
        return key[0]

    def one(self, table: str) -> Any:
        """Return the key of the row of `table` that everything in this world shares."""
        if table not in self.shared:
            self.shared[table] = self.add(table)
        return self.shared[table]

    def person(self) -> int:
        """Return a new person's key."""
        return int(self.add("people"))

    def value(self, table: str, key: Any, column: str) -> Any:
        """Return one value as it stands in the database."""
        return self.run(f"SELECT {column} FROM {table} WHERE {self.key_of(table)} = :key", key=key)

    def set(self, table: str, key: Any, **values: Any) -> None:
        """Update one row."""
        place = metadata().tables[table]
        (primary,) = place.primary_key.columns
        self.connection.execute(place.update().where(primary == key).values(**values))

    def run(self, sql: str, **values: Any) -> Any:
        """Run one statement of plain SQL; return the first value of a SELECT."""
        result = self.connection.execute(text(sql), values)
        return result.scalar() if result.returns_rows else None

    def key_of(self, table: str) -> str:
        """Return the name of the table's key."""
        (primary,) = metadata().tables[table].primary_key.columns
        return str(primary.name)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back what the block does; what went before stands."""
        place, shared = self.connection.begin_nested(), dict(self.shared)
        try:
            yield
        finally:
            place.rollback()
            self.shared = shared

    @contextmanager
    def refuses(self, promise: str = "") -> Iterator[None]:
        """Expect the database to refuse the block for `promise`; what went before stands."""
        with self.undone(), pytest.raises(DBAPIError) as refused:
            yield
        assert isinstance(refused.value, IntegrityError), refused.value
        broken = refusal_for(refused.value)
        told = broken.promise if isinstance(broken, PromiseBroken) else str(refused.value.orig)
        words = told.splitlines()[0]
        assert promise in words + _key_behind(words), f"refused, but by {words!r}"

    def _value(self, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            table = key.target_fullname.split(".")[0]
            return self.one(table) if table in ONE_FOR_ALL else self.add(table)
        n = next(self.numbers)
        kind = column.type
        plain: list[tuple[type[Any], Callable[[], Any]]] = [
            (Enum, lambda: _first_of(kind)),
            (Boolean, lambda: False),
            (Integer, lambda: n),
            (UtcMoment, lambda: NINE + n * timedelta(minutes=1)),
            (Date, lambda: date(2026, 1, 1) + timedelta(days=n)),
            (Exact, lambda: Decimal(1)),
            (LargeBinary, lambda: f"{column.name} {n}".encode()),
            (JSON, dict),
        ]
        for wanted, make in plain:
            if isinstance(kind, wanted):
                return make()
        return f"{column.name}-{n}"


def _key_behind(words: str) -> str:
    """Return the names of the keys SQLite means: it tells a key's columns and not its name."""
    told = words.removeprefix("UNIQUE constraint failed: ")
    if told == words:
        return ""
    names = []
    for table in metadata().tables.values():
        keys = [key for key in [*table.constraints, *table.indexes] if hasattr(key, "columns")]
        for key in keys:
            columns = ", ".join(f"{table.name}.{column.name}" for column in key.columns)
            names += [str(key.name)] if columns == told else []
    return " ".join(names)


def _first_of(kind: Any) -> str:
    first: str = kind.enums[0]
    return kind.enum_class(first) if kind.enum_class else first


def _fills_itself(column: Column[Any]) -> bool:
    own_number = column.primary_key and not column.foreign_keys and isinstance(column.type, Integer)
    return bool(column.nullable or column.default is not None or own_number)


def table_names() -> list[str]:
    """Return every table's name, tables before those that need them."""
    return [table.name for table in metadata().sorted_tables]


def columns_of(connection: Connection, table: str) -> list[str]:
    """Return the columns the database has for `table`."""
    return [column["name"] for column in inspect(connection).get_columns(table)]


def _attendance(world: World, row: Row) -> Row:
    status = row.get("status", "expected")
    if status in ("present", "removed"):
        return {"admitted_at": NINE}
    if status == "absent":
        return {"absent_noted_by_id": world.person(), "absent_confirmed_by_id": world.person()}
    return {}


def _placement(world: World, row: Row) -> Row:
    entry = row.get("entry_id") or world.add("entries")
    candidate = world.value("entries", entry, "candidate_id")
    starts = row.get("starts_at", NINE)
    return {
        "entry_id": entry,
        "person_id": world.value("candidates", candidate, "person_id"),
        "plan_id": world.one("plans"),
        "starts_at": starts,
        "ends_at": starts + HOUR,
    }


def _secret_code(world: World, row: Row) -> Row:
    """A code of somebody who came, unless the test says whose it is."""
    if "placement_id" in row:
        return {}
    placement = world.add("placements")
    world.add("attendances", placement_id=placement, status="present")
    return {"placement_id": placement}


def _attended(world: World, row: Row) -> Row:
    return _secret_code(world, row)


def _number(row: Row) -> Row:
    return {} if "status" in row else {"score": Decimal(61)}


def _mark(world: World, row: Row) -> Row:
    return {"round": 1, "marker_id": world.person(), **_number(row)}


def _outcome(world: World, row: Row) -> Row:
    entry_course = row.get("entry_course_id")
    if entry_course is None:
        entry_course = world.add("entry_courses")
        world.add("outcome_identities", entry_course_id=entry_course)
    verdict = row.get("verdict", "passed")
    score = Decimal(61) if verdict in ("passed", "failed") else None
    return {"entry_course_id": entry_course, "verdict": verdict, "score": score, "number": 1}


def released_outcome(world: World, **values: Any) -> Any:
    """Insert an outcome and release it in a batch of its own."""
    outcome = world.add("outcomes", status="approved", **values)
    batch_of(world, outcome, "released")
    world.set("outcomes", outcome, status="released")
    return outcome


WAYS = {
    "prepared": (),
    "approved": ("approved",),
    "released": ("approved", "released"),
    "recalled": ("approved", "released", "recalled"),
    "discarded": ("discarded",),
}


def batch_of(world: World, outcome: Any, status: str) -> Any:
    """Put an outcome into a batch of its own, take the batch to `status`, return its key."""
    batch = world.add("release_batches")
    world.add("release_lines", batch_id=batch, outcome_id=outcome)
    signed = {
        "approved": lambda: {"approved_by_id": world.person()},
        "released": lambda: {"released_by_id": world.person(), "released_at": NINE},
    }
    for reached in WAYS[status]:
        world.set("release_batches", batch, status=reached, **signed.get(reached, dict)())
    return batch


def _batch(world: World, row: Row) -> Row:
    status = row.get("status")
    if status == "approved":
        return {"approved_by_id": world.person()}
    if status not in ("released", "recalled"):
        return {}
    people = {"approved_by_id": world.person(), "released_by_id": world.person()}
    return {**people, "released_at": NINE}


def _credential(world: World, row: Row) -> Row:
    outcome = row.get("outcome_id") or released_outcome(world)
    return {
        "outcome_id": outcome,
        "entry_course_id": world.value("outcomes", outcome, "entry_course_id"),
        "revocation_reason": "recalled" if row.get("status") == "revoked" else None,
    }


def _claim(world: World, row: Row) -> Row:
    return {} if "outcome_id" in row else {"outcome_id": released_outcome(world)}


def _room_day(world: World, row: Row) -> Row:
    status = row.get("status", "ready")
    if status in ("ready", "cancelled"):
        return {}
    opened = {"opened_by_id": world.person(), "opening_witness_id": world.person()}
    if status not in ("closed", "reconciled"):
        return opened
    return {
        **opened,
        "closed_by_id": world.person(),
        "countersigned_by_id": world.person(),
        "first_count": 3,
        "first_counter_id": world.person(),
        "second_count": 3,
        "second_counter_id": world.person(),
    }


def _decided(*statuses: str) -> Callable[[World, Row], Row]:
    def recipe(world: World, row: Row) -> Row:
        return {"decided_by_id": world.person()} if row.get("status") in statuses else {}

    return recipe


def _two_people(world: World, _: Row) -> Row:
    first, second = world.person(), world.person()
    return {"person_id": first, "other_id": second}


def _span(_: World, row: Row) -> Row:
    starts = row.get("starts_at", NINE)
    return {"starts_at": starts, "ends_at": starts + HOUR}


def _topic(world: World, row: Row) -> Row:
    entry = row.get("entry_id")
    if entry is None:
        writer = row.get("proposed_by_id") or world.person()
        candidate = world.add("candidates", person_id=writer)
        entry = world.add("entries", candidate_id=candidate)
    candidate = world.value("entries", entry, "candidate_id")
    decided = row.get("status", "proposed") != "proposed"
    return {
        "entry_id": entry,
        "number": 1,
        "proposed_by_id": world.value("candidates", candidate, "person_id"),
        "supervisor_id": world.person() if decided else None,
        "decided_at": NINE if decided else None,
        "reason": "too wide" if row.get("status") == "returned" else "",
    }


def _defence(world: World, row: Row) -> Row:
    """A defence by video, of a thesis with somebody in the chair."""
    thesis = row.get("thesis_id")
    if thesis is None:
        thesis = world.add("theses")
        world.add("panel_members", thesis_id=thesis, role="chair")
    where = {} if row.get("kind") == "room" else {"kind": "video", "place": "meeting 12"}
    reason = "ill" if row.get("number", 1) > 1 else ""
    return {"thesis_id": thesis, "number": 1, "reason": reason, **where, **_span(world, row)}


RECIPES: dict[str, Callable[[World, Row], Row]] = {
    "units": lambda _world, _row: {"level": "national"},
    "shifts": _span,
    "periods": lambda world, row: _span(
        world, {"starts_at": NINE + next(world.numbers) * HOUR, **row}
    ),
    "room_bookings": _span,
    "conflicts": _two_people,
    "papers": lambda _world, _row: {"minutes": 90},
    "schemes": lambda _world, _row: {"precision": 0},
    "access_arrangements": lambda world, row: {
        "kind": "wheelchair",
        **_decided("approved", "refused")(world, row),
    },
    "deferrals": _decided("approved", "refused"),
    "venue_applications": lambda world, _row: {"venue_id": world.add("venues")},
    "seed_parts": lambda _world, _row: {"place": 1},
    "plan_locks": lambda world, _row: {
        "entry_id": world.add("entries"),
        "paper_id": None,
        "room_id": None,
        "venue_id": None,
    },
    "paper_orders": lambda world, _row: {"second_paper_id": world.add("papers")},
    "swap_requests": lambda world, row: {
        "other_id": world.add("duties"),
        "asked_id": world.person(),
        "answered_at": None if row.get("status", "asked") == "asked" else NINE,
    },
    "plan_moves": lambda _world, row: {"undoes": 1 if row.get("kind") == "undo" else None},
    "sealed_allocations": lambda _world, _row: {"result_sha256": "0" * 64},
    "placements": _placement,
    "incidents": lambda world, row: (
        {"resolved_by_id": world.person()} if row.get("status") == "resolved" else {}
    ),
    "bags": lambda world, row: (
        {"opened_by_id": world.person(), "opening_witness_id": world.person()}
        if row.get("status") == "opened"
        else {}
    ),
    "attendances": _attendance,
    "doubt_photos": lambda _world, row: {} if row.get("agreed") else {"file_key": ""},
    "paper_lines": lambda world, row: {
        "at": NINE if row.get("outcome", "present") == "present" else None,
        "incident_id": world.add("incidents") if row.get("verdict") == "conflict" else None,
    },
    "credit_exports": lambda _world, _row: {"destination": "course_results"},
    "bundles": lambda world, row: (
        {"approved_by_id": world.person()} if row.get("status") == "approved" else {}
    ),
    "room_days": _room_day,
    "secret_codes": _secret_code,
    "allocations": lambda _world, _row: {"round": 1},
    "marks": _mark,
    "engine_marks": lambda world, row: {**_attended(world, row), **_number(row)},
    "assignment_marks": lambda _world, _row: {"score": Decimal(83)},
    "formative_marks": lambda _world, _row: {"score": Decimal(82)},
    "formative_changes": lambda _world, _row: {"score": Decimal(82)},
    "thesis_topics": _topic,
    "defence_slots": _defence,
    "practical_marks": _attended,
    "outcomes": _outcome,
    "release_batches": _batch,
    "corrections": _decided("rejected", "decided", "applied"),
    "status_bits": lambda world, _row: {"position": next(world.numbers) % STATUS_LIST_LENGTH},
    "credentials": _credential,
    "claims": _claim,
}

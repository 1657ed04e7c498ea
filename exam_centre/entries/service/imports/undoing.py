"""Undoing an applied file: what it made is taken back, what it changed is put back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import (
    Conflict,
    Employment,
    Person,
    RoleGrant,
    StaffAbsence,
    StaffMember,
    User,
)
from exam_centre.calendar.models import Period
from exam_centre.calendar.service import take_back_periods
from exam_centre.entries.models import (
    AccessArrangement,
    Candidate,
    Entry,
    EntryCourse,
    ImportBatch,
    ImportRow,
)
from exam_centre.entries.queries import standing_on
from exam_centre.entries.rules import (
    ASSESSABLE,
    IMPORT_FLOW,
    EntryStatus,
    ImportStatus,
    RequestStatus,
    RowsInTheWay,
    RowVerdict,
    status_words,
)
from exam_centre.entries.service import rosters
from exam_centre.entries.service.imports.importers import Importer, Restored
from exam_centre.entries.service.imports.preview import judged_now
from exam_centre.kernel import audit
from exam_centre.kernel.database import Base, pieces
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Enterprise, Park, Shift, Unit
from exam_centre.organisation.service import take_back as take_back_places
from exam_centre.papers.models import Course
from exam_centre.papers.service import take_back_courses
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.service import take_back_rooms, take_back_venues

TakeBack = Callable[..., None]  # (session, actor, rows, *, reason, now)


class Owner(NamedTuple):
    """How rows of one table are taken back: by the room that owns them."""

    model: type[Any]
    take_back: TakeBack


OWNERS: dict[str, Owner] = {
    model.__tablename__: Owner(model, take_back)
    for take_back, models in (
        (take_back_places, (Unit, Park, Enterprise, Shift)),
        (take_back_periods, (Period,)),
        (take_back_courses, (Course,)),
        (take_back_rooms, (Room,)),
        (take_back_venues, (Venue,)),
        (
            accounts.take_back,
            (Person, Employment, StaffMember, StaffAbsence, User, RoleGrant, Conflict),
        ),
        (rosters.take_back, (Candidate, Entry, EntryCourse, AccessArrangement)),
    )
    for model in models
}

# What rows depend on each other within one file: the ones that others stand on go last.
ORDER = (
    "access_arrangements", "entry_courses", "entries", "role_grants", "users", "candidates",
    "employments", "conflicts", "staff_absences", "staff_members", "people",
)  # fmt: skip

# Why a row can not go, by the table with rows that stand on it.
IN_USE: dict[str, Sentence] = {
    "units": say("other units stand under it"),
    "parks": say("parks belong to it"),
    "enterprises": say("enterprises belong to it"),
    "shifts": say("shifts are planned for it"),
    "employments": say("people work there"),
    "staff_members": say("staff belong to it"),
    "role_grants": say("roles are given for it"),
    "candidates": say("candidates belong to it"),
    "venues": say("venues belong to it"),
    "rooms": say("it has rooms"),
    "courses": say("courses belong to it"),
    "schemes": say("its scheme is final, so the paper stays"),
    "entries": say("somebody is entered"),
    "entry_courses": say("the entry has further courses"),
    "formative_marks": say("formative marks are recorded"),
    "placements": say("it has a place in a timetable"),
    "sign_ins": say("the person has signed in"),
}
OTHERWISE_IN_USE = say("other records need it")


def own(table: str, model: type[Any], take_back: TakeBack) -> None:
    """Let a later room say how what its kind of file made is taken back."""
    OWNERS[table] = Owner(model, take_back)


def undo(
    session: Session,
    actor: Actor,
    importer: Importer,
    batch: ImportBatch,
    *,
    reason: str,
    seal: Seal,
    now: datetime,
) -> None:
    """Take back what a file made and put back what it changed; the trail keeps both.

    Raises  RowsInTheWay with every row that something stands on, or that was changed since;
            IllegalMove for a file that is not applied.
    """
    IMPORT_FLOW.check(batch.status, ImportStatus.UNDONE)
    setting, rows, judged = judged_now(session, actor, importer, batch, seal=seal, now=now)
    in_the_way: dict[int, Sentence] = {
        row.row_no: say("changed since")
        for row, verdict in zip(rows, judged, strict=True)
        if (row.made or row.before) and verdict.verdict is not RowVerdict.SAME
    }
    made = {name: row.row_no for row in rows for name in row.made.split()}
    in_the_way |= _standing(session, made)
    found = _fetch(session, made)
    in_the_way |= _too_late(found, made)
    if in_the_way:
        raise RowsInTheWay(dict(sorted(in_the_way.items())))
    back = [Restored(row.row_no, row.before) for row in reversed(rows) if row.before]
    _take_back(session, actor, found, reason=reason, now=now)
    importer.restore(setting, back, reason)
    batch.move_to(ImportStatus.UNDONE)
    audit.record(session, actor, "entries.file_undone", batch, now, reason=reason)


def rows_made(row: ImportRow) -> list[tuple[str, int]]:
    """Return (table, id) of everything a row made, in the order made."""
    return [_parted(name) for name in row.made.split()]


def _parted(name: str) -> tuple[str, int]:
    table, _, number = name.partition(":")
    return table, int(number)


def _by_table(names: Sequence[str]) -> dict[str, list[int]]:
    tables: dict[str, list[int]] = {}
    for name in names:
        table, number = _parted(name)
        tables.setdefault(table, []).append(number)
    return tables


def _standing(session: Session, made: dict[str, int]) -> dict[int, Sentence]:
    found = standing_on(session, _by_table(list(made)), frozenset(made))
    return {made[name]: IN_USE.get(table, OTHERWISE_IN_USE) for name, table in found.items()}


def _fetch(session: Session, made: dict[str, int]) -> dict[str, list[Base]]:
    """Return {table: the rows a file made}, the last made first; all of them are still there."""
    found: dict[str, list[Base]] = {}
    for table, ids in _by_table(list(made)).items():
        if table not in OWNERS:
            continue
        model = OWNERS[table].model
        rows = {
            row.id: row
            for piece in pieces(ids)
            for row in session.scalars(select(model).where(model.id.in_(piece)))
        }
        found[table] = [rows[number] for number in sorted(rows, reverse=True)]
    return found


def _too_late(found: dict[str, list[Base]], made: dict[str, int]) -> dict[int, Sentence]:
    late: dict[str, EntryStatus | RequestStatus] = {
        f"entries:{row.id}": row.status
        for row in found.get("entries", [])
        if isinstance(row, Entry) and row.status not in ASSESSABLE
    }
    late |= {
        f"access_arrangements:{row.id}": row.status
        for row in found.get("access_arrangements", [])
        if isinstance(row, AccessArrangement) and row.status is not RequestStatus.REQUESTED
    }
    return {made[name]: status_words(status) for name, status in late.items()}


def _take_back(
    session: Session, actor: Actor, found: dict[str, list[Base]], *, reason: str, now: datetime
) -> None:
    order = {table: place for place, table in enumerate(ORDER)}
    for table in sorted(found, key=lambda name: order.get(name, len(order))):
        OWNERS[table].take_back(session, actor, found[table], reason=reason, now=now)

"""Marks of the exam engine out of a file: every row judged, then all kept or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from exam_centre.adapters.spreadsheets import Kind, Wanted, read_table
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor
from exam_centre.marking.queries.engine import EnginePlace, engine_places
from exam_centre.marking.rules import (
    STATUS_OF_ATTENDANCE,
    Given,
    MarkStatus,
    NoNumberWithoutAttendance,
    TotalsChecked,
    read_mark,
)
from exam_centre.marking.rules.sheets import (
    FileHasFaults,
    FormulaCell,
    RepeatedPerson,
    UnknownPerson,
    meant,
)
from exam_centre.marking.service.recording import import_engine_mark

COLUMNS = (
    Wanted("person_no", ("学号", "准考证号", "admission_no", "admission number", "考生号")),
    Wanted("score", ("mark", "成绩", "分数", "得分", "status")),
)
DECIMALS = 2  # the engine adds questions up; the composite rounds later


@dataclass(frozen=True)
class EngineRow:
    """One row of the engine's file."""

    number: int
    person_no: str  # or an admission number
    typed: str
    is_formula: bool = False


@dataclass(frozen=True)
class EngineVerdict:
    """What would become of one row. `place` is None where nobody is meant."""

    row: EngineRow
    place: EnginePlace | None = None
    given: Given | None = None
    refusal: Refusal | None = None


def read_engine_rows(data: bytes) -> list[EngineRow]:
    """Return the rows of an engine's file, blank ones left out. Raises FileRefused."""
    rows = []
    for record in read_table(data, COLUMNS).records:
        person, mark = record.cell("person_no"), record.cell("score")
        if person.text.strip() or mark.text.strip():
            is_formula = Kind.FORMULA in (person.kind, mark.kind)
            number = person.text.strip()
            rows.append(EngineRow(record.number, number, mark.text.strip(" "), is_formula))
    return rows


def judge_engine_rows(
    session: Session, room_session_id: int, rows: Sequence[EngineRow]
) -> list[EngineVerdict]:
    """Say of every row what would become of it; nothing is written."""
    known: dict[str, EnginePlace] = {}
    for place in engine_places(session, room_session_id):
        known[place.person_no] = place
        if place.admission_no:
            known[place.admission_no] = place
    seen: dict[int, int] = {}
    verdicts = []
    for row in rows:
        found = known.get(row.person_no)
        try:
            given = _judge(row, found, seen)
        except Refusal as refusal:
            verdicts.append(EngineVerdict(row, found, refusal=refusal))
        else:
            verdicts.append(EngineVerdict(row, found, given))
        if found is not None:
            seen.setdefault(found.placement_id, row.number)
    return verdicts


def keep_engine_rows(
    session: Session,
    actor: Actor,
    room_session_id: int,
    rows: Sequence[EngineRow],
    *,
    now: datetime,
) -> int:
    """Keep every row and return how many there were. Raises FileHasFaults: nothing is kept then."""
    verdicts = judge_engine_rows(session, room_session_id, rows)
    faults = sum(verdict.refusal is not None for verdict in verdicts)
    if faults:
        raise FileHasFaults(faults)
    for verdict in verdicts:
        if verdict.place is not None and verdict.given is not None:
            import_engine_mark(
                session,
                actor,
                verdict.place.placement_id,
                score=verdict.given.score,
                status=verdict.given.status,
                now=now,
            )
    return len(verdicts)


def totals(verdicts: Sequence[EngineVerdict]) -> tuple[int, Decimal]:
    """Return how many numbers a file holds and their sum: what the second person compares."""
    scores = [v.given.score for v in verdicts if v.given is not None and v.given.score is not None]
    return len(scores), sum(scores, Decimal(0))


def _judge(row: EngineRow, place: EnginePlace | None, seen: dict[int, int]) -> Given:
    if row.is_formula:
        raise FormulaCell
    if place is None:
        raise UnknownPerson(row.person_no)
    if place.placement_id in seen:
        raise RepeatedPerson(seen[place.placement_id])
    meaning = meant(row.typed)
    given = (
        Given(read_mark(meaning, DECIMALS), None)
        if not isinstance(meaning, MarkStatus)
        else Given(None, meaning)
    )
    _ensure_fits(place, given)
    if place.is_checked and given != Given(place.score, place.status):
        raise TotalsChecked
    return given


def _ensure_fits(place: EnginePlace, given: Given) -> None:
    if place.attendance is AttendanceStatus.PRESENT:
        fits = given.status in (None, MarkStatus.MISSING)
    else:
        said = STATUS_OF_ATTENDANCE.get(place.attendance)
        fits = given.status is not None and given.status is said
    if not fits:
        raise NoNumberWithoutAttendance(place.attendance.value)

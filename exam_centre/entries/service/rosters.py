"""Whole rosters at once: candidates enrolled and entered, corrected, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import ensure_open
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries.models import (
    AccessArrangement,
    Candidate,
    EligibilityFinding,
    Entry,
    EntryCourse,
)
from exam_centre.entries.queries import candidates_by_number, lines_of_people, live_entries
from exam_centre.entries.rules import (
    ASSESSABLE,
    CourseEnteredTwice,
    CourseNotOfPaper,
    EntryBarred,
    EntryStatus,
    PersonNoTaken,
    RequestStatus,
    TakeType,
    TooLateToTakeBack,
    read_person_no,
)
from exam_centre.kernel import audit
from exam_centre.kernel.database import pieces
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper
from exam_centre.venues.models import Venue

Takeable = Candidate | Entry | EntryCourse | AccessArrangement


@dataclass(frozen=True)
class Enrolment:
    """Who becomes a student of which unit; the same that `enrol` takes."""

    person: Person
    unit: Unit
    person_no: str
    consented_on: date | None


@dataclass(frozen=True)
class NewLine:
    """A course that a candidate is to be entered for; the same that `enter` takes."""

    candidate: Candidate
    paper: Paper
    course: Course
    attempt: int = 1
    take_type: TakeType = TakeType.FIRST
    preferred_venue: Venue | None = None


def enrol_all(
    session: Session, actor: Actor, enrolments: Sequence[Enrolment], *, now: datetime
) -> list[Candidate]:
    """Make many humans students, by the same rules as `enrol`; all of them or none.

    Raises WrongPersonNo, PersonNoTaken.
    """
    for path in {each.unit.path for each in enrolments}:
        actor.require(Permission.ENTER_CANDIDATES, Place(path))
    numbers = [read_person_no(each.person_no) for each in enrolments]
    known = candidates_by_number(session, numbers)
    new: list[Candidate] = []
    consenting: list[Candidate] = []
    for each, number in zip(enrolments, numbers, strict=True):
        candidate = known.get(number)
        if candidate is None:
            known[number] = candidate = Candidate(
                person_id=each.person.id,
                person_no=number,
                unit_id=each.unit.id,
                consented_on=each.consented_on,
            )
            new.append(candidate)
        elif (candidate.person_id, candidate.unit_id) != (each.person.id, each.unit.id):
            raise PersonNoTaken(number)
        elif candidate.consented_on is None and each.consented_on is not None:
            candidate.consented_on = each.consented_on
            consenting.append(candidate)
    session.add_all(new)
    audit.record_all(session, actor, "entries.enrolled", new, now)
    audit.record_all(session, actor, "entries.consent_given", consenting, now)
    return [known[number] for number in numbers]


def enter_all(
    session: Session, actor: Actor, series: Series, lines: Sequence[NewLine], *, now: datetime
) -> list[tuple[Entry, EntryCourse]]:
    """Enter many candidates, by the same rules as `enter`; all of them or none.

    Returns each line with its entry, in order; lines of one candidate and paper share an entry.
    Raises  SeriesNotOpen, DeadlinePassed, CourseNotOfPaper, EntryBarred, CourseEnteredTwice.
    """
    _require_over(session, actor, series.id, [line.candidate for line in lines])
    ensure_open(session, series, DeadlineKind.ENTRIES, now)
    people = {line.candidate.person_id for line in lines}
    known = lines_of_people(session, people, [series.id])[series.id]
    taken = {(line.person_id, line.course_id) for line in known}
    entries = live_entries(session, [line.candidate.id for line in lines], series.id)
    touched: dict[tuple[int, int], Entry] = {}
    for line in lines:
        course = (line.candidate.person_id, line.course.id)
        if line.course.paper_id != line.paper.id:
            raise CourseNotOfPaper(line.course.code, line.paper.code)
        if course in taken:
            raise CourseEnteredTwice([line.course.code])
        taken.add(course)
        key = (line.candidate.id, line.paper.id)
        entry = entries.get(key)
        if entry is None:
            entry = entries[key] = Entry(
                candidate_id=line.candidate.id, paper_id=line.paper.id, series_id=series.id
            )
            session.add(entry)
        elif entry.status is EntryStatus.BARRED:
            raise EntryBarred
        if line.preferred_venue is not None:
            entry.preferred_venue_id = line.preferred_venue.id
        touched[key] = entry
    session.flush()
    made = [
        (
            entries[line.candidate.id, line.paper.id],
            EntryCourse(
                entry_id=entries[line.candidate.id, line.paper.id].id,
                course_id=line.course.id,
                attempt=line.attempt,
                take_type=line.take_type,
            ),
        )
        for line in lines
    ]
    rows = [row for _, row in made]
    session.add_all(rows)
    audit.record_all(session, actor, "entries.course_entered", rows, now)
    audit.record_all(session, actor, "entries.entered", list(touched.values()), now)
    return made


def correct_line(
    session: Session,
    actor: Actor,
    line: EntryCourse,
    *,
    attempt: int,
    take_type: TakeType,
    preferred_venue_id: int | None,
    now: datetime,
) -> None:
    """Correct which try a line is, and where its candidate would like to sit.

    Raises SeriesNotOpen, DeadlinePassed.
    """
    entry = session.get_one(Entry, line.entry_id)
    candidate = session.get_one(Candidate, entry.candidate_id)
    _require_over(session, actor, entry.series_id, [candidate])
    ensure_open(session, session.get_one(Series, entry.series_id), DeadlineKind.ENTRIES, now)
    line.attempt, line.take_type = attempt, take_type
    entry.preferred_venue_id = preferred_venue_id
    audit.record(session, actor, "entries.line_corrected", line, now)


def take_back_consent(
    session: Session, actor: Actor, candidates: Sequence[Candidate], *, reason: str, now: datetime
) -> None:
    """Note that consent was recorded by mistake: these candidates have not given it."""
    _require_over(session, actor, None, candidates)
    for candidate in candidates:
        candidate.consented_on = None
    audit.record_all(session, actor, "entries.consent_taken_back", candidates, now, reason=reason)


def take_back(
    session: Session, actor: Actor, rows: Sequence[Takeable], *, reason: str, now: datetime
) -> None:
    """Take back rows of one kind that were added by mistake; the trail keeps that they were.

    Findings go with their entry. What anything else stands on is refused by the database, as
    PromiseBroken. Raises TooLateToTakeBack for an entry somebody confirmed, or a request decided.
    """
    _require_over_rows(session, actor, rows)
    for row in rows:
        if isinstance(row, Entry) and row.status not in ASSESSABLE:
            raise TooLateToTakeBack(row.status)
        if isinstance(row, AccessArrangement) and row.status is not RequestStatus.REQUESTED:
            raise TooLateToTakeBack(row.status)
    audit.record_all(session, actor, "entries.taken_back", rows, now, reason=reason)
    for piece in pieces(row.id for row in rows if isinstance(row, Entry)):
        session.execute(delete(EligibilityFinding).where(EligibilityFinding.entry_id.in_(piece)))
    for row in rows:
        session.delete(row)
    session.flush()


def _require_over_rows(session: Session, actor: Actor, rows: Sequence[Takeable]) -> None:
    """Ask for the permission at the unit of every candidate these rows are about."""
    own = [row for row in rows if isinstance(row, Candidate)]
    ids = {row.candidate_id for row in rows if isinstance(row, Entry | AccessArrangement)}
    for piece in pieces(row.entry_id for row in rows if isinstance(row, EntryCourse)):
        ids |= set(session.scalars(select(Entry.candidate_id).where(Entry.id.in_(piece))))
    for piece in pieces(ids):
        own += session.scalars(select(Candidate).where(Candidate.id.in_(piece)))
    series = {row.series_id for row in rows if isinstance(row, Entry | AccessArrangement)}
    _require_over(session, actor, series.pop() if len(series) == 1 else None, own)


def _require_over(
    session: Session, actor: Actor, series_id: int | None, candidates: Sequence[Candidate]
) -> None:
    units = {candidate.unit_id for candidate in candidates}
    for path in session.scalars(select(Unit.path).where(Unit.id.in_(units))):
        actor.require(Permission.ENTER_CANDIDATES, Place(path, series_id=series_id))

"""What the pages of this room list: candidates in reach, their entries, running imports."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.calendar.rules import SeriesStatus
from exam_centre.entries.models import (
    AccessArrangement,
    Candidate,
    EligibilityFinding,
    Entry,
    EntryCourse,
    ImportBatch,
)
from exam_centre.entries.queries.candidates import visible
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.jobs import Job
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper
from exam_centre.venues.models import Venue
from exam_centre.venues.rules import VenueStatus

LATEST_JOBS = 50


@dataclass(frozen=True)
class CandidateRow:
    """One candidate of a list."""

    candidate: Candidate
    name: str
    unit: str
    entries: int  # live and otherwise, in every series


@dataclass(frozen=True)
class EntryRow:
    """One entry of a candidate, with its courses and with the reasons against it."""

    entry: Entry
    series: Series
    paper: Paper
    lines: list[tuple[EntryCourse, Course]]
    against: list[EligibilityFinding]


def list_candidates(
    session: Session, actor: Actor, *, text: str, offset: int, limit: int
) -> tuple[list[CandidateRow], int]:
    """Return candidates whom the actor may see, by number, and how many were found altogether.

    text  how a student number begins, or part of a name; "" for all.
    """
    found = (
        select(Candidate, Person.name, Unit.name)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(visible(actor))
    )
    if text:
        found = found.where(
            or_(
                Candidate.person_no.startswith(text.upper(), autoescape=True),
                Person.name.contains(text, autoescape=True),
            )
        )
    total = session.scalars(select(func.count()).select_from(found.subquery())).one()
    rows = session.execute(found.order_by(Candidate.person_no).offset(offset).limit(limit)).all()
    counts = session.execute(
        select(Entry.candidate_id, func.count())
        .where(Entry.candidate_id.in_([row[0].id for row in rows]))
        .group_by(Entry.candidate_id)
    )
    entered: dict[int, int] = {row[0]: row[1] for row in counts}
    return [
        CandidateRow(candidate, name, unit, entered.get(candidate.id, 0))
        for candidate, name, unit in rows
    ], total


def entries_of(session: Session, candidate_id: int) -> list[EntryRow]:
    """Return a candidate's entries, newest series first."""
    rows = session.execute(
        select(Entry, Series, Paper)
        .join(Series, Series.id == Entry.series_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Entry.candidate_id == candidate_id)
        .order_by(Series.id.desc(), Paper.code)
    ).all()
    ids = [entry.id for entry, _, _ in rows]
    lines: dict[int, list[tuple[EntryCourse, Course]]] = {}
    courses = (
        select(EntryCourse, Course)
        .join(Course, Course.id == EntryCourse.course_id)
        .where(EntryCourse.entry_id.in_(ids))
        .order_by(EntryCourse.id)
    )
    for line, course in session.execute(courses):
        lines.setdefault(line.entry_id, []).append((line, course))
    against: dict[int, list[EligibilityFinding]] = {}
    findings = select(EligibilityFinding).where(
        EligibilityFinding.entry_id.in_(ids), EligibilityFinding.passes.is_(False)
    )
    for finding in session.scalars(findings.order_by(EligibilityFinding.id)):
        against.setdefault(finding.entry_id, []).append(finding)
    return [
        EntryRow(entry, series, paper, lines.get(entry.id, []), against.get(entry.id, []))
        for entry, series, paper in rows
    ]


def arrangements_of(session: Session, candidate_id: int) -> list[tuple[AccessArrangement, str]]:
    """Return (arrangement, series code) of a candidate, newest first."""
    rows = session.execute(
        select(AccessArrangement, Series.code)
        .join(Series, Series.id == AccessArrangement.series_id)
        .where(AccessArrangement.candidate_id == candidate_id)
        .order_by(AccessArrangement.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def person_and_unit(session: Session, candidate: Candidate) -> tuple[Person, Unit]:
    """Return the human and the unit of a candidate."""
    return session.get_one(Person, candidate.person_id), session.get_one(Unit, candidate.unit_id)


def home_unit(session: Session, actor: Actor, permission: Permission) -> Unit | None:
    """Return the highest unit where the actor may do something, or None: it owns their files."""
    units = session.scalars(select(Unit).order_by(func.length(Unit.path), Unit.id))
    return next((unit for unit in units if actor.may(permission, Place(unit.path))), None)


def open_series_codes(session: Session) -> list[str]:
    """Return the codes of the series that are open, newest first."""
    wanted = select(Series.code).where(Series.status == SeriesStatus.OPEN)
    return list(session.scalars(wanted.order_by(Series.id.desc())))


def venues_of_series(session: Session, series: Series) -> list[Venue]:
    """Return the approved venues of the units a series is run for, by code."""
    runs = session.scalars(select(Unit.path).where(Unit.id == series.unit_id)).one()
    return list(
        session.scalars(
            select(Venue)
            .join(Unit, Unit.id == Venue.unit_id)
            .where(
                Unit.path.startswith(runs, autoescape=True), Venue.status == VenueStatus.APPROVED
            )
            .order_by(Venue.code)
        )
    )


def job_of_import(session: Session, kind: str, key: str, value: object) -> Job | None:
    """Return the newest job of a kind whose argument `key` is `value`, or None."""
    newest = select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(LATEST_JOBS)
    return next((row for row in session.scalars(newest) if row.arguments.get(key) == value), None)


def job_of_person(session: Session, token: str, kind: str, person_id: int) -> Job:
    """Return a job that this human asked for. Raises NotFound for any other."""
    row = session.scalar(
        select(Job).where(Job.token == token, Job.kind == kind, Job.asked_by == person_id)
    )
    if row is None:
        raise NotFound(say("job"))
    return row


def import_with_bytes(session: Session, person_id: int, file_sha256: str) -> ImportBatch | None:
    """Return the newest import of this file by this human, or None."""
    return session.scalar(
        select(ImportBatch)
        .where(ImportBatch.by_id == person_id, ImportBatch.file_sha256 == file_sha256)
        .order_by(ImportBatch.id.desc())
        .limit(1)
    )

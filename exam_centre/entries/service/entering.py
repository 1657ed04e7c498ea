"""Candidates and their entries: enrolled, entered, confirmed, withdrawn, barred."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import check_reason
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import ensure_open
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.entries.queries import (
    courses_entered,
    entries_in_reach,
    live_entry,
    person_of_entry,
    place_of_candidate,
)
from exam_centre.entries.rules import (
    CourseEnteredTwice,
    CourseNotOfPaper,
    EntryBarred,
    EntryStatus,
    NoCourses,
    NotBarred,
    PersonNoTaken,
    TakeType,
    read_person_no,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper
from exam_centre.venues.models import Venue


def enrol(
    session: Session,
    actor: Actor,
    person: Person,
    unit: Unit,
    *,
    person_no: str,
    consented_on: date | None = None,
    now: datetime,
) -> Candidate:
    """Make a human a student of `unit` under a student number; the same again changes nothing.

    consented_on  None: no consent yet, so no photo, and no view for who only enters candidates.
                  A known candidate without consent is given it, never the reverse.
    Raises        WrongPersonNo, PersonNoTaken.
    """
    actor.require(Permission.ENTER_CANDIDATES, Place(unit.path))
    number = read_person_no(person_no)
    known = session.scalar(select(Candidate).where(Candidate.person_no == number))
    if known is not None:
        if (known.person_id, known.unit_id) != (person.id, unit.id):
            raise PersonNoTaken(number)
        if known.consented_on is None and consented_on is not None:
            known.consented_on = consented_on
            audit.record(session, actor, "entries.consent_given", known, now)
        return known
    candidate = Candidate(
        person_id=person.id, person_no=number, unit_id=unit.id, consented_on=consented_on
    )
    session.add(candidate)
    audit.record(session, actor, "entries.enrolled", candidate, now)
    return candidate


def enter(
    session: Session,
    actor: Actor,
    candidate: Candidate,
    paper: Paper,
    series: Series,
    courses: Sequence[Course],
    *,
    attempt: int = 1,
    take_type: TakeType = TakeType.FIRST,
    preferred_venue: Venue | None = None,
    now: datetime,
) -> Entry:
    """Enter a candidate for a paper; a live entry for it gets the further courses as lines.

    Two courses of one paper are one seat and two outcomes.
    Raises  SeriesNotOpen, DeadlinePassed, NoCourses, CourseNotOfPaper, EntryBarred, and
            CourseEnteredTwice, also where the same human is entered under another number.
    """
    place = place_of_candidate(session, candidate.id, series.id)
    actor.require(Permission.ENTER_CANDIDATES, place)
    ensure_open(session, series, DeadlineKind.ENTRIES, now)
    if not courses:
        raise NoCourses
    for course in courses:
        if course.paper_id != paper.id:
            raise CourseNotOfPaper(course.code, paper.code)
    taken = courses_entered(session, candidate.person_id, series.id)
    codes = [course.code for course in courses]
    twice = {c.code for c in courses if c.id in taken or codes.count(c.code) > 1}
    if twice:
        raise CourseEnteredTwice(sorted(twice))
    entry = live_entry(session, candidate.id, paper.id, series.id)
    if entry is None:
        entry = Entry(candidate_id=candidate.id, paper_id=paper.id, series_id=series.id)
        session.add(entry)
    elif entry.status is EntryStatus.BARRED:
        raise EntryBarred
    if preferred_venue is not None:
        entry.preferred_venue_id = preferred_venue.id
    session.flush()
    for course in courses:
        line = EntryCourse(
            entry_id=entry.id, course_id=course.id, attempt=attempt, take_type=take_type
        )
        session.add(line)
        audit.record(session, actor, "entries.course_entered", line, now)
    audit.record(session, actor, "entries.entered", entry, now)
    return entry


def confirm(session: Session, actor: Actor, entry: Entry, *, now: datetime) -> None:
    """Make an eligible entry one that will be placed.

    Raises SeriesNotOpen, DeadlinePassed, IllegalMove where it is not eligible.
    """
    actor.require(Permission.ENTER_CANDIDATES, _place(session, entry))
    series = session.get_one(Series, entry.series_id)
    ensure_open(session, series, DeadlineKind.ENTRIES, now)
    entry.move_to(EntryStatus.CONFIRMED)
    audit.record(session, actor, "entries.confirmed", entry, now)


def confirm_all(
    session: Session,
    actor: Actor,
    series: Series,
    *,
    among: Sequence[int] | None = None,
    now: datetime,
) -> int:
    """Confirm every eligible entry of a series, among those whom the actor may enter.

    among  entry ids, for a part of them; None: all.
    Returns how many; one trail row an entry. Raises SeriesNotOpen, DeadlinePassed.
    """
    actor.require(Permission.ENTER_CANDIDATES)
    ensure_open(session, series, DeadlineKind.ENTRIES, now)
    wanted = entries_in_reach(actor, series, [EntryStatus.ELIGIBLE])
    if among is not None:
        wanted &= Entry.id.in_(among)
    eligible = session.scalars(select(Entry).where(wanted).order_by(Entry.id)).all()
    for entry in eligible:
        entry.move_to(EntryStatus.CONFIRMED)
    audit.record_all(session, actor, "entries.confirmed", eligible, now)
    return len(eligible)


def withdraw(session: Session, actor: Actor, entry: Entry, *, reason: str, now: datetime) -> None:
    """Take an entry back, as its candidate or who enters candidates; it can be entered anew.

    Raises IllegalMove, ReasonMissing.
    """
    if person_of_entry(session, entry.id) != actor.human():
        actor.require(Permission.ENTER_CANDIDATES, _place(session, entry))
    check_reason(reason)
    entry.move_to(EntryStatus.WITHDRAWN)
    audit.record(session, actor, "entries.withdrawn", entry, now, reason=reason)


def bar(session: Session, actor: Actor, entry: Entry, *, reason: str, now: datetime) -> None:
    """Keep an entry from being sat, as a sanction demands. Raises IllegalMove, ReasonMissing."""
    actor.require(Permission.APPROVE_ENTRIES, _place(session, entry))
    check_reason(reason)
    entry.move_to(EntryStatus.BARRED)
    audit.record(session, actor, "entries.barred", entry, now, reason=reason)


def lift_bar(session: Session, actor: Actor, entry: Entry, *, reason: str, now: datetime) -> None:
    """Confirm a barred entry again. Raises IllegalMove, ReasonMissing."""
    actor.require(Permission.APPROVE_ENTRIES, _place(session, entry))
    check_reason(reason)
    if entry.status is not EntryStatus.BARRED:
        # Confirmed is also reached from eligible, and that way has its own act and deadline.
        raise NotBarred(entry.status)
    entry.move_to(EntryStatus.CONFIRMED)
    audit.record(session, actor, "entries.bar_lifted", entry, now, reason=reason)


def _place(session: Session, entry: Entry) -> Place:
    return place_of_candidate(session, entry.candidate_id, entry.series_id)

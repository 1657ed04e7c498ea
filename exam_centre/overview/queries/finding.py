"""What an auditor may open a timeline of, and the search that leads there; all within reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period, Series
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Place
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import Bundle, SecretCode
from exam_centre.marking.rules import BundleStatus
from exam_centre.organisation.models import Unit
from exam_centre.overview.queries.kin import (
    Rows,
    reached_candidates,
    reached_entries,
    reached_rooms,
    unopened_of_entries,
    unopened_of_room,
)
from exam_centre.papers.models import Course, Paper
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.queries.whereabouts import RoomSpot, room_spots
from exam_centre.venues.models import Room, Venue

MOST_FOUND = 20  # of each kind; who sees so many types more


@dataclass(frozen=True)
class CandidateCard:
    """A candidate in words."""

    id: int
    person_no: str
    name: str
    unit: str
    place: Place


@dataclass(frozen=True)
class PaperCard:
    """A paper as it is set in one series."""

    id: int
    code: str
    name: str
    series_id: int
    series: str  # its code
    series_name: str
    zone: str


@dataclass(frozen=True)
class MarkCard:
    """One course of one entry: what an outcome belongs to."""

    entry_id: int
    entry: str  # its token
    line_id: int
    course: str  # its code
    course_name: str
    person_no: str
    name: str
    paper: PaperCard
    place: Place


@dataclass(frozen=True)
class Found:
    """What a search led to."""

    candidates: list[CandidateCard]
    papers: list[PaperCard]
    rooms: list[RoomSpot]
    marks: list[MarkCard]

    @property
    def count(self) -> int:
        """How many things were found altogether."""
        return len(self.candidates) + len(self.papers) + len(self.rooms) + len(self.marks)


def search(session: Session, actor: Actor, text: str) -> Found:
    """Return what a text leads to: the start of a number or code, or part of a name.

    Eight digits may be a secret code; it leads to a person only once its bundle is approved.
    """
    candidates = reached_candidates(actor).join(Person, Person.id == Candidate.person_id)
    named = or_(
        Candidate.person_no.startswith(text, autoescape=True),
        Person.name.contains(text, autoescape=True),
    )
    rooms = reached_rooms(actor).where(
        or_(
            Room.code.startswith(text, autoescape=True),
            Venue.code.startswith(text, autoescape=True),
            Venue.name.contains(text, autoescape=True),
        ),
        _seated().exists(),
    )
    room_ids = session.scalars(
        rooms.order_by(Period.starts_at, Venue.code, Room.code).limit(MOST_FOUND)
    ).all()
    spots = room_spots(session, room_ids)
    return Found(
        candidates=_candidates(session, candidates.where(named)),
        papers=_papers(
            session,
            actor,
            or_(
                Paper.code.startswith(text, autoescape=True),
                Paper.name.contains(text, autoescape=True),
            ),
        ),
        rooms=[spots[key] for key in room_ids],
        marks=_marks_of_code(session, actor, text),
    )


def access_audited_candidate(session: Session, actor: Actor, person_no: str) -> CandidateCard:
    """Return a candidate whose trail the actor may read. Raises NotFound."""
    wanted = reached_candidates(actor).join(Person, Person.id == Candidate.person_id)
    found = _candidates(session, wanted.where(Candidate.person_no == person_no))
    if not found:
        raise NotFound(say("candidate"))
    return found[0]


def access_audited_paper(session: Session, actor: Actor, series: str, code: str) -> PaperCard:
    """Return a paper that somebody in the actor's reach is entered for or sits; else NotFound."""
    found = _papers(session, actor, (Paper.code == code) & (Series.code == series))
    if not found:
        raise NotFound(say("paper"))
    return found[0]


def access_audited_room(session: Session, actor: Actor, token: str) -> RoomSpot:
    """Return a room session whose trail the actor may read. Raises NotFound."""
    key = session.scalar(reached_rooms(actor).where(RoomSession.token == token))
    if key is None:
        raise NotFound(say("room session"))
    return room_spots(session, [key])[key]


def access_audited_mark(session: Session, actor: Actor, entry: str, course: str) -> MarkCard:
    """Return a course of an entry whose trail the actor may read. Raises NotFound."""
    found = _marks(session, actor, Entry.token == entry, Course.code == course)
    if not found:
        raise NotFound(say("entry"))
    return found[0]


def lines_of_candidate(session: Session, actor: Actor, candidate_id: int) -> list[MarkCard]:
    """Return the courses a candidate is entered for in the actor's reach, newest series first."""
    return _marks(session, actor, Entry.candidate_id == candidate_id)


def rooms_of_candidate(session: Session, actor: Actor, candidate_id: int) -> list[RoomSpot]:
    """Return where a candidate sits or sat, in rooms of the actor's reach, by start."""
    keys = session.scalars(
        reached_rooms(actor)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .join(Entry, Entry.id == Placement.entry_id)
        .where(Entry.candidate_id == candidate_id, Placement.in_force)
    ).all()
    return sorted(room_spots(session, keys).values(), key=lambda spot: spot.starts_at)


def rooms_of_paper(session: Session, actor: Actor, card: PaperCard) -> list[RoomSpot]:
    """Return the room sessions of the actor's reach in which a paper is sat, by start and room."""
    keys = session.scalars(_rooms_with(actor, card)).all()
    return sorted(room_spots(session, keys).values(), key=lambda s: (s.starts_at, s.venue, s.room))


def rooms_of_series(session: Session, actor: Actor, series_id: int) -> list[RoomSpot]:
    """Return the room sessions of a series with people in them, in the actor's reach."""
    keys = session.scalars(
        reached_rooms(actor).where(Period.series_id == series_id, _seated().exists())
    ).all()
    return list(room_spots(session, keys).values())


def unopened_of_candidate(session: Session, actor: Actor, candidate_id: int) -> int:
    """Return how many bundles with this candidate's scripts are not approved: not shown yet."""
    entries = reached_entries(actor).where(Entry.candidate_id == candidate_id)
    return session.scalar(unopened_of_entries(entries)) or 0


def unopened_of_entry(session: Session, actor: Actor, entry_id: int) -> int:
    """Return how many bundles with this entry's script are not approved: not shown yet."""
    entries = reached_entries(actor).where(Entry.id == entry_id)
    return session.scalar(unopened_of_entries(entries)) or 0


def unopened_of_paper(session: Session, actor: Actor, card: PaperCard) -> int:
    """Return how many bundles of a paper in a series are not approved: not shown yet."""
    entries = reached_entries(actor).where(
        Entry.paper_id == card.id, Entry.series_id == card.series_id
    )
    return session.scalar(unopened_of_entries(entries)) or 0


def unopened_in_room(session: Session, room_session_id: int) -> int:
    """Return how many bundles of a room session are not approved: not shown yet."""
    return session.scalar(unopened_of_room(room_session_id)) or 0


def _seated() -> Rows:
    return select(Placement.id).where(
        Placement.room_session_id == RoomSession.id, Placement.in_force
    )


def _candidates(session: Session, wanted: Rows) -> list[CandidateCard]:
    rows = session.execute(
        wanted.with_only_columns(
            Candidate.id, Candidate.person_no, Person.name, Unit.name, Unit.path
        )
        .order_by(Candidate.person_no)
        .limit(MOST_FOUND)
    )
    return [
        CandidateCard(key, number, name, unit, Place(path))
        for key, number, name, unit, path in rows
    ]


def _papers(session: Session, actor: Actor, condition: Any) -> list[PaperCard]:
    """Return papers by series, newest first, that an entry or a room in reach leads to."""
    entered = reached_entries(actor).where(Entry.paper_id == Paper.id, Entry.series_id == Series.id)
    sat = (
        reached_rooms(actor)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .where(Sitting.paper_id == Paper.id, Period.series_id == Series.id)
    )
    rows = session.execute(
        select(
            Paper.id, Paper.code, Paper.name, Series.id, Series.code, Series.name, Series.time_zone
        )
        .select_from(Paper)
        .join(Series, Series.id.is_not(None))
        .where(
            condition,
            or_(entered.correlate(Paper, Series).exists(), sat.correlate(Paper, Series).exists()),
        )
        .order_by(Series.id.desc(), Paper.code)
        .limit(MOST_FOUND)
    )
    return [PaperCard(*row) for row in rows]


def _rooms_with(actor: Actor, card: PaperCard) -> Rows:
    return (
        reached_rooms(actor)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .where(Sitting.paper_id == card.id, Period.series_id == card.series_id, Placement.in_force)
        .distinct()
    )


def _marks_of_code(session: Session, actor: Actor, code: str) -> list[MarkCard]:
    entry_id = session.scalar(
        select(Placement.entry_id)
        .join(SecretCode, SecretCode.placement_id == Placement.id)
        .join(Bundle, Bundle.id == SecretCode.bundle_id)
        .where(SecretCode.code == code, Bundle.status == BundleStatus.APPROVED)
    )
    return [] if entry_id is None else _marks(session, actor, Entry.id == entry_id)


def _marks(session: Session, actor: Actor, *conditions: Any) -> list[MarkCard]:
    rows: Iterable[Any] = session.execute(
        reached_entries(actor)
        .join(Person, Person.id == Candidate.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Series, Series.id == Entry.series_id)
        .join(EntryCourse, EntryCourse.entry_id == Entry.id)
        .join(Course, Course.id == EntryCourse.course_id)
        .where(*conditions)
        .with_only_columns(
            Entry,
            EntryCourse.id,
            Course,
            Candidate.person_no,
            Person.name,
            Paper,
            Series,
            Unit.path,
        )
        .order_by(Series.id.desc(), Paper.code, Course.code)
    )
    return [
        MarkCard(
            entry_id=entry.id,
            entry=entry.token,
            line_id=line_id,
            course=course.code,
            course_name=course.name,
            person_no=person_no,
            name=name,
            paper=PaperCard(
                paper.id,
                paper.code,
                paper.name,
                series.id,
                series.code,
                series.name,
                series.time_zone,
            ),
            place=Place(path, series_id=series.id),
        )
        for entry, line_id, course, person_no, name, paper, series, path in rows
    ]

"""What slips say, whose they are, and how many of a series are out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Employment, Person
from exam_centre.admission.models import Attendance, Slip, SlipLine
from exam_centre.admission.rules import AttendanceStatus, SlipStatus
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.database import pieces
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.jobs import Job
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Enterprise, Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import HeldOver, Placement, Plan, RoomSession
from exam_centre.venues.models import Room, Seat, Venue


@dataclass(frozen=True)
class SlipPaper:
    """One line of a slip: what, when, where."""

    placement_id: int
    paper: str  # its code
    name: str
    mode: Mode
    starts_at: datetime
    ends_at: datetime  # the person's own end
    longer: bool  # later than the paper's own minutes
    venue: str
    venue_id: int
    address: str
    way_there: str
    time_zone: str
    room: str
    floor: str
    seat: int
    held_over: bool  # the second of two papers in one period
    status: AttendanceStatus


@dataclass(frozen=True)
class SlipFacts:
    """Everything one slip prints. `slip_bytes` is what its QR calls the candidate."""

    slip: Slip
    candidate: Candidate
    person: Person
    series: Series
    plan_number: int
    plan_sha256: str
    papers: tuple[SlipPaper, ...]  # by start


@dataclass(frozen=True)
class SlipCounts:
    """How far a series is with its slips."""

    seated: int  # candidates with a seat
    valid: int  # of them with a slip
    stale: int  # of those, slips that name another set of placements than the plan in force


def slip_facts(session: Session, slip_ids: Iterable[int]) -> list[SlipFacts]:
    """Return what slips print, in the order the ids are given; a few statements a thousand."""
    wanted = list(slip_ids)
    papers = slip_papers(session, wanted)
    facts = {}
    for piece in pieces(wanted):
        for slip, candidate, person, series, number, sha256 in session.execute(
            select(Slip, Candidate, Person, Series, Plan.number, Plan.result_sha256)
            .join(Candidate, Candidate.id == Slip.candidate_id)
            .join(Person, Person.id == Candidate.person_id)
            .join(Series, Series.id == Slip.series_id)
            .join(Plan, Plan.id == Slip.plan_id)
            .where(Slip.id.in_(piece))
        ):
            lines = tuple(papers.get(slip.id, ()))
            facts[slip.id] = SlipFacts(slip, candidate, person, series, number, sha256, lines)
    return [facts[each] for each in wanted]


def slip_papers(session: Session, slip_ids: Iterable[int]) -> dict[int, list[SlipPaper]]:
    """Return {slip id: its lines by start}."""
    held = (
        select(HeldOver.id)
        .where(HeldOver.second_entry_id == Entry.id, HeldOver.plan_id == Placement.plan_id)
        .exists()
    )
    lines: dict[int, list[SlipPaper]] = {}
    for piece in pieces(slip_ids):
        rows = session.execute(
            select(
                SlipLine.slip_id, Placement, Paper, Venue, Room, Seat.number, held,
                Attendance.status,
            )
            .join(Placement, Placement.id == SlipLine.placement_id)
            .join(Entry, Entry.id == Placement.entry_id)
            .join(Paper, Paper.id == Entry.paper_id)
            .join(RoomSession, RoomSession.id == Placement.room_session_id)
            .join(Room, Room.id == RoomSession.room_id)
            .join(Venue, Venue.id == Room.venue_id)
            .join(Seat, Seat.id == Placement.seat_id)
            .outerjoin(Attendance, Attendance.placement_id == Placement.id)
            .where(SlipLine.slip_id.in_(piece))
            .order_by(SlipLine.slip_id, Placement.starts_at)
        )  # fmt: skip
        for slip_id, placement, paper, venue, room, seat, is_held, status in rows:
            minutes = (placement.ends_at - placement.starts_at).total_seconds() / 60
            lines.setdefault(slip_id, []).append(
                SlipPaper(
                    placement_id=placement.id,
                    paper=paper.code,
                    name=paper.name,
                    mode=paper.mode,
                    starts_at=placement.starts_at,
                    ends_at=placement.ends_at,
                    longer=minutes > (paper.minutes or minutes),
                    venue=venue.name,
                    venue_id=venue.id,
                    address=venue.address,
                    way_there=venue.way_there,
                    time_zone=venue.time_zone,
                    room=room.code,
                    floor=room.floor,
                    seat=seat,
                    held_over=bool(is_held),
                    status=status or AttendanceStatus.EXPECTED,
                )
            )
    return lines


def slips_of_person(session: Session, person_id: int) -> list[Slip]:
    """Return a human's valid slips, the newest series first."""
    return list(
        session.scalars(
            select(Slip)
            .join(Candidate, Candidate.id == Slip.candidate_id)
            .where(Candidate.person_id == person_id, Slip.status == SlipStatus.VALID)
            .order_by(Slip.series_id.desc(), Slip.id.desc())
        )
    )


def slips_by_first_seat(
    session: Session,
    series_id: int,
    *,
    actor: Actor | None = None,
    venue_id: int | None = None,
    enterprise_id: int | None = None,
) -> list[tuple[int, int]]:
    """Return (slip id, venue id) of valid slips by venue, room and seat of their first paper.

    actor          leaves out candidates whose slips they do not issue; None: a command's own.
    venue_id       only slips whose first paper is sat there: over all venues, each slip once.
    enterprise_id  only slips of people who work there now.
    """
    first = (
        select(SlipLine.slip_id, func.min(Placement.starts_at).label("starts_at"))
        .join(Placement, Placement.id == SlipLine.placement_id)
        .group_by(SlipLine.slip_id)
        .subquery()
    )
    wanted = (
        select(Slip.id, Venue.id)
        .join(Candidate, Candidate.id == Slip.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(first, first.c.slip_id == Slip.id)
        .join(SlipLine, SlipLine.slip_id == Slip.id)
        .join(
            Placement,
            and_(Placement.id == SlipLine.placement_id, Placement.starts_at == first.c.starts_at),
        )
        .join(Seat, Seat.id == Placement.seat_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(Slip.series_id == series_id, Slip.status == SlipStatus.VALID)
        .order_by(Venue.code, Room.code, Seat.number, Placement.starts_at, Slip.id)
    )
    if actor is not None:
        wanted = wanted.where(_issues(actor))
    if venue_id is not None:
        wanted = wanted.where(Venue.id == venue_id)
    if enterprise_id is not None:
        wanted = wanted.join(Employment, Employment.person_id == Candidate.person_id).where(
            Employment.enterprise_id == enterprise_id, Employment.until.is_(None)
        )
    return [(slip_id, found) for slip_id, found in session.execute(wanted)]


def _issues(actor: Actor) -> ColumnElement[bool]:
    """Return the condition over Slip and the candidate's Unit: the actor issues this slip."""
    return within(actor, [Permission.ISSUE_SLIPS], unit_path=Unit.path, series_id=Slip.series_id)


def slip_counts(session: Session, actor: Actor, series_id: int) -> SlipCounts:
    """Return how many of the actor's candidates have a seat, a slip, and a stale slip."""
    seated = set(candidates_to_print(session, actor, series_id))
    due = set(candidates_to_print(session, actor, series_id, only_due=True))
    valid = set(
        session.scalars(
            select(Slip.candidate_id).where(
                Slip.series_id == series_id, Slip.status == SlipStatus.VALID
            )
        )
    )
    return SlipCounts(len(seated), len(seated & valid), len(due & valid))


def candidates_to_print(
    session: Session, actor: Actor, series_id: int, *, only_due: bool = False
) -> list[int]:
    """Return the ids of the actor's candidates with a seat in a series, in their order.

    only_due  leaves out those whose valid slip names exactly the placements in force.
    """
    placed = select(
        Entry.candidate_id.label("candidate_id"), Placement.id.label("placement_id")
    ).join(Entry, Entry.id == Placement.entry_id)
    placed = placed.where(Entry.series_id == series_id, Placement.in_force)
    mine = dict.fromkeys(
        session.scalars(
            select(Candidate.id)
            .join(Unit, Unit.id == Candidate.unit_id)
            .join(Entry, Entry.candidate_id == Candidate.id)
            .join(Placement, and_(Placement.entry_id == Entry.id, Placement.in_force))
            .where(
                Entry.series_id == series_id,
                within(
                    actor,
                    [Permission.ISSUE_SLIPS],
                    unit_path=Unit.path,
                    series_id=Entry.series_id,
                ),
            )
            .order_by(Candidate.id)
        )
    )
    if not only_due:
        return list(mine)
    named: dict[int, set[int]] = {}
    for candidate_id, placement_id in session.execute(
        select(Slip.candidate_id, SlipLine.placement_id)
        .join(SlipLine, SlipLine.slip_id == Slip.id)
        .where(Slip.series_id == series_id, Slip.status == SlipStatus.VALID)
    ):
        named.setdefault(candidate_id, set()).add(placement_id)
    holding: dict[int, set[int]] = {}
    for candidate_id, placement_id in session.execute(placed):
        holding.setdefault(candidate_id, set()).add(placement_id)
    return [each for each in mine if named.get(each) != holding.get(each)]


def series_with_slips(session: Session, actor: Actor) -> list[Series]:
    """Return the series whose slips the actor may issue, the newest first."""
    paths = {
        grant.unit_path
        for grant in actor.grants
        if Actor(None, None, "", (grant,)).may(Permission.ISSUE_SLIPS)
    }
    if not paths:
        return []
    above = [Unit.path == "/".join(p.split("/")[:n]) + "/" for p in paths for n in range(2, 9)]
    below = [Unit.path.startswith(path, autoescape=True) for path in paths]
    return list(
        session.scalars(
            select(Series)
            .join(Unit, Unit.id == Series.unit_id)
            .where(or_(*below, *above))
            .order_by(Series.id.desc())
        )
    )


def venues_of_series(session: Session, actor: Actor, series_id: int) -> list[tuple[str, str, int]]:
    """Return (token, name, the actor's valid slips whose first paper is there), by venue."""
    counts = Counter(venue for _, venue in slips_by_first_seat(session, series_id, actor=actor))
    venues = session.scalars(select(Venue).where(Venue.id.in_(counts)).order_by(Venue.code))
    return [(venue.token, venue.name, counts[venue.id]) for venue in venues]


def enterprises_of_series(
    session: Session, actor: Actor, series_id: int
) -> list[tuple[str, str, int]]:
    """Return (code, name, the actor's valid slips) of the enterprises people work at now."""
    rows = session.execute(
        select(Enterprise.code, Enterprise.name, func.count(Slip.id))
        .join(Employment, Employment.enterprise_id == Enterprise.id)
        .join(Candidate, Candidate.person_id == Employment.person_id)
        .join(Slip, Slip.candidate_id == Candidate.id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(
            Slip.series_id == series_id,
            Slip.status == SlipStatus.VALID,
            Employment.until.is_(None),
            _issues(actor),
        )
        .group_by(Enterprise.id)
        .order_by(Enterprise.code)
    )
    return [(code, name, count) for code, name, count in rows]


def enterprise_id_of(session: Session, code: str) -> int | None:
    """Return an enterprise's id by its code, or None."""
    return session.scalar(select(Enterprise.id).where(Enterprise.code == code))


def find_slips(
    session: Session, actor: Actor, series_id: int, words: str
) -> list[tuple[Slip, str, str]]:
    """Return (slip, name, number) of 50 valid slips the actor issues, by name or number."""
    rows = session.execute(
        select(Slip, Person.name, Candidate.person_no)
        .join(Candidate, Candidate.id == Slip.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(
            Slip.series_id == series_id,
            Slip.status == SlipStatus.VALID,
            or_(
                Person.name.contains(words, autoescape=True),
                Candidate.person_no.contains(words, autoescape=True),
            ),
            _issues(actor),
        )
        .order_by(Candidate.person_no)
        .limit(50)
    )
    return [(slip, name, number) for slip, name, number in rows]


def newest_jobs(
    session: Session, kind: str, series_id: int, person_id: int | None = None, limit: int = 8
) -> list[Job]:
    """Return the newest jobs of a kind for a series, of one person where one is given."""
    wanted = select(Job).where(Job.kind == kind, Job.arguments["series"].as_integer() == series_id)
    if person_id is not None:
        wanted = wanted.where(Job.asked_by == person_id)
    return list(session.scalars(wanted.order_by(Job.id.desc()).limit(limit)))


def find_job(session: Session, token: str, kind: str, person_id: int) -> Job:
    """Return a job that this person asked for. Raises NotFound."""
    found = session.scalar(
        select(Job).where(Job.token == token, Job.kind == kind, Job.asked_by == person_id)
    )
    if found is None:
        raise NotFound(say("print"))
    return found

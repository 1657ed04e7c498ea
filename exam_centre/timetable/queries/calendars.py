"""A person's own exams and duties as calendar programs take them: moved and cancelled ones too."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import User
from exam_centre.accounts.rules import UserStatus
from exam_centre.calendar.models import Period, RuleProfile, Series
from exam_centre.entries.models import Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import (
    CalendarAddress,
    Duty,
    Placement,
    Plan,
    Publication,
    RoomSession,
    Vacated,
)
from exam_centre.timetable.rules import (
    OFF_DUTY,
    PUBLISHED,
    DutyRole,
    DutyStatus,
    PlanStatus,
    address_hash,
)
from exam_centre.venues.models import Room, Seat, Venue
from exam_centre.venues.rules import VenueStatus

CHANGES_A_VERSION = 8  # three stages of a version, and as many again once the entry is off


class Certainty(StrEnum):
    """How sure an event is, by the words of RFC 5545."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class OwnEvent(NamedTuple):
    """One exam or duty of a person. `sequence` only ever grows while `uid` stays."""

    uid: str
    sequence: int
    changed_at: datetime
    certainty: Certainty
    starts_at: datetime
    ends_at: datetime
    zone: str
    series: str
    paper: str  # code and name; "" for a duty
    role: DutyRole | None  # None for an exam
    venue: str  # "" where it is not public yet
    address: str
    way_there: str
    room: str  # "" where it is not public yet, or for the whole venue
    seat: int | None


def person_of_address(session: Session, token: str) -> tuple[int, str] | None:
    """Return (person, language) of a calendar's secret address, None where it is nobody's.

    It is nobody's, too, while everybody's way to sign in of that person is closed.
    """
    row = session.execute(
        select(CalendarAddress.person_id, CalendarAddress.language).where(
            CalendarAddress.token_hash == address_hash(token),
            select(User.id)
            .where(User.person_id == CalendarAddress.person_id, User.status == UserStatus.ACTIVE)
            .exists(),
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


def calendar_address(session: Session, person_id: int) -> CalendarAddress | None:
    """Return the row of a person's secret address, None where there is none."""
    return session.scalar(select(CalendarAddress).where(CalendarAddress.person_id == person_id))


def own_events(session: Session, person_id: int) -> list[OwnEvent]:
    """Return a person's exams and duties of published plans, by time."""
    return sorted(
        [*_exams(session, person_id), *_duties(session, person_id)],
        key=lambda event: (event.starts_at, event.uid),
    )


def _exams(session: Session, person_id: int) -> Iterable[OwnEvent]:
    """Yield each entry once: by its placement in force, else by the last one that was ended."""
    rows = session.execute(
        select(Placement, Plan, Entry, Paper, Series, Room.code, Seat.number, Venue)
        .join(Plan, Plan.id == Placement.plan_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Series, Series.id == Entry.series_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(Placement.person_id == person_id, Plan.status.in_(PUBLISHED))
        .order_by(Placement.in_force, Placement.id)
    ).all()
    newest = {row[2].id: row for row in rows}
    ended = _ended(session, [row[0].id for row in newest.values()])
    public = _public_at(session, [row[1] for row in newest.values()])
    shows = _shows_seat(session, {row[4].id for row in newest.values()})
    for placement, plan, entry, paper, series, room, seat, venue in newest.values():
        is_off = not placement.in_force or entry.status is not EntryStatus.CONFIRMED
        number, stages, changed_at = plan.number, *public[plan.id]
        if placement.id in ended:
            number, changed_at = ended[placement.id]
        is_placed = plan.status is not PlanStatus.TIME_PUBLISHED
        yield OwnEvent(
            uid=f"exam-{entry.token}",
            sequence=number * CHANGES_A_VERSION + stages + is_off * CHANGES_A_VERSION // 2,
            changed_at=changed_at,
            certainty=Certainty.CANCELLED if is_off else Certainty.CONFIRMED,
            starts_at=placement.starts_at,
            ends_at=placement.ends_at,
            zone=venue.time_zone,
            series=series.name,
            paper=f"{paper.code} {paper.name}",
            role=None,
            venue=venue.name if is_placed else "",
            address=venue.address if is_placed else "",
            way_there=venue.way_there if is_placed else "",
            room=room if is_placed else "",
            seat=seat if is_placed and shows[series.id] else None,
        )


def _ended(session: Session, placement_ids: Iterable[int]) -> dict[int, tuple[int, datetime]]:
    """Return {placement: (number of the public version that ended it, since when)}."""
    rows = session.execute(
        select(Vacated.placement_id, Plan.number, func.min(Publication.at))
        .join(Plan, Plan.id == Vacated.plan_id)
        .join(Publication, Publication.plan_id == Plan.id)
        .where(Vacated.placement_id.in_(list(placement_ids)))
        .group_by(Vacated.placement_id, Plan.number)
        .order_by(Plan.number)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _public_at(session: Session, plans: Sequence[Plan]) -> dict[int, tuple[int, datetime]]:
    """Return {plan: (how many stages are public, when the last one became so)}."""
    at = {plan.id: (0, plan.made_at) for plan in plans}
    for plan_id, count, newest in session.execute(
        select(Publication.plan_id, func.count(), func.max(Publication.at))
        .where(Publication.plan_id.in_(list(at)))
        .group_by(Publication.plan_id)
    ):
        at[plan_id] = (count, newest)
    return at


def _shows_seat(session: Session, series_ids: Iterable[int]) -> dict[int, bool]:
    """Return {series: whether seats are told before the day}, by its newest rules."""
    rows = session.execute(
        select(RuleProfile.series_id, RuleProfile.seat_on_slip)
        .where(RuleProfile.series_id.in_(list(series_ids)))
        .order_by(RuleProfile.version)
    )
    return {row[0]: row[1] for row in rows}


def _duties(session: Session, person_id: int) -> Iterable[OwnEvent]:
    rows = session.execute(
        select(Duty, Plan, Period, Series, Venue, func.coalesce(Room.code, ""))
        .select_from(Duty)
        .join(Plan, Plan.id == Duty.plan_id)
        .join(Period, Period.id == Duty.period_id)
        .join(Series, Series.id == Period.series_id)
        .join(Venue, Venue.id == Duty.venue_id)
        .outerjoin(RoomSession, RoomSession.id == Duty.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
        .where(Duty.person_id == person_id, Plan.status.in_(PUBLISHED))
    ).all()
    public = _public_at(session, [row[1] for row in rows])
    for duty, plan, period, series, venue, room in rows:
        is_gone = venue.status is VenueStatus.WITHDRAWN
        certainty = Certainty.CONFIRMED
        if is_gone or duty.status in OFF_DUTY:
            certainty = Certainty.CANCELLED
        elif duty.status is DutyStatus.OFFERED:
            certainty = Certainty.TENTATIVE
        yield OwnEvent(
            uid=f"duty-{duty.token}",
            sequence=2 * duty.version + is_gone,
            changed_at=public[plan.id][1],
            certainty=certainty,
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            zone=venue.time_zone,
            series=series.name,
            paper="",
            role=duty.role,
            venue=venue.name,
            address=venue.address,
            way_there=venue.way_there,
            room=room,
            seat=None,
        )

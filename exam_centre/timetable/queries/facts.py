"""What the placing rule has to know, gathered for one entry or for many in one statement each."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Employment
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import rules_of
from exam_centre.entries.models import AccessArrangement, Candidate, Entry, EntryCourse
from exam_centre.entries.rules import AccessKind, RequestStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import say
from exam_centre.organisation.queries import shifts_of
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Placement, Plan, RoomSession
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import (
    DeskFacts,
    EntryFacts,
    Neighbour,
    Question,
    Span,
    Surroundings,
    own_end,
)
from exam_centre.venues.models import Layout, Room, RoomBooking, Seat, Venue


def span_of(placement: Placement) -> Span:
    """Return the person's own time."""
    return Span(placement.starts_at, placement.ends_at)


def entry_facts(session: Session, entry_ids: Iterable[int]) -> dict[int, EntryFacts]:
    """Return what placing has to know of each entry, by its id; two statements for any number."""
    wanted = list(entry_ids)
    compulsory = (
        exists()
        .where(EntryCourse.entry_id == Entry.id, Course.id == EntryCourse.course_id)
        .where(Course.compulsory)
    )
    rows = session.execute(
        select(Entry, Candidate.person_id, Paper.mode, Paper.minutes, compulsory)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Entry.id.in_(wanted))
    ).all()
    granted: dict[int, list[AccessArrangement]] = {}
    for entry_id, arrangement in session.execute(
        select(Entry.id, AccessArrangement)
        .join(
            AccessArrangement,
            and_(
                AccessArrangement.candidate_id == Entry.candidate_id,
                AccessArrangement.series_id == Entry.series_id,
            ),
        )
        .where(Entry.id.in_(wanted), AccessArrangement.status == RequestStatus.APPROVED)
    ):
        granted.setdefault(entry_id, []).append(arrangement)
    return {
        entry.id: _facts(entry, person_id, mode, minutes, is_compulsory, granted.get(entry.id, []))
        for entry, person_id, mode, minutes, is_compulsory in rows
    }


def _facts(
    entry: Entry,
    person_id: int,
    mode: Mode,
    minutes: int | None,
    compulsory: bool,
    granted: Sequence[AccessArrangement],
) -> EntryFacts:
    extra = [a.extra_percent for a in granted if a.extra_percent is not None]
    return EntryFacts(
        entry_id=entry.id,
        series_id=entry.series_id,
        paper_id=entry.paper_id,
        person_id=person_id,
        status=entry.status,
        mode=mode,
        minutes=minutes or 0,
        compulsory=bool(compulsory),
        works_through_shift=entry.works_through_shift,
        extra_percent=max(extra, default=Decimal(0)),
        needs=frozenset(a.kind for a in granted),
    )


def desk_facts(session: Session, seat_ids: Iterable[int]) -> dict[int, DeskFacts]:
    """Return what placing has to know of each seat, by its id; one statement for any number."""
    newest = (
        select(func.max(Layout.version))
        .where(Layout.room_id == Room.id)
        .correlate(Room)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Seat, Room, Venue, Layout.version == newest)
        .join(Layout, Layout.id == Seat.layout_id)
        .join(Room, Room.id == Layout.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(Seat.id.in_(list(seat_ids)))
    )
    return {
        seat.id: DeskFacts(
            seat_id=seat.id,
            number=seat.number,
            wheelchair=seat.wheelchair,
            is_current=bool(is_current),
            room_id=room.id,
            room_code=room.code,
            room_kind=room.kind,
            venue_id=venue.id,
            venue_code=venue.code,
            venue_status=venue.status,
            approved_until=venue.approved_until,
            time_zone=venue.time_zone,
        )
        for seat, room, venue, is_current in rows
    }


def question_of(
    session: Session,
    plan: Plan,
    entry: Entry,
    seat: Seat,
    period: Period,
    *,
    starts_at: datetime,
    held_over: bool = False,
) -> Question:
    """Return what the placing rule is asked about one entry, desk and time in a plan."""
    facts = entry_facts(session, [entry.id])[entry.id]
    desk = desk_facts(session, [seat.id])[seat.id]
    # A paper nobody sits has no minutes; the rule refuses it before it looks at the time.
    span = Span(starts_at, own_end(starts_at, facts.minutes, facts.extra_percent))
    return Question(
        entry=facts,
        desk=desk,
        series_id=plan.series_id,
        period=Span(period.starts_at, period.ends_at),
        period_series_id=period.series_id,
        span=span,
        held_over=held_over,
        around=surroundings(session, versions(session, plan), facts, desk, span),
    )


def surroundings(
    session: Session, plan_ids: Sequence[int], entry: EntryFacts, desk: DeskFacts, span: Span
) -> Surroundings:
    """Return what stands beside one wished placement, in the versions `plan_ids` together."""
    own = list(
        session.scalars(
            select(Placement).where(standing(plan_ids), Placement.person_id == entry.person_id)
        )
    )
    rest = timedelta(minutes=rules_of(session, entry.series_id).rest_after_night_minutes)
    return Surroundings(
        placed=any(p.entry_id == entry.entry_id for p in own),
        own=[span_of(p) for p in own if p.entry_id != entry.entry_id],
        neighbours=_neighbours(session, plan_ids, entry, desk, span),
        bookings=[
            Span(b.starts_at, b.ends_at)
            for b in session.scalars(
                select(RoomBooking).where(
                    RoomBooking.room_id == desk.room_id,
                    RoomBooking.starts_at < span.ends_at,
                    RoomBooking.ends_at > span.starts_at,
                )
            )
        ],
        shifts=_shifts(session, entry.person_id, span, rest),
        rest=rest,
    )


def _neighbours(
    session: Session, plan_ids: Sequence[int], entry: EntryFacts, desk: DeskFacts, span: Span
) -> list[Neighbour]:
    alone = exists().where(
        AccessArrangement.candidate_id == Entry.candidate_id,
        AccessArrangement.series_id == Entry.series_id,
        AccessArrangement.kind == AccessKind.ALONE,
        AccessArrangement.status == RequestStatus.APPROVED,
    )
    rows = session.execute(
        select(Placement, alone)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .where(
            standing(plan_ids),
            RoomSession.room_id == desk.room_id,
            Placement.entry_id != entry.entry_id,
            Placement.starts_at < span.ends_at,
            Placement.ends_at > span.starts_at,
        )
    )
    return [Neighbour(p.seat_id, span_of(p), bool(is_alone)) for p, is_alone in rows]


def _shifts(session: Session, person_id: int, span: Span, rest: timedelta) -> list[Span]:
    work = session.scalar(
        select(Employment).where(Employment.person_id == person_id, Employment.until.is_(None))
    )
    if work is None:
        return []
    shifts = shifts_of(
        session, work.enterprise_id, work.team, work.work_no, span.starts_at - rest, span.ends_at
    )
    return [Span(shift.starts_at, shift.ends_at) for shift in shifts]


def start_and_end(
    session: Session, entry: Entry, period: Period, starts_at: datetime | None = None
) -> tuple[datetime, datetime]:
    """Return the person's own start and end, approved extra time included.

    starts_at  None: the period's start. Raises NotFound where there is no such entry.
    """
    facts = entry_facts(session, [entry.id]).get(entry.id)
    if facts is None:
        raise NotFound(say("entry"))
    starts = starts_at or period.starts_at
    return starts, own_end(starts, facts.minutes, facts.extra_percent)

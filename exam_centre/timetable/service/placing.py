"""Draft versions of a plan, and what they place, hold over, end and leave unplaced."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.service import ensure_no_tie
from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.entries.models import Entry
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence
from exam_centre.timetable import queries
from exam_centre.timetable.models import (
    HeldOver,
    Placement,
    Plan,
    RoomSession,
    Sitting,
    Unplaced,
    Vacated,
)
from exam_centre.timetable.rules import (
    AlreadyPlaced,
    ClashNotHoldable,
    CompulsoryFirst,
    HeldOverElsewhere,
    NotOnePerson,
    NotPlacedHere,
    PlanIsClosed,
    PlanStatus,
    SecondPaperWaits,
    UnplacedReason,
    refusal_of,
    variant_of,
)
from exam_centre.venues.models import Seat


def draft_plan(session: Session, actor: Actor, series: Series, *, now: datetime) -> Plan:
    """Begin the next version: the first plan, or a repair of what is published."""
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, series.id))
    newest = session.scalar(select(func.max(Plan.number)).where(Plan.series_id == series.id))
    plan = Plan(
        series_id=series.id,
        number=(newest or 0) + 1,
        status=PlanStatus.DRAFT,
        made_by_id=actor.human(),
        made_at=now,
        summary={},
    )
    session.add(plan)
    audit.record(session, actor, "timetable.drafted", plan, now)
    return plan


def discard_plan(session: Session, actor: Actor, plan: Plan, *, reason: str, now: datetime) -> None:
    """Give a draft or a proposal up; its rows stay to be read. Raises IllegalMove."""
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    plan.move_to(PlanStatus.DISCARDED)
    audit.record(session, actor, "timetable.discarded", plan, now, reason=reason)


def place(
    session: Session,
    actor: Actor,
    plan: Plan,
    entry: Entry,
    seat: Seat,
    period: Period,
    *,
    starts_at: datetime | None = None,
    now: datetime,
) -> Placement:
    """Give an entry a seat in a period; the person's own end includes approved extra time.

    starts_at  None: the period's start.
    Raises     the first reason of `rules.refusal_of`, and PlanIsClosed.
    """
    require_draft(session, actor, plan)
    return _place(session, actor, plan, entry, seat, period, starts_at or period.starts_at, now)


def hold_over(
    session: Session,
    actor: Actor,
    plan: Plan,
    first: Placement,
    entry: Entry,
    seat: Seat,
    supervisor: Person,
    *,
    isolation_minutes: int = 20,
    isolated_in: RoomSession | None = None,
    now: datetime,
) -> HeldOver:
    """Let a person's second paper of one period follow the first, isolated in between.

    isolated_in  None: the person waits in the room of the second paper.
    Raises       ClashNotHoldable for two compulsory papers, CompulsoryFirst where the elective one
                 would come first, ConflictOfInterest for the supervisor, and the reasons of place.
    """
    require_draft(session, actor, plan)
    facts = queries.entry_facts(session, [first.entry_id, entry.id])
    one, two = facts[first.entry_id], facts[entry.id]
    if one.person_id != two.person_id:
        raise NotOnePerson
    if one.compulsory and two.compulsory:
        raise ClashNotHoldable
    if two.compulsory:
        raise CompulsoryFirst
    if not queries.stands(session, plan, first):
        raise NotPlacedHere
    desks = queries.desk_facts(session, [first.seat_id, seat.id])
    if desks[first.seat_id].venue_id != desks[seat.id].venue_id:
        raise HeldOverElsewhere(desks[first.seat_id].venue_code)
    ensure_no_tie(session, supervisor.id, [one.person_id])
    period = session.get_one(Period, session.get_one(RoomSession, first.room_session_id).period_id)
    starts_at = first.ends_at + timedelta(minutes=isolation_minutes)
    second = _place(session, actor, plan, entry, seat, period, starts_at, now, held_over=True)
    row = HeldOver(
        plan_id=plan.id,
        first_entry_id=first.entry_id,
        second_entry_id=entry.id,
        room_session_id=isolated_in.id if isolated_in else second.room_session_id,
        supervisor_id=supervisor.id,
        isolated_from=first.ends_at,
        isolated_until=starts_at,
    )
    session.add(row)
    audit.record(session, actor, "timetable.held_over", row, now)
    return row


def leave_unplaced(
    session: Session,
    actor: Actor,
    plan: Plan,
    entry: Entry,
    reason: UnplacedReason,
    sentence: Sentence,
    *,
    now: datetime,
) -> Unplaced:
    """List an entry without a seat, with the reason and what would help. Raises AlreadyPlaced."""
    require_draft(session, actor, plan)
    if queries.standing_of_entry(session, plan, entry.id) is not None:
        raise AlreadyPlaced
    row = _listed(session, plan, entry.id) or Unplaced(plan_id=plan.id, entry_id=entry.id)
    row.reason, row.text, row.facts = reason, sentence.text, dict(sentence.facts)
    session.add(row)
    audit.record(session, actor, "timetable.left_unplaced", row, now)
    return row


def vacate(
    session: Session, actor: Actor, plan: Plan, placement: Placement, *, now: datetime
) -> None:
    """Take a seat back: a draft's own row goes, a published one ends with this version.

    Raises NotPlacedHere, and SecondPaperWaits where a paper is held over until this one ends.
    """
    require_draft(session, actor, plan)
    if not queries.stands(session, plan, placement):
        raise NotPlacedHere
    held = session.scalars(
        select(HeldOver).where(
            HeldOver.plan_id.in_(queries.versions(session, plan)),
            or_(
                HeldOver.first_entry_id == placement.entry_id,
                HeldOver.second_entry_id == placement.entry_id,
            ),
        )
    ).all()
    for row in held:
        second = queries.standing_of_entry(session, plan, row.second_entry_id)
        if row.first_entry_id == placement.entry_id and second is not None:
            raise SecondPaperWaits
    if placement.plan_id != plan.id:
        ended = Vacated(plan_id=plan.id, placement_id=placement.id)
        session.add(ended)
        audit.record(session, actor, "timetable.vacated", ended, now)
        return
    audit.record(session, actor, "timetable.vacated", placement, now)
    for row in held:
        if row.plan_id == plan.id and row.second_entry_id == placement.entry_id:
            session.delete(row)
    session.delete(placement)
    session.flush()


def _place(
    session: Session,
    actor: Actor,
    plan: Plan,
    entry: Entry,
    seat: Seat,
    period: Period,
    starts_at: datetime,
    now: datetime,
    *,
    held_over: bool = False,
) -> Placement:
    asked = queries.question_of(
        session, plan, entry, seat, period, starts_at=starts_at, held_over=held_over
    )
    refusal = refusal_of(asked)
    if refusal is not None:
        raise refusal
    listed = _listed(session, plan, entry.id)
    if listed is not None:
        session.delete(listed)
    placement = Placement(
        plan_id=plan.id,
        entry_id=entry.id,
        person_id=asked.entry.person_id,
        sitting_id=sitting_of(session, plan, asked.entry.paper_id, period).id,
        room_session_id=room_session_of(session, asked.desk.room_id, period).id,
        seat_id=seat.id,
        starts_at=asked.span.starts_at,
        ends_at=asked.span.ends_at,
        in_force=False,
    )
    session.add(placement)
    audit.record(session, actor, "timetable.placed", placement, now)
    return placement


def place_held_over(
    session: Session,
    actor: Actor,
    plan: Plan,
    entry: Entry,
    seat: Seat,
    period: Period,
    row: HeldOver,
    *,
    now: datetime,
) -> None:
    """Hold an entry over again as `row` says it was before. Raises the reasons of place."""
    require_draft(session, actor, plan)
    _place(session, actor, plan, entry, seat, period, row.isolated_until, now, held_over=True)
    session.add(row)
    audit.record(session, actor, "timetable.held_over", row, now)


def require_draft(session: Session, actor: Actor, plan: Plan) -> None:
    """Raise Forbidden or PlanIsClosed where the actor may not change this version."""
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    if plan.status is not PlanStatus.DRAFT:
        raise PlanIsClosed(plan.number, plan.status)


def _listed(session: Session, plan: Plan, entry_id: int) -> Unplaced | None:
    return session.scalar(
        select(Unplaced).where(Unplaced.plan_id == plan.id, Unplaced.entry_id == entry_id)
    )


def sitting_of(session: Session, plan: Plan, paper_id: int, period: Period) -> Sitting:
    """Return the paper's sitting in the period; a further one of the series is variant B, C..."""
    known = session.scalars(
        select(Sitting)
        .join(Period, Period.id == Sitting.period_id)
        .where(Sitting.paper_id == paper_id, Period.series_id == plan.series_id)
    ).all()
    for sitting in known:
        if sitting.period_id == period.id:
            return sitting
    taken = {sitting.variant for sitting in known}
    variant = next(v for v in map(variant_of, range(len(taken) + 1)) if v not in taken)
    sitting = Sitting(paper_id=paper_id, period_id=period.id, variant=variant)
    session.add(sitting)
    session.flush()
    return sitting


def room_session_of(session: Session, room_id: int, period: Period) -> RoomSession:
    """Return the session of a room in a period, made where it is missing."""
    found = session.scalar(
        select(RoomSession).where(
            RoomSession.room_id == room_id, RoomSession.period_id == period.id
        )
    )
    if found is None:
        found = RoomSession(room_id=room_id, period_id=period.id)
        session.add(found)
        session.flush()
    return found

"""Bags change hands with a count on each side, typed before the other one is seen.

A difference is kept as a fact: the bag is DISPUTED and goes nowhere until a third person settles
it. Custody opens no incident of its own, for it stands beside conduct: who takes the bag at a
venue's day close or in a later room records the incident, and its number goes into the reason.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.service import other_human
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import rules_of
from exam_centre.custody import queries
from exam_centre.custody.models import Bag, HandOver, PaperCount
from exam_centre.custody.rules import (
    BagExists,
    BagKind,
    BagStatus,
    CountWrong,
    DayIsClosed,
    NotOfThisRoom,
    NotOnItsWay,
    NotOpened,
    NotPapers,
    NotTheHolder,
    OpensTooEarly,
    PapersNotCounted,
    ReasonMissing,
    SealMissing,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.timetable.rules import on_the_clock
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.queries import place_of_venue


def pack(
    session: Session,
    actor: Actor,
    kind: BagKind,
    room_session_id: int,
    sitting_id: int,
    *,
    seal_no: str,
    count: int,
    now: datetime,
) -> Bag:
    """Seal the papers or scripts of one paper in one room session; the packer holds the bag.

    Raises CountWrong, SealMissing, BagExists, NotOfThisRoom, DayIsClosed.
    """
    actor.require(Permission.HAND_OVER, place_of_room_session(session, room_session_id))
    _check_typed(count, seal_no)
    for bag in queries.bags_of_room(session, room_session_id):
        _check_day(bag)
        if bag.sitting_id == sitting_id and bag.kind is kind:
            raise BagExists
    sat = select(Placement.id).where(
        Placement.room_session_id == room_session_id, Placement.sitting_id == sitting_id
    )
    if session.scalar(sat.limit(1)) is None:
        raise NotOfThisRoom
    bag = Bag(
        kind=kind,
        room_session_id=room_session_id,
        sitting_id=sitting_id,
        status=BagStatus.SEALED,
        seal_no=seal_no.strip(),
        declared=count,
        holder_id=actor.human(),
    )
    session.add(bag)
    audit.record(session, actor, "custody.packed", bag, now)
    return bag


def send(
    session: Session, actor: Actor, bag: Bag, *, count: int, seal_no: str, now: datetime
) -> HandOver:
    """Hand a bag over, with the holder's own count and the seal as it is read now.

    Raises NotTheHolder, CountWrong, SealMissing, IllegalMove (opened, disputed, on its way).
    """
    _require(session, actor, bag)
    _check_typed(count, seal_no)
    if bag.holder_id != actor.human():
        raise NotTheHolder(session.get_one(Person, bag.holder_id).name)
    bag.move_to(BagStatus.IN_TRANSIT)
    row = HandOver(
        bag_id=bag.id,
        seq=queries.next_seq(session, bag.id),
        sender_id=actor.human(),
        sender_count=count,
        seal_no=seal_no.strip(),
        sent_at=now,
        receiver_seal_no="",
    )
    session.add(row)
    audit.record(session, actor, "custody.sent", row, now)
    return row


def take(
    session: Session, actor: Actor, bag: Bag, *, count: int, seal_no: str, now: datetime
) -> HandOver:
    """Take a bag with one's own count, 0 included; a difference leaves it DISPUTED.

    Count and seal are held against the sender's and against what the bag is known by, and nothing
    is told before both are typed. Returns normally either way: look at `bag.status`.
    Raises SamePerson, NotOnItsWay, CountWrong, SealMissing.
    """
    _require(session, actor, bag)
    _check_typed(count, seal_no)
    row = queries.open_hand_over(session, bag.id)
    if row is None:
        raise NotOnItsWay
    row.receiver_id = other_human(session, actor, row.sender_id)
    row.receiver_count, row.receiver_seal_no = count, seal_no.strip()
    row.received_at = now
    agreed = (
        row.sender_count == row.receiver_count == _inside(session, bag)
        and row.seal_no == row.receiver_seal_no == bag.seal_no
    )
    bag.move_to(BagStatus.RECEIVED if agreed else BagStatus.DISPUTED)
    bag.holder_id = row.receiver_id
    audit.record(session, actor, "custody.taken" if agreed else "custody.disputed", row, now)
    return row


def settle_dispute(
    session: Session,
    actor: Actor,
    bag: Bag,
    *,
    count: int,
    seal_no: str = "",
    reason: str,
    now: datetime,
) -> None:
    """End a dispute with a count and a seal that stand from now on; neither side settles its own.

    seal_no  "": the seal the bag was known by.
    reason   how the difference was explained, with the incident's number.
    Raises   SamePerson, ReasonMissing, CountWrong, IllegalMove.
    """
    place = place_of_room_session(session, bag.room_session_id)
    actor.require(Permission.CLOSE_DAY, place)
    _check_typed(count, seal_no or bag.seal_no)
    if not reason.strip():
        raise ReasonMissing
    newest = queries.hand_overs_of(session, bag.id)[-1:]
    other_human(session, actor, *(p for row in newest for p in (row.sender_id, row.receiver_id)))
    bag.move_to(BagStatus.RECEIVED)
    bag.declared, bag.seal_no = count, seal_no.strip() or bag.seal_no
    audit.record(session, actor, "custody.dispute_settled", bag, now, reason=reason)


def open_bag(session: Session, actor: Actor, bag: Bag, *, second: Actor, now: datetime) -> None:
    """Open a bag of papers before two people, no earlier than the doors of the room open.

    Raises NotPapers, OpensTooEarly, SamePerson, DayIsClosed, IllegalMove.
    """
    place = place_of_room_session(session, bag.room_session_id)
    for person in (actor, second):
        person.require(Permission.HAND_OVER, place)
    if bag.kind is not BagKind.PAPERS:
        raise NotPapers
    _check_day(bag)
    witness_id = other_human(session, second, actor.human())
    _check_hour(session, bag, now)
    bag.opened_by_id, bag.opening_witness_id, bag.opened_at = actor.human(), witness_id, now
    bag.holder_id = actor.human()
    bag.move_to(BagStatus.OPENED)
    audit.record(session, actor, "custody.opened", bag, now)


def reseal(session: Session, actor: Actor, bag: Bag, *, seal_no: str, now: datetime) -> None:
    """Seal spare and damaged papers in with a new seal, once they were counted.

    Raises SealMissing, PapersNotCounted, IllegalMove.
    """
    _require(session, actor, bag)
    _check_typed(0, seal_no)
    if session.get(PaperCount, bag.id) is None:
        raise PapersNotCounted
    bag.move_to(BagStatus.SEALED)
    bag.seal_no, bag.holder_id = seal_no.strip(), actor.human()
    audit.record(session, actor, "custody.resealed", bag, now)


def count_papers(
    session: Session,
    actor: Actor,
    bag: Bag,
    *,
    used: int,
    spare: int,
    damaged: int,
    now: datetime,
) -> PaperCount:
    """Write down what became of a bag's papers; a sum that differs is kept, and the law is red.

    May be done again until the day is closed: the trail keeps both.
    Raises NotPapers, NotOpened, CountWrong, DayIsClosed.
    """
    _require(session, actor, bag)
    _check_day(bag)
    if min(used, spare, damaged) < 0:
        raise CountWrong
    if bag.kind is not BagKind.PAPERS:
        raise NotPapers
    if bag.opened_at is None and used:
        raise NotOpened
    row = session.get(PaperCount, bag.id) or PaperCount(bag_id=bag.id)
    row.used, row.spare, row.damaged = used, spare, damaged
    row.counted_by_id, row.counted_at = actor.human(), now
    session.add(row)
    audit.record(session, actor, "custody.papers_counted", row, now)
    return row


def end_day(
    session: Session, actor: Actor, venue_id: int, room_session_ids: Iterable[int], now: datetime
) -> int:
    """Write into the bags of a venue's closed day that they stay sealed and counted; how many.

    Part of closing the day, which has seen that every bag is back and signs for it in the trail.
    """
    actor.require(Permission.CLOSE_DAY, place_of_venue(session, venue_id))
    bags = session.scalars(select(Bag).where(Bag.room_session_id.in_(list(room_session_ids)))).all()
    for bag in bags:
        bag.day_closed_at = now
    session.flush()
    return len(bags)


def _check_day(bag: Bag) -> None:
    if bag.day_closed_at is not None:
        raise DayIsClosed


def _require(session: Session, actor: Actor, bag: Bag) -> None:
    actor.require(Permission.HAND_OVER, place_of_room_session(session, bag.room_session_id))


def _inside(session: Session, bag: Bag) -> int:
    """Return how many papers or scripts are in the bag as it is known; used ones have left it."""
    count = session.get(PaperCount, bag.id) if bag.opened_at else None
    return count.spare + count.damaged if count else bag.declared


def _check_typed(count: int, seal_no: str) -> None:
    if count < 0:
        raise CountWrong
    if not seal_no.strip():
        raise SealMissing


def _check_hour(session: Session, bag: Bag, now: datetime) -> None:
    period, zone = session.execute(
        select(Period, Venue.time_zone)
        .select_from(RoomSession)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(RoomSession.id == bag.room_session_id)
    ).one()
    first = session.scalar(
        select(func.min(Placement.starts_at)).where(
            Placement.room_session_id == bag.room_session_id, Placement.in_force
        )
    )
    starts = min(period.starts_at, first) if first else period.starts_at
    opens = starts - timedelta(minutes=rules_of(session, period.series_id).doors_open_minutes)
    if now < opens:
        raise OpensTooEarly(on_the_clock(opens, zone))

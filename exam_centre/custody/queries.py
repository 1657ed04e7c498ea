"""Bags and hand-overs, read only, and the law that no paper gets lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period, Series
from exam_centre.custody.models import Bag, HandOver, PaperCount
from exam_centre.custody.rules import AT_LARGE, AT_REST, KIND_WORDS, BagKind, BagStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.laws import Law, Row
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Duty, RoomSession, Sitting
from exam_centre.timetable.rules import OFF_DUTY, DutyRole
from exam_centre.venues.models import Room, Venue

SEES = (Permission.HAND_OVER, Permission.CLOSE_DAY)
IN_THE_ROOM = (DutyRole.FIRST, DutyRole.SECOND, DutyRole.SUPERVISOR)


@dataclass(frozen=True)
class BagLine:
    """One bag in a list: what, of which room and period, and who holds it. No count."""

    bag: Bag
    paper: str
    paper_name: str
    room: str
    room_token: str
    period: str
    starts_at: datetime
    series: str
    venue: str
    zone: str
    holder: str


def access_bag(session: Session, actor: Actor, token: str) -> Bag:
    """Return a bag of a room the actor hands over for. Raises NotFound."""
    found = session.scalar(
        select(Bag)
        .join(RoomSession, RoomSession.id == Bag.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Bag.token == token,
            within(
                actor,
                SEES,
                unit_path=Unit.path,
                venue_id=Venue.id,
                series_id=Period.series_id,
                room_id=Room.id,
            ),
        )
    )
    if found is None:
        raise NotFound(say("bag"))
    return found


def bags_of_room(session: Session, room_session_id: int) -> list[Bag]:
    """Return the bags of a room session, papers before scripts."""
    return list(
        session.scalars(
            select(Bag)
            .where(Bag.room_session_id == room_session_id)
            .order_by(Bag.kind, Bag.sitting_id)
        )
    )


def bag_lines(session: Session, bag_ids: Iterable[int]) -> list[BagLine]:
    """Return bags with their room, paper and holder in words, papers before scripts."""
    rows = session.execute(
        _lines().where(Bag.id.in_(list(bag_ids))).order_by(Bag.kind, Paper.code, Bag.id)
    )
    return [BagLine(*row) for row in rows]


def bags_in_scope(
    session: Session, actor: Actor, *, text: str = "", limit: int | None = None, offset: int = 0
) -> tuple[list[BagLine], int]:
    """Return bags of rooms the actor hands over for, and how many there are altogether.

    Disputed ones come first, then what is on its way, then what the actor holds, then the newest.
    text  looked for in the seal's number, the paper, the room and the venue's name.
    """
    wanted = _lines().where(
        within(
            actor,
            SEES,
            unit_path=Unit.path,
            venue_id=Venue.id,
            series_id=Period.series_id,
            room_id=Room.id,
        )
    )
    if text:
        columns = (Bag.seal_no, Paper.code, Paper.name, Room.code, Venue.name)
        wanted = wanted.where(or_(*(c.icontains(text, autoescape=True) for c in columns)))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rank = case(
        (Bag.status == BagStatus.DISPUTED, 0),
        (Bag.status == BagStatus.IN_TRANSIT, 1),
        (Bag.holder_id == actor.person_id, 2),
        else_=3,
    )
    rows = session.execute(
        wanted.order_by(rank, Period.starts_at.desc(), Room.code, Paper.code, Bag.id)
        .limit(limit)
        .offset(offset)
    )
    return [BagLine(*row) for row in rows], total


def paper_count_of(session: Session, bag_id: int) -> PaperCount | None:
    """Return what became of a bag's papers, or None before they were counted."""
    return session.get(PaperCount, bag_id)


def sees_counts(
    bag: Bag, hand_overs: Sequence[HandOver], count: PaperCount | None, person_id: int | None
) -> bool:
    """Say whether a person may read how many are in a bag.

    Whoever may still be handed it has to count by themselves: a sealed bag shows its count to
    those who counted it, and one that is open or in dispute to everybody who works with it.
    """
    if bag.status in (BagStatus.OPENED, BagStatus.DISPUTED, BagStatus.DESTROYED):
        return True
    counted = {bag.holder_id, count.counted_by_id if count else None}
    counted |= {p for row in hand_overs for p in (row.sender_id, row.receiver_id)}
    return person_id is not None and person_id in counted


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Bag,
            Paper.code,
            Paper.name,
            Room.code,
            RoomSession.token,
            Period.code,
            Period.starts_at,
            Series.name,
            Venue.name,
            Venue.time_zone,
            Person.name,
        )
        .join(RoomSession, RoomSession.id == Bag.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Series, Series.id == Period.series_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .join(Sitting, Sitting.id == Bag.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(Person, Person.id == Bag.holder_id)
    )


def hand_overs_of(session: Session, bag_id: int) -> list[HandOver]:
    """Return each time a bag changed hands, in order. Not for who is about to take it."""
    return list(
        session.scalars(select(HandOver).where(HandOver.bag_id == bag_id).order_by(HandOver.seq))
    )


def open_hand_over(session: Session, bag_id: int) -> HandOver | None:
    """Return the hand-over that waits for its receiver, or None."""
    return session.scalar(
        select(HandOver).where(HandOver.bag_id == bag_id, HandOver.received_at.is_(None))
    )


def next_seq(session: Session, bag_id: int) -> int:
    """Return the number of a bag's next hand-over, from 1."""
    newest = select(func.max(HandOver.seq)).where(HandOver.bag_id == bag_id)
    return (session.scalar(newest) or 0) + 1


def law_papers(session: Session, room_session_ids: Iterable[int]) -> Law:
    """Return the law of papers: received = used + spare + damaged, bag by bag."""
    lines = session.execute(
        select(Bag, PaperCount, Room.code, Paper.code)
        .join(RoomSession, RoomSession.id == Bag.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Sitting, Sitting.id == Bag.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .outerjoin(PaperCount, PaperCount.bag_id == Bag.id)
        .where(Bag.room_session_id.in_(list(room_session_ids)), Bag.kind == BagKind.PAPERS)
        .order_by(Bag.id)
    ).all()
    counted = {bag.id: _sum(count) for bag, count, _room, _paper in lines}
    return Law(
        name="papers_are_all_there",
        left_text=say("Papers received"),
        right_text=say("Used, spare and damaged"),
        left=sum(bag.declared for bag, *_ in lines),
        right=sum(number or 0 for number in counted.values()),
        rows=tuple(
            Row(f"bags:{bag.id}", _difference(bag, counted[bag.id], room, paper))
            for bag, _count, room, paper in lines
            if counted[bag.id] != bag.declared
        ),
    )


def unreturned(session: Session, room_session_ids: Iterable[int]) -> tuple[Row, ...]:
    """Return the bags of these rooms that are not back: open, on their way, in dispute, or kept.

    A bag is back once it lies sealed with somebody who was not on duty in its room.
    """
    ran = select(Duty.id).where(
        Duty.room_session_id == Bag.room_session_id,
        Duty.person_id == Bag.holder_id,
        Duty.role.in_(IN_THE_ROOM),
        Duty.status.not_in(OFF_DUTY),
    )
    rows = session.execute(
        select(Bag, Room.code, Paper.code, Person.name)
        .join(RoomSession, RoomSession.id == Bag.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Sitting, Sitting.id == Bag.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(Person, Person.id == Bag.holder_id)
        .where(
            Bag.room_session_id.in_(list(room_session_ids)),
            Bag.status.in_(AT_LARGE) | (Bag.status.in_(AT_REST) & ran.exists()),
        )
        .order_by(Room.code, Bag.kind, Paper.code)
    )
    return tuple(
        Row(f"bags:{bag.id}", _where_it_is(bag, room, paper, holder))
        for bag, room, paper, holder in rows
    )


def _where_it_is(bag: Bag, room: str, paper: str, holder: str) -> Sentence:
    facts = {"room": room, "kind": KIND_WORDS[bag.kind], "paper": paper, "holder": holder}
    if bag.status is BagStatus.OPENED:
        return say("Room {room}, {kind} {paper}: open with {holder}. Seal it again.", **facts)
    if bag.status is BagStatus.IN_TRANSIT:
        return say("Room {room}, {kind} {paper}: sent by {holder}, not taken yet.", **facts)
    if bag.status is BagStatus.DISPUTED:
        return say("Room {room}, {kind} {paper}: in dispute with {holder}.", **facts)
    return say(
        "Room {room}, {kind} {paper}: still with {holder}, who ran the room. Hand it over.",
        **facts,
    )


def _sum(count: PaperCount | None) -> int | None:
    return None if count is None else count.used + count.spare + count.damaged


def _difference(bag: Bag, counted: int | None, room: str, paper: str) -> Sentence:
    if counted is None:
        return say("Room {room}, paper {paper}: not counted yet.", room=room, paper=paper)
    return say(
        "Room {room}, paper {paper}: {declared} received, {counted} counted.",
        room=room,
        paper=paper,
        declared=bag.declared,
        counted=counted,
    )

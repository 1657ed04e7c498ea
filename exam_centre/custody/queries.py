"""Bags and hand-overs, read only, and the law that no paper gets lost."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.custody.models import Bag, HandOver, PaperCount
from exam_centre.custody.rules import BagKind
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.laws import Law, Row
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import RoomSession, Sitting
from exam_centre.venues.models import Room, Venue


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
                [Permission.HAND_OVER, Permission.CLOSE_DAY],
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

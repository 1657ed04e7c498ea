"""Everything the page of one room says at one moment, read in a handful of statements."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.queries import RegisterLine, register
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.calendar.queries import rules_of
from exam_centre.conduct.models import Incident
from exam_centre.conduct.queries import open_incidents
from exam_centre.custody.models import Bag, PaperCount
from exam_centre.custody.queries import law_papers
from exam_centre.custody.rules import BagKind
from exam_centre.invigilation.models import RoomDay, Stoppage
from exam_centre.invigilation.queries.room_days import (
    day_of_room,
    law_attendance,
    law_scripts,
    personal_ends,
    sealed_papers,
    stoppages_of,
)
from exam_centre.invigilation.rules import (
    Announcement,
    RoomDayStatus,
    Step,
    announcements,
    next_step,
)
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.laws import Law
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.queries.whereabouts import (
    RoomPaper,
    RoomSpot,
    papers_of_rooms,
    room_spots,
    starts_in_scope,
)


@dataclass(frozen=True)
class RoomView:
    """One room session at one moment."""

    spot: RoomSpot
    day: RoomDay | None
    step: Step
    lines: list[RegisterLine]
    ends: dict[int, datetime]  # placement -> when the person's time is up
    papers: list[RoomPaper]
    sealed: list[str]  # papers still in their bags
    stoppages: list[Stoppage]
    incidents: list[Incident]  # open ones
    announcements: list[Announcement]
    starts_at: datetime  # published start of the first paper
    opens_at: datetime
    cut_off: datetime  # last moment to come in
    last_end: datetime  # of those who came
    lost: timedelta  # by stoppages, the running one included
    now: datetime

    @property
    def status(self) -> RoomDayStatus | None:
        """Where the room stands; None before it was prepared."""
        return self.day.status if self.day else None

    @property
    def silent(self) -> list[RegisterLine]:
        """The seats nobody said a word about."""
        return [line for line in self.lines if line.status is AttendanceStatus.EXPECTED]

    @property
    def common_end(self) -> datetime | None:
        """When most people's time is up; None in a room without people."""
        ends = Counter(self.ends.values())
        return max(ends, key=lambda end: (ends[end], end)) if ends else None

    @property
    def counted_alike(self) -> bool:
        """Whether two people counted the same number of scripts."""
        return self.day is not None and self.day.second_count is not None


def room_view(session: Session, room_session_id: int, now: datetime) -> RoomView:
    """Return everything a page says of a room session, as it is at `now`."""
    spot = room_spots(session, [room_session_id])[room_session_id]
    day = day_of_room(session, room_session_id)
    lines = register(session, room_session_id)
    ends = personal_ends(session, room_session_id, now)
    profile = rules_of(session, spot.series_id)
    starts_at = min((line.starts_at for line in lines), default=spot.starts_at)
    stoppages = stoppages_of(session, day.id) if day else []
    late = timedelta(minutes=profile.late_limit_minutes)
    cut_off = max((line.starts_at for line in lines), default=starts_at) + late
    came = [ends[p.placement_id] for p in lines if p.status is AttendanceStatus.PRESENT]
    last_end = max(came, default=cut_off)
    doors = timedelta(minutes=profile.doors_open_minutes)
    return RoomView(
        spot=spot,
        day=day,
        step=next_step(
            day.status if day else None,
            silent=sum(line.status is AttendanceStatus.EXPECTED for line in lines),
            counted_alike=day is not None and day.second_count is not None,
            cut_off=cut_off,
            last_end=last_end,
            now=now,
        ),
        lines=lines,
        ends=ends,
        papers=papers_of_rooms(session, [room_session_id]).get(room_session_id, []),
        sealed=sealed_papers(session, room_session_id),
        stoppages=stoppages,
        incidents=open_incidents(session, [room_session_id]),
        announcements=announcements(
            day.started_at if day and day.started_at else starts_at,
            _seats_by_end(lines, ends),
            doors_open=doors,
            late_limit=late,
            minimum_stay=timedelta(minutes=profile.minimum_stay_minutes),
        ),
        starts_at=starts_at,
        opens_at=spot.starts_at - doors,
        cut_off=cut_off,
        last_end=last_end,
        lost=sum(((s.ended_at or now) - s.began_at for s in stoppages), timedelta()),
        now=now,
    )


def _seats_by_end(
    lines: list[RegisterLine], ends: dict[int, datetime]
) -> dict[datetime, list[int]]:
    """Return {end: seats}, without the seats of those who did not come."""
    gone = {
        AttendanceStatus.ABSENT,
        AttendanceStatus.REFUSED,
        AttendanceStatus.REMOVED,
        AttendanceStatus.VOIDED,
    }
    found: dict[datetime, list[int]] = {}
    for line in lines:
        if line.status not in gone:
            found.setdefault(ends[line.placement_id], []).append(line.seat)
    return found


def laws_of_rooms(session: Session, room_session_ids: list[int]) -> list[Law]:
    """Return the laws that keep a venue's day from closing: people, scripts, papers.

    The law of papers is told of rooms whose bags were all opened: whoever may still
    be handed a sealed bag must not read how many are in it.
    """
    laws = [law_attendance(session, room_session_ids), law_scripts(session, room_session_ids)]
    opened: dict[int, bool] = {}
    for room, opened_at in session.execute(
        select(Bag.room_session_id, Bag.opened_at).where(
            Bag.room_session_id.in_(room_session_ids), Bag.kind == BagKind.PAPERS
        )
    ):
        opened[room] = opened.get(room, True) and opened_at is not None
    told = [room for room, all_open in opened.items() if all_open]
    return [*laws, law_papers(session, told)] if told else laws


def links_of_rows(session: Session, room_session_ids: list[int]) -> dict[str, tuple[str, str]]:
    """Return {subject of a law's row: (kind of page, public id)}: where to go to mend it."""
    links = {
        f"room_sessions:{key}": ("room", token)
        for key, token in session.execute(
            select(RoomSession.id, RoomSession.token).where(RoomSession.id.in_(room_session_ids))
        )
    }
    for key, token in session.execute(
        select(Placement.id, RoomSession.token)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .where(RoomSession.id.in_(room_session_ids), Placement.in_force)
    ):
        links[f"placements:{key}"] = ("room", token)
    for key, token in session.execute(
        select(Bag.id, Bag.token).where(Bag.room_session_id.in_(room_session_ids))
    ):
        links[f"bags:{key}"] = ("bag", token)
    return links


def paper_bags(session: Session, room_session_id: int) -> list[tuple[Bag, str, PaperCount | None]]:
    """Return a room's bags of question papers: each with its paper's code and its count."""
    rows = session.execute(
        select(Bag, Paper.code, PaperCount)
        .join(Sitting, Sitting.id == Bag.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .outerjoin(PaperCount, PaperCount.bag_id == Bag.id)
        .where(Bag.room_session_id == room_session_id, Bag.kind == BagKind.PAPERS)
        .order_by(Paper.code)
    )
    return [(bag, code, count) for bag, code, count in rows]


def exam_days(
    session: Session, actor: Actor, permissions: tuple[Permission, ...], zone: str
) -> list[date]:
    """Return the days on which rooms in the actor's reach run, each once, in order."""
    starts = starts_in_scope(session, actor, permissions)
    return sorted({at_venue(moment, zone).date() for moment in starts})

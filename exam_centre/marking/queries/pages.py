"""Lists for the pages of marking: rooms to code, bundles with their rounds, a marker's own work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.queries import names_of
from exam_centre.calendar.models import Deadline, Period, Series
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.marking.models import Allocation, Bundle, Mark, Moderation, SecretCode
from exam_centre.marking.queries.bundles import SEES_BUNDLES, tolerances_of
from exam_centre.marking.queries.marks import scripts_in
from exam_centre.marking.rules import AllocationStatus, BundleStatus
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import SCRIPT_MARKED
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.venues.models import Room, Venue

AFTER_THE_EXAM = (RoomDayStatus.CLOSED, RoomDayStatus.RECONCILED)


class Whereabouts(NamedTuple):
    """Where and when something was sat, in words for a list."""

    paper_code: str
    paper_name: str
    venue: str
    room: str
    period: str
    starts_at: datetime


@dataclass(frozen=True)
class RoomToCode:
    """One paper of one room whose scripts have no codes yet."""

    room_session_id: int
    room_session: str  # its token
    sitting_id: int
    where: Whereabouts
    seats: int
    is_reconciled: bool


@dataclass(frozen=True)
class RoundLine:
    """One marker's round of one bundle, and how far it is."""

    allocation: Allocation
    marker: str  # a name, for the office alone
    done: int  # codes with a mark or a status
    due: int


@dataclass(frozen=True)
class BundleLine:
    """One bundle with everyone who has a round of it."""

    bundle: Bundle
    where: Whereabouts
    first_code: str
    codes: int
    second_needed: bool
    rounds: dict[int, RoundLine] = field(default_factory=dict)

    @property
    def open_rounds(self) -> tuple[int, ...]:
        """The rounds that can be given to a marker now, the third one aside."""
        if self.bundle.status not in (BundleStatus.CODED, BundleStatus.MARKING):
            return ()
        due = (1, 2) if self.second_needed else (1,)
        return tuple(number for number in due if number not in self.rounds)


@dataclass(frozen=True)
class OwnLine:
    """One bundle as its marker sees it in the list: no room, no names."""

    allocation: Allocation
    paper_code: str
    paper_name: str
    first_code: str
    done: int
    due: int
    deadline: datetime | None

    @property
    def left(self) -> int:
        """How many marks are missing."""
        return self.due - self.done


def series_in_reach(
    session: Session, actor: Actor, permissions: Sequence[Permission]
) -> list[Series]:
    """Return the series that have rooms in the actor's reach, newest first."""
    rooms = reach(select(RoomSession.id), actor, permissions)
    wanted = select(Series).where(rooms.where(Period.series_id == Series.id).exists())
    return list(session.scalars(wanted.order_by(Series.id.desc())))


def rooms_to_code(session: Session, actor: Actor, series_id: int) -> list[RoomToCode]:
    """Return closed and reconciled rooms with scripts that have no codes, by time and room."""
    wanted = (
        select(
            RoomSession.id,
            RoomSession.token,
            Placement.sitting_id,
            *where_columns(),
            func.count(Placement.id),
            RoomDay.status,
        )
        .select_from(RoomSession)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(RoomDay, RoomDay.room_session_id == RoomSession.id)
    )
    coded = exists().where(
        Bundle.room_session_id == RoomSession.id, Bundle.sitting_id == Placement.sitting_id
    )
    rows = session.execute(
        reach(wanted, actor, [Permission.RUN_MARKING])
        .where(
            Period.series_id == series_id,
            Placement.in_force,
            Paper.mode.in_(SCRIPT_MARKED),
            RoomDay.status.in_(AFTER_THE_EXAM),
            ~coded,
        )
        .group_by(
            RoomSession.id, RoomSession.token, Placement.sitting_id, RoomDay.status,
            *where_columns(),
        )
        .order_by(Period.starts_at, Venue.name, Room.code, Paper.code)
    )  # fmt: skip
    return [
        RoomToCode(
            row[0], row[1], row[2], Whereabouts(*row[3:9]), row[9],
            row[10] is RoomDayStatus.RECONCILED,
        )
        for row in rows
    ]  # fmt: skip


def count_bundles(session: Session, actor: Actor, series_id: int) -> dict[BundleStatus, int]:
    """Return how many bundles of a series stand where, of those the actor may see."""
    wanted = select(Bundle.status, func.count(Bundle.id)).select_from(Bundle)
    rows = session.execute(
        _bundles(wanted, actor).where(Period.series_id == series_id).group_by(Bundle.status)
    )
    found: dict[BundleStatus, int] = dict(rows.all())
    return {status: found.get(status, 0) for status in BundleStatus}


def bundle_ids(session: Session, actor: Actor, series_id: int) -> list[int]:
    """Return the row numbers of the bundles of a series in the actor's reach."""
    wanted = _bundles(select(Bundle.id), actor).where(Period.series_id == series_id)
    return list(session.scalars(wanted))


def bundle_lines(
    session: Session,
    actor: Actor,
    series_id: int,
    *,
    status: Collection[BundleStatus] = tuple(BundleStatus),
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[BundleLine], int]:
    """Return some bundles of a series with their rounds, and how many there are altogether.

    text  a part of a paper's code or name, of a room or a venue, or a secret code.
    """
    condition = and_(Period.series_id == series_id, Bundle.status.in_(list(status)), _matches(text))
    wanted = _bundles(select(Bundle, *where_columns()), actor).join(
        Paper, Paper.id == Sitting.paper_id
    )
    counted = _bundles(select(func.count(Bundle.id)), actor).join(
        Paper, Paper.id == Sitting.paper_id
    )
    total = session.scalars(counted.where(condition)).one()
    rows = session.execute(
        wanted.where(condition).order_by(Bundle.id).offset(offset).limit(limit)
    ).all()
    return _lines(session, [(row[0], Whereabouts(*row[1:])) for row in rows]), total


def line_of(session: Session, bundle: Bundle) -> BundleLine:
    """Return one bundle with its rounds; whoever calls has asked who may see it."""
    row = session.execute(
        select(*where_columns())
        .select_from(Bundle)
        .join(RoomSession, RoomSession.id == Bundle.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Sitting, Sitting.id == Bundle.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(Bundle.id == bundle.id)
    ).one()
    return _lines(session, [(bundle, Whereabouts(*row))])[0]


def chase_list(session: Session, actor: Actor, series_id: int) -> list[tuple[BundleLine, int]]:
    """Return (bundle, round) of every round that is not submitted, those with most left first."""
    wanted = _bundles(select(Bundle, *where_columns()), actor).join(
        Paper, Paper.id == Sitting.paper_id
    )
    held = exists().where(
        Allocation.bundle_id == Bundle.id, Allocation.status == AllocationStatus.ALLOCATED
    )
    rows = session.execute(wanted.where(Period.series_id == series_id, held)).all()
    late = [
        (line, number)
        for line in _lines(session, [(row[0], Whereabouts(*row[1:])) for row in rows])
        for number, work in line.rounds.items()
        if work.allocation.status is AllocationStatus.ALLOCATED
    ]
    return sorted(late, key=lambda pair: pair[0].rounds[pair[1]].done - pair[0].rounds[pair[1]].due)


def deadline_for_marks(session: Session, series_id: int) -> datetime | None:
    """Return until when marks have to be in, or None."""
    return session.scalar(
        select(Deadline.at).where(
            Deadline.series_id == series_id, Deadline.kind == DeadlineKind.MARKS
        )
    )


def own_lines(session: Session, actor: Actor) -> list[OwnLine]:
    """Return what the actor has to mark and has marked, in the order it was given."""
    first = (
        select(func.min(SecretCode.position))
        .where(SecretCode.bundle_id == Bundle.id)
        .correlate(Bundle)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Allocation, Paper.code, Paper.name, SecretCode.code, Deadline.at)
        .join(Bundle, Bundle.id == Allocation.bundle_id)
        .join(Sitting, Sitting.id == Bundle.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(Period, Period.id == Sitting.period_id)
        .join(SecretCode, and_(SecretCode.bundle_id == Bundle.id, SecretCode.position == first))
        .outerjoin(
            Deadline,
            and_(Deadline.series_id == Period.series_id, Deadline.kind == DeadlineKind.MARKS),
        )
        .where(
            Allocation.marker_id == actor.person_id,
            Allocation.status != AllocationStatus.RETURNED,
        )
        .order_by(Allocation.id)
    ).all()
    progress = progress_of(session, [row[0] for row in rows])
    return [OwnLine(row[0], row[1], row[2], row[3], *progress[row[0].id], row[4]) for row in rows]


def progress_of(session: Session, allocations: Sequence[Allocation]) -> dict[int, tuple[int, int]]:
    """Return allocation id -> (codes with a mark or status in its round, codes it has to mark)."""
    bundle_keys = {allocation.bundle_id for allocation in allocations}
    codes: dict[int, int] = dict(
        session.execute(
            select(SecretCode.bundle_id, func.count(SecretCode.id))
            .where(SecretCode.bundle_id.in_(bundle_keys))
            .group_by(SecretCode.bundle_id)
        ).all()
    )
    marks = {
        (bundle_id, number): count
        for bundle_id, number, count in session.execute(
            select(SecretCode.bundle_id, Mark.round, func.count(Mark.id))
            .join(SecretCode, SecretCode.id == Mark.secret_code_id)
            .where(SecretCode.bundle_id.in_(bundle_keys))
            .group_by(SecretCode.bundle_id, Mark.round)
        )
    }
    thirds = {a.bundle_id for a in allocations if a.round == 3}
    asked = {
        key: sum(script.is_disputed or 3 in script.rounds for script in scripts)
        for key, scripts in (scripts_in(session, thirds) if thirds else {}).items()
    }
    return {
        a.id: (
            marks.get((a.bundle_id, a.round), 0),
            asked[a.bundle_id] if a.round == 3 else codes.get(a.bundle_id, 0),
        )
        for a in allocations
    }


def moderation_lines(session: Session, actor: Actor) -> list[tuple[BundleLine, int, int, bool]]:
    """Return (bundle, scripts in its sample, of them read, whether it is the actor's own sample).

    The bundles with final marks in the reach of a moderator; no sample yet: 0 scripts.
    """
    wanted = _bundles(select(Bundle, *where_columns()), actor, [Permission.MODERATE]).join(
        Paper, Paper.id == Sitting.paper_id
    )
    rows = session.execute(
        wanted.where(Bundle.status == BundleStatus.FINAL).order_by(Bundle.id)
    ).all()
    lines = _lines(session, [(row[0], Whereabouts(*row[1:])) for row in rows])
    samples: dict[int, list[Moderation]] = {}
    for bundle_id, row in session.execute(
        select(SecretCode.bundle_id, Moderation)
        .join(SecretCode, SecretCode.id == Moderation.secret_code_id)
        .where(SecretCode.bundle_id.in_([line.bundle.id for line in lines]))
    ):
        samples.setdefault(bundle_id, []).append(row)
    return [
        (
            line,
            len(drawn := samples.get(line.bundle.id, [])),
            sum(row.score is not None for row in drawn),
            any(row.moderator_id == actor.person_id for row in drawn),
        )
        for line in lines
    ]


def bundles_to_approve(session: Session, actor: Actor) -> list[BundleLine]:
    """Return the moderated bundles in the reach of an approver, oldest first."""
    wanted = _bundles(select(Bundle, *where_columns()), actor, [Permission.APPROVE_RESULTS]).join(
        Paper, Paper.id == Sitting.paper_id
    )
    rows = session.execute(
        wanted.where(Bundle.status == BundleStatus.MODERATED).order_by(Bundle.id)
    ).all()
    return _lines(session, [(row[0], Whereabouts(*row[1:])) for row in rows])


def rooms_in(session: Session, actor: Actor, series_id: int) -> list[int]:
    """Return the reconciled room sessions with scripts that the actor's marking covers."""
    wanted = reach(select(RoomSession.id), actor, [Permission.RUN_MARKING]).join(
        RoomDay, RoomDay.room_session_id == RoomSession.id
    )
    return list(
        session.scalars(
            wanted.where(Period.series_id == series_id, RoomDay.status == RoomDayStatus.RECONCILED)
        )
    )


def _lines(session: Session, found: Sequence[tuple[Bundle, Whereabouts]]) -> list[BundleLine]:
    keys = [bundle.id for bundle, _ in found]
    allocations = session.scalars(
        select(Allocation).where(
            Allocation.bundle_id.in_(keys), Allocation.status != AllocationStatus.RETURNED
        )
    ).all()
    progress = progress_of(session, allocations)
    names = names_of(session, {allocation.marker_id for allocation in allocations})
    rounds: dict[int, dict[int, RoundLine]] = {}
    for each in sorted(allocations, key=lambda allocation: allocation.round):
        line = RoundLine(each, names[each.marker_id], *progress[each.id])
        rounds.setdefault(each.bundle_id, {})[each.round] = line
    codes = session.execute(
        select(SecretCode.bundle_id, SecretCode.position, SecretCode.code)
        .where(SecretCode.bundle_id.in_(keys))
        .order_by(SecretCode.bundle_id, SecretCode.position)
    ).all()
    of_bundle: dict[int, list[str]] = {}
    for bundle_id, _, code in codes:
        of_bundle.setdefault(bundle_id, []).append(code)
    tolerances = tolerances_of(session, keys)
    return [
        BundleLine(
            bundle=bundle,
            where=where,
            first_code=of_bundle[bundle.id][0],
            codes=len(of_bundle[bundle.id]),
            second_needed=tolerances[bundle.id][1],
            rounds=rounds.get(bundle.id, {}),
        )
        for bundle, where in found
    ]


def _matches(text: str) -> ColumnElement[bool]:
    if not text:
        return Bundle.id.is_not(None)
    part = text.replace(" ", "")
    with_code = select(SecretCode.bundle_id).where(SecretCode.code == part)
    named = [
        column.contains(text, autoescape=True)
        for column in (Paper.code, Paper.name, Venue.name, Room.code)
    ]
    return or_(*named, Bundle.id.in_(with_code))


def where_columns() -> tuple[Any, ...]:
    return Paper.code, Paper.name, Venue.name, Room.code, Period.code, Period.starts_at


def _bundles(wanted: Any, actor: Actor, permissions: Sequence[Permission] = SEES_BUNDLES) -> Any:
    joined = wanted.join(RoomSession, RoomSession.id == Bundle.room_session_id)
    return reach(joined, actor, permissions).join(Sitting, Sitting.id == Bundle.sitting_id)


def reach(wanted: Any, actor: Actor, permissions: Sequence[Permission]) -> Any:
    """Join a query of room sessions to where they are, and keep it inside the actor's reach."""
    return (
        wanted.join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            within(
                actor,
                permissions,
                unit_path=Unit.path,
                venue_id=Venue.id,
                series_id=Period.series_id,
                room_id=Room.id,
            )
        )
    )

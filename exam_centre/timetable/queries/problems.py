"""The independent validator: hard violations of a plan, found without the rules that placed it.

It shares no check with the placing: whoever placed, by hand or by a solver, is checked by this.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Conflict, Employment
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import rules_of
from exam_centre.entries.models import AccessArrangement, Candidate, Entry
from exam_centre.entries.rules import AccessKind, EntryStatus, RequestStatus
from exam_centre.organisation.models import Shift
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Duty, HeldOver, Placement, Plan, RoomSession, Sitting
from exam_centre.timetable.queries.paper_times import out_of_order, outside_windows
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import OFF_DUTY, DutyRole
from exam_centre.venues.models import Layout, Room, RoomBooking, Seat, Venue
from exam_centre.venues.rules import RoomKind, VenueStatus

COMPUTER_ONLY_MODES = (Mode.COMPUTER,)
WORKSHOP_MODES = (Mode.PRACTICAL,)


@dataclass(frozen=True)
class Problem:
    """One hard violation: its stable kind, and the rows it is about, e.g. "placements:81"."""

    kind: str
    subjects: tuple[str, ...]


class _Line(NamedTuple):
    """One placement with everything around it, as one statement gives it."""

    placement: Placement
    entry: Entry
    person_id: int  # the candidate's
    paper: Paper
    sitting: Sitting
    room_session: RoomSession
    period: Period
    seat: Seat
    layout: Layout
    room: Room
    venue: Venue


def problems(session: Session, plan: Plan) -> list[Problem]:
    """Return every hard violation in what holds once `plan` is in force; empty: it is clean."""
    plan_ids, series_id = versions(session, plan), plan.series_id
    lines = _lines(session, plan_ids)
    granted = _granted(session, series_id)
    held = {
        h.second_entry_id: h
        for h in session.scalars(select(HeldOver).where(HeldOver.plan_id.in_(plan_ids)))
    }
    found = [
        *_of_one(lines, granted, held, _newest_layouts(session), series_id),
        *_overlaps("person_in_two_places", lines, lambda line: line.placement.person_id),
        *_overlaps("two_people_on_a_seat", lines, lambda line: line.placement.seat_id),
        *_twice(lines),
        *_not_alone(lines, granted),
        *_short_isolation(lines, held),
        *_booked(session, plan_ids),
        *_at_work(session, plan, plan_ids),
        *_tied_invigilators(session, plan_ids),
        *(Problem("outside_window", at) for at in outside_windows(session, series_id, plan_ids)),
        *(Problem("papers_out_of_order", at) for at in out_of_order(session, series_id, plan_ids)),
    ]
    return sorted(found, key=lambda problem: (problem.kind, problem.subjects))


def problem_counts(found: Iterable[Problem]) -> list[tuple[str, int]]:
    """Return (kind, how many), the most frequent first."""
    return Counter(problem.kind for problem in found).most_common()


def _lines(session: Session, plan_ids: Sequence[int]) -> list[_Line]:
    rows = session.execute(
        select(
            Placement,
            Entry,
            Candidate.person_id,
            Paper,
            Sitting,
            RoomSession,
            Period,
            Seat,
            Layout,
            Room,
            Venue,
        )
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Layout, Layout.id == Seat.layout_id)
        .join(Room, Room.id == Layout.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(standing(plan_ids))
        .order_by(Placement.id)
    )
    return [_Line(*row) for row in rows]


def _granted(session: Session, series_id: int) -> dict[int, dict[AccessKind, Decimal]]:
    """Return {candidate: {kind: percent, 0 where it is none}} of what was approved."""
    granted: dict[int, dict[AccessKind, Decimal]] = defaultdict(dict)
    for arrangement in session.scalars(
        select(AccessArrangement).where(
            AccessArrangement.series_id == series_id,
            AccessArrangement.status == RequestStatus.APPROVED,
        )
    ):
        percent = arrangement.extra_percent or Decimal(0)
        granted[arrangement.candidate_id][arrangement.kind] = percent
    return granted


def _newest_layouts(session: Session) -> dict[int, int]:
    rows = session.execute(
        select(Layout.room_id, func.max(Layout.version)).group_by(Layout.room_id)
    )
    return dict(rows.all())


def _of_one(
    lines: Sequence[_Line],
    granted: dict[int, dict[AccessKind, Decimal]],
    held: dict[int, HeldOver],
    newest: dict[int, int],
    series_id: int,
) -> Iterator[Problem]:
    """Yield what is wrong with a placement by itself."""
    for line in lines:
        grants = granted.get(line.entry.candidate_id, {})
        extra = grants.get(AccessKind.EXTRA_TIME, Decimal(0))
        wrong = {
            "not_confirmed": line.entry.status is not EntryStatus.CONFIRMED,
            "another_person": line.placement.person_id != line.person_id,
            "another_paper": line.sitting.paper_id != line.entry.paper_id,
            "another_period": line.sitting.period_id != line.room_session.period_id,
            "another_series": {line.entry.series_id, line.period.series_id} != {series_id},
            "another_room": line.room_session.room_id != line.room.id,
            "old_layout": newest[line.room.id] != line.layout.version,
            "wrong_room_kind": not _fits(line.paper.mode, line.room.kind),
            "venue_not_approved": not _approved(line),
            "wrong_length": not _right_length(line, extra),
            "outside_period": line.entry.id not in held and not _inside(line),
            "no_wheelchair_desk": AccessKind.WHEELCHAIR in grants and not line.seat.wheelchair,
        }
        for kind, is_wrong in wrong.items():
            if is_wrong:
                yield Problem(kind, (f"placements:{line.placement.id}",))


def _fits(mode: Mode, kind: RoomKind) -> bool:
    if kind is RoomKind.WORKSHOP:
        return mode in WORKSHOP_MODES
    if kind is RoomKind.COMPUTER:
        return mode not in WORKSHOP_MODES
    return mode not in COMPUTER_ONLY_MODES + WORKSHOP_MODES


def _approved(line: _Line) -> bool:
    day = line.placement.starts_at.astimezone(ZoneInfo(line.venue.time_zone)).date()
    until = line.venue.approved_until
    return line.venue.status is VenueStatus.APPROVED and (until is None or day <= until)


def _right_length(line: _Line, extra: Decimal) -> bool:
    """Whether the person has the paper's minutes and the extra part, to the second."""
    length = (line.placement.ends_at - line.placement.starts_at).total_seconds()
    due = Decimal(line.paper.minutes or 0) * 60 * (100 + extra) / 100
    return 0 <= Decimal(str(length)) - due < 1


def _inside(line: _Line) -> bool:
    needed = timedelta(minutes=line.paper.minutes or 0)
    starts = line.placement.starts_at
    return line.period.starts_at <= starts and starts + needed <= line.period.ends_at


def _overlaps(kind: str, lines: Sequence[_Line], key: Callable[[_Line], int]) -> Iterator[Problem]:
    """Yield pairs that share a moment, by a sweep over each group in order of start."""
    groups: dict[int, list[Placement]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line.placement)
    for group in groups.values():
        group.sort(key=lambda p: (p.starts_at, p.id))
        last = group[0]
        for placement in group[1:]:
            if placement.starts_at < last.ends_at:
                yield Problem(kind, (f"placements:{last.id}", f"placements:{placement.id}"))
            last = max(last, placement, key=lambda p: p.ends_at)


def _twice(lines: Sequence[_Line]) -> Iterator[Problem]:
    seen = Counter(line.entry.id for line in lines)
    for entry_id, count in seen.items():
        if count > 1:
            yield Problem("entry_placed_twice", (f"entries:{entry_id}",))


def _not_alone(
    lines: Sequence[_Line], granted: dict[int, dict[AccessKind, Decimal]]
) -> Iterator[Problem]:
    rooms: dict[int, list[_Line]] = defaultdict(list)
    for line in lines:
        rooms[line.room.id].append(line)
    for line in lines:
        if AccessKind.ALONE not in granted.get(line.entry.candidate_id, {}):
            continue
        mine = line.placement
        for other in rooms[line.room.id]:
            beside = other.placement
            if beside.id != mine.id and not (
                beside.ends_at <= mine.starts_at or mine.ends_at <= beside.starts_at
            ):
                yield Problem("not_alone", (f"placements:{mine.id}", f"placements:{beside.id}"))


def _short_isolation(lines: Sequence[_Line], held: dict[int, HeldOver]) -> Iterator[Problem]:
    by_entry = {line.entry.id: line.placement for line in lines}
    for row in held.values():
        first = by_entry.get(row.first_entry_id)
        second = by_entry.get(row.second_entry_id)
        if second is None:
            continue
        unbroken = (
            first is not None
            and first.ends_at <= row.isolated_from
            and row.isolated_until <= second.starts_at
        )
        if not unbroken:
            yield Problem("isolation_broken", (f"held_overs:{row.id}",))


def _booked(session: Session, plan_ids: Sequence[int]) -> Iterator[Problem]:
    for placement_id, booking_id in session.execute(
        select(Placement.id, RoomBooking.id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(
            RoomBooking,
            and_(
                RoomBooking.room_id == RoomSession.room_id,
                RoomBooking.starts_at < Placement.ends_at,
                RoomBooking.ends_at > Placement.starts_at,
            ),
        )
        .where(standing(plan_ids))
    ):
        subjects = (f"placements:{placement_id}", f"room_bookings:{booking_id}")
        yield Problem("room_booked", subjects)


def _at_work(session: Session, plan: Plan, plan_ids: Sequence[int]) -> Iterator[Problem]:
    """Yield placements during a shift of the person, or within the rest after a night's one."""
    rest = timedelta(minutes=rules_of(session, plan.series_id).rest_after_night_minutes)
    first = session.scalar(select(func.min(Placement.starts_at)).where(standing(plan_ids)))
    last = session.scalar(select(func.max(Placement.ends_at)).where(standing(plan_ids)))
    if first is None or last is None:
        return
    shifts: dict[tuple[int, str, str], list[Shift]] = defaultdict(list)
    for shift in session.scalars(
        select(Shift).where(Shift.ends_at > first - rest, Shift.starts_at < last)
    ):
        shifts[shift.enterprise_id, shift.team, shift.work_no].append(shift)
    for placement, work, zone in session.execute(
        select(Placement, Employment, Venue.time_zone)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(
            Employment,
            and_(Employment.person_id == Placement.person_id, Employment.until.is_(None)),
        )
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(standing(plan_ids), ~Entry.works_through_shift)
    ):
        theirs = [
            *(shifts[work.enterprise_id, work.team, ""] if work.team else ()),
            *(shifts[work.enterprise_id, "", work.work_no] if work.work_no else ()),
            *(shifts[work.enterprise_id, work.team, work.work_no] if work.team else ()),
        ]
        for shift in theirs:
            if _keeps_from(shift, placement, zone, rest):
                subjects = (f"placements:{placement.id}", f"shifts:{shift.id}")
                yield Problem("at_work", subjects)


def _keeps_from(shift: Shift, placement: Placement, zone: str, rest: timedelta) -> bool:
    there = ZoneInfo(zone)
    days = [moment.astimezone(there).date() for moment in (shift.starts_at, shift.ends_at)]
    free: datetime = shift.ends_at + (rest if days[0] < days[1] else timedelta(0))
    return shift.starts_at < placement.ends_at and placement.starts_at < free


def _tied_invigilators(session: Session, plan_ids: Sequence[int]) -> Iterator[Problem]:
    """Yield first and second invigilators tied to somebody who sits in their room."""
    for duty_id, placement_id in session.execute(
        select(Duty.id, Placement.id)
        .join(Placement, Placement.room_session_id == Duty.room_session_id)
        .join(
            Conflict,
            or_(
                and_(
                    Conflict.person_id == Duty.person_id,
                    Conflict.other_id == Placement.person_id,
                ),
                and_(
                    Conflict.other_id == Duty.person_id,
                    Conflict.person_id == Placement.person_id,
                ),
            ),
        )
        .where(
            standing(plan_ids),
            Duty.plan_id.in_(plan_ids),
            Duty.status.not_in(OFF_DUTY),
            Duty.role.in_([DutyRole.FIRST, DutyRole.SECOND]),
        )
        .distinct()
    ):
        yield Problem("tied_invigilator", (f"duties:{duty_id}", f"placements:{placement_id}"))

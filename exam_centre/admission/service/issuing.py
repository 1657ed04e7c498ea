"""Slips of a whole series, a portion of people at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from exam_centre.admission import queries
from exam_centre.admission.models import Attendance, Slip, SlipLine
from exam_centre.admission.rules import (
    AttendanceStatus,
    Identity,
    SlipsNotPublished,
    SlipStatus,
    new_short_code,
)
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Entry
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.timetable.models import Placement, Plan
from exam_centre.timetable.queries import plan_in_force
from exam_centre.timetable.rules import PlanStatus

PORTION = 500  # candidates in one transaction
Progress = Callable[[int, int], None]


def issue_slips_of_series(
    session: Session,
    actor: Actor,
    series: Series,
    now: datetime,
    progress: Progress | None = None,
) -> int:
    """Issue every slip that is due among the actor's candidates; returns how many.

    Doing it again issues nothing: a slip is due where none names exactly the placements in force.
    progress  is told (done, total) after each portion, inside the caller's transaction.
    Raises    Forbidden, SlipsNotPublished.
    """
    check_issuing(session, actor, series)
    due = queries.candidates_to_print(session, actor, series.id, only_due=True)
    issued = 0
    for start in range(0, len(due), PORTION):
        issued += issue_slips(session, actor, series, due[start : start + PORTION], now=now)
        if progress is not None:
            progress(min(start + PORTION, len(due)), len(due))
    return issued


def issue_slips(
    session: Session,
    actor: Actor,
    series: Series,
    candidate_ids: Sequence[int],
    *,
    now: datetime,
) -> int:
    """Issue the slips of some candidates, voiding the ones before; returns how many.

    Who has no seat, or is not the actor's to print for, gets none. Raises as the whole series.
    """
    plan = check_issuing(session, actor, series)
    mine = set(queries.candidates_to_print(session, actor, series.id))
    wanted = [each for each in candidate_ids if each in mine]
    placements: dict[int, list[int]] = {}
    for candidate_id, placement_id in session.execute(
        select(Entry.candidate_id, Placement.id)
        .join(Placement, Placement.entry_id == Entry.id)
        .where(
            Entry.series_id == series.id,
            Entry.candidate_id.in_(wanted),
            Placement.in_force,
        )
        .order_by(Entry.candidate_id, Placement.starts_at)
    ):
        placements.setdefault(candidate_id, []).append(placement_id)
    numbers = _void(session, series.id, list(placements))
    slips = [
        Slip(
            candidate_id=candidate_id,
            series_id=series.id,
            number=numbers.get(candidate_id, 0) + 1,
            short_code=new_short_code(),
            plan_id=plan.id,
            status=SlipStatus.VALID,
            issued_at=now,
        )
        for candidate_id in placements
    ]
    session.add_all(slips)
    session.flush()
    lines = [
        {"slip_id": slip.id, "placement_id": placement_id}
        for slip in slips
        for placement_id in placements[slip.candidate_id]
    ]
    if lines:
        session.execute(insert(SlipLine), lines)
        expect(session, [line["placement_id"] for line in lines])
        audit.record_all(session, actor, "admission.slip_issued", slips, now)
    return len(slips)


def check_issuing(session: Session, actor: Actor, series: Series) -> Plan:
    """Return the plan whose slips are issued. Raises Forbidden, SlipsNotPublished."""
    actor.require(Permission.ISSUE_SLIPS)
    plan = plan_in_force(session, series.id)
    if plan is None or plan.status is not PlanStatus.FROZEN:
        raise SlipsNotPublished
    return plan


def expect(session: Session, placement_ids: Sequence[int]) -> None:
    """Write down that these people are expected, where nobody wrote about them yet."""
    known = set(
        session.scalars(
            select(Attendance.placement_id).where(Attendance.placement_id.in_(placement_ids))
        )
    )
    rows = [
        {
            "placement_id": placement_id,
            "status": AttendanceStatus.EXPECTED,
            "identity": Identity.NOT_CHECKED,
            "recheck": Identity.NOT_CHECKED,
        }
        for placement_id in placement_ids
        if placement_id not in known
    ]
    if rows:
        session.execute(insert(Attendance), rows)


def _void(session: Session, series_id: int, candidate_ids: list[int]) -> dict[int, int]:
    """End the valid slips of these candidates; return {candidate: their newest version}."""
    mine = Slip.series_id == series_id, Slip.candidate_id.in_(candidate_ids)
    for slip in session.scalars(select(Slip).where(*mine, Slip.status == SlipStatus.VALID)):
        slip.move_to(SlipStatus.REPLACED)
    session.flush()
    rows = session.execute(
        select(Slip.candidate_id, func.max(Slip.number)).where(*mine).group_by(Slip.candidate_id)
    )
    return dict(rows.all())

"""The duty roster of a plan: who leads, who watches which room, who guards the isolated."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.solver.park import Role as StaffRole
from exam_centre.solver.park import Roster, draw_roster
from exam_centre.timetable import queries
from exam_centre.timetable.models import Duty, HeldOver, Plan, RoomSession
from exam_centre.timetable.queries.rostering import Rostering, rostering_of
from exam_centre.timetable.queries.stand_ins import duties_each
from exam_centre.timetable.rules import (
    OFF_DUTY,
    DutyRole,
    DutyStatus,
    PlanIsClosed,
    PlanStatus,
)
from exam_centre.timetable.service.writing import insert_rows
from exam_centre.venues.models import Room

ROLES: dict[StaffRole, DutyRole] = {
    StaffRole.CHIEF: DutyRole.CHIEF,
    StaffRole.FIRST: DutyRole.FIRST,
    StaffRole.SECOND: DutyRole.SECOND,
    StaffRole.FURTHER: DutyRole.ROVER,
}


@dataclass(frozen=True)
class Rostered:
    """How many duties were offered, and how many people are still lacking."""

    offered: int  # by this act
    standing: int  # all duties of the series that somebody has
    lacking: int
    most: int  # duties of one person
    least: int  # of those who have any


def roster_plan(
    session: Session,
    actor: Actor,
    plan: Plan,
    *,
    seed: int = 0,
    quota: int | None = None,
    now: datetime,
) -> Rostered:
    """Offer the duties a plan needs to the staff, evenly; what is manned already stays.

    In a draft the offers made before are made anew. Nobody who is away, untrained, sitting a paper
    or tied to somebody in the room is asked. One row of the trail for all.
    Raises PlanIsClosed for a discarded plan, NothingToPlan.
    """
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    if plan.status is PlanStatus.DISCARDED:
        raise PlanIsClosed(plan.number, plan.status)
    if plan.status is PlanStatus.DRAFT:
        session.execute(
            delete(Duty).where(Duty.plan_id == plan.id, Duty.status == DutyStatus.OFFERED)
        )
    planning = queries.problem_of(session, session.get_one(Series, plan.series_id))
    told = rostering_of(session, plan, planning, quota=quota)
    found = draw_roster(told.planning.problem, told.placing, told.staff, told.rules, seed=seed)
    rows = [*_duties(plan, told, found), *_supervisors(session, plan)]
    insert_rows(session, Duty, rows)
    loads = duties_each(session, plan.series_id).values()
    result = Rostered(
        offered=len(rows),
        standing=sum(loads),
        lacking=sum(
            people
            for period, venue, room, people in found.short
            if room >= 0 or (venue, period) not in told.led
        ),
        most=max(loads, default=0),
        least=min(loads, default=0),
    )
    plan.summary = dict(plan.summary) | {"roster": asdict(result)}
    audit.record(session, actor, "timetable.rostered", plan, now)
    return result


def _duties(plan: Plan, told: Rostering, found: Roster) -> list[dict[str, Any]]:
    rows = []
    for staff, period, venue, room, role in zip(
        found.staff.tolist(),
        found.period.tolist(),
        found.venue.tolist(),
        found.room.tolist(),
        found.role.tolist(),
        strict=True,
    ):
        if room < 0 and (venue, period) in told.led:
            continue
        row = _row(plan, told.helpers[staff].person_id, ROLES[StaffRole(role)])
        rows.append(
            row
            | {
                "period_id": told.planning.periods[period].id,
                "venue_id": told.planning.desks.venues[venue].id,
                "room_session_id": told.room_sessions[room, period] if room >= 0 else None,
            }
        )
    return rows


def _supervisors(session: Session, plan: Plan) -> list[dict[str, Any]]:
    """Return one duty for each supervisor and period of this version's isolations."""
    known = {
        (person_id, period_id)
        for person_id, period_id in session.execute(
            select(Duty.person_id, Duty.period_id).where(Duty.status.not_in(OFF_DUTY))
        )
    }
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for person_id, period_id, room_session_id, venue_id in session.execute(
        select(
            HeldOver.supervisor_id,
            RoomSession.period_id,
            HeldOver.room_session_id,
            Room.venue_id,
        )
        .join(RoomSession, RoomSession.id == HeldOver.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(HeldOver.plan_id == plan.id)
        .order_by(HeldOver.id)
    ):
        if (person_id, period_id) not in known:
            rows.setdefault(
                (person_id, period_id),
                _row(plan, person_id, DutyRole.SUPERVISOR)
                | {
                    "period_id": period_id,
                    "venue_id": venue_id,
                    "room_session_id": room_session_id,
                },
            )
    return list(rows.values())


def _row(plan: Plan, person_id: int, role: DutyRole) -> dict[str, Any]:
    return {
        "plan_id": plan.id,
        "person_id": person_id,
        "role": role,
        "status": DutyStatus.OFFERED,
        "version": 1,
    }

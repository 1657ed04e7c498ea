"""Staff and rooms as the roster's search takes them, with what is settled already left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import rules_of
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Park
from exam_centre.solver.park import DutyRules, Placing, Staff
from exam_centre.timetable.models import Duty, HeldOver, Placement, Plan, RoomSession
from exam_centre.timetable.queries.columns import degrees, flags, ints
from exam_centre.timetable.queries.kept import Kept, kept_places
from exam_centre.timetable.queries.problem import Planning
from exam_centre.timetable.queries.staff import Helper, helpers_of, teams_of
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import OFF_DUTY, DutyRole

LEAST_IN_ROOM = 2


@dataclass(frozen=True)
class Rostering:
    """What the roster's search is told, and the rows behind its indices."""

    planning: Planning
    placing: Placing  # only the rooms that lack somebody
    helpers: list[Helper]
    staff: Staff
    rules: DutyRules
    room_sessions: dict[tuple[int, int], int]  # (room, period) by index -> row id
    led: frozenset[tuple[int, int]]  # (venue, period) by index: somebody leads it already


def rostering_of(
    session: Session, plan: Plan, planning: Planning, *, quota: int | None = None
) -> Rostering:
    """Return what a roster for `plan` has to fill. quota: duties a person, None for no limit."""
    helpers = helpers_of(session, plan.series_id)
    kept = kept_places(session, plan, planning, own=True)
    row_ids = _room_sessions(session, planning)
    duties = list(
        session.scalars(
            select(Duty)
            .join(Period, Period.id == Duty.period_id)
            .where(Period.series_id == plan.series_id, Duty.status.not_in(OFF_DUTY))
        )
    )
    manned = {d.room_session_id for d in duties if d.role in (DutyRole.FIRST, DutyRole.SECOND)}
    venue = {line.id: n for n, line in enumerate(planning.desks.venues)}
    period = {line.id: n for n, line in enumerate(planning.periods)}
    return Rostering(
        planning=planning,
        placing=_placing(planning, kept, row_ids, manned),
        helpers=helpers,
        staff=_staff(session, plan, planning, helpers, duties, quota),
        rules=DutyRules(
            candidates_per_invigilator=rules_of(session, plan.series_id).candidates_per_invigilator,
            least_in_room=LEAST_IN_ROOM,
            ties=_ties(planning, helpers),
        ),
        room_sessions=row_ids,
        led=frozenset(
            (venue[d.venue_id], period[d.period_id])
            for d in duties
            if d.role is DutyRole.CHIEF and d.venue_id in venue
        ),
    )


def _room_sessions(session: Session, planning: Planning) -> dict[tuple[int, int], int]:
    room = {line.id: n for n, line in enumerate(planning.desks.rooms)}
    period = {line.id: n for n, line in enumerate(planning.periods)}
    rows = session.execute(
        select(RoomSession.room_id, RoomSession.period_id, RoomSession.id)
        .join(Period, Period.id == RoomSession.period_id)
        .where(Period.series_id == planning.series.id)
    )
    return {
        (room[room_id], period[period_id]): row_id
        for room_id, period_id, row_id in rows
        if room_id in room
    }


def _placing(
    planning: Planning, kept: Kept, row_ids: dict[tuple[int, int], int], manned: set[int | None]
) -> Placing:
    count = len(planning.entries)
    columns = np.full((6, count), -1, dtype=np.int32)
    own = planning.problem.own_minutes()
    for entry, (period, room, seat, first) in kept.places.items():
        if row_ids.get((room, period)) in manned:
            continue
        start = int(planning.problem.periods.start[period])
        columns[:, entry] = (period, room, seat, start, start + int(own[entry]), first)
    return Placing(*columns)


def _staff(
    session: Session,
    plan: Plan,
    planning: Planning,
    helpers: Sequence[Helper],
    duties: Sequence[Duty],
    quota: int | None,
) -> Staff:
    homes = _homes(session, planning)
    middle = (
        float(planning.problem.venues.latitude.mean()),
        float(planning.problem.venues.longitude.mean()),
    )
    at = [next((homes[u] for u in sorted(h.units) if u in homes), middle) for h in helpers]
    roles_known = any(h.roles & {Role.INVIGILATOR, Role.CHIEF} for h in helpers)
    leads_known = any(Role.CHIEF in h.roles for h in helpers)
    teams = _team_numbers(planning, session, helpers)
    return Staff(
        latitude=degrees([place[0] for place in at]),
        longitude=degrees([place[1] for place in at]),
        available=_available(session, plan, planning, helpers, duties),
        may_invigilate=flags(
            [not roles_known or bool(h.roles & {Role.INVIGILATOR, Role.CHIEF}) for h in helpers]
        ),
        may_lead=flags([not leads_known or Role.CHIEF in h.roles for h in helpers]),
        quota=ints([len(planning.periods) if quota is None else quota] * len(helpers)),
        team=ints(teams),
    )


def _homes(session: Session, planning: Planning) -> dict[int, tuple[float, float]]:
    """Return {unit: where its staff set out}: at its park, or else at one of its venues."""
    homes = {v.unit_id: (v.latitude, v.longitude) for v in reversed(planning.desks.venues)}
    rows = session.execute(select(Park.unit_id, Park.latitude, Park.longitude))
    return homes | {unit: (float(latitude), float(longitude)) for unit, latitude, longitude in rows}


def _team_numbers(planning: Planning, session: Session, helpers: Sequence[Helper]) -> list[int]:
    """Return the helpers' teams as the problem numbers its candidates' ones, -1 for none."""
    from_person = {
        person: int(planning.problem.candidates.team[n]) for n, person in enumerate(planning.people)
    }
    numbers: dict[tuple[int, str], int] = {}
    for person, team in teams_of(session).items():
        number = from_person.get(person, -1)
        if number >= 0:
            numbers[team] = number
    return [numbers.get(h.team, -1) if h.team is not None else -1 for h in helpers]


def _available(
    session: Session,
    plan: Plan,
    planning: Planning,
    helpers: Sequence[Helper],
    duties: Sequence[Duty],
) -> NDArray[np.bool_]:
    """Return (F, P): trained and not away that day, no other duty, and no paper of their own."""
    table = np.zeros((len(helpers), len(planning.periods)), dtype=np.bool_)
    sits = _own_papers(session, plan, {h.person_id for h in helpers})
    busy = {(d.person_id, d.period_id) for d in duties}
    busy |= _supervising(session, plan)
    for f, helper in enumerate(helpers):
        for p, period in enumerate(planning.periods):
            day = clock.at_venue(period.starts_at, planning.series.time_zone).date()
            own_paper = any(
                starts < period.ends_at and period.starts_at < ends
                for starts, ends in sits.get(helper.person_id, ())
            )
            table[f, p] = (
                helper.may_serve(day)
                and not own_paper
                and (helper.person_id, period.id) not in busy
            )
    return table


def _own_papers(
    session: Session, plan: Plan, people: set[int]
) -> dict[int, list[tuple[datetime, datetime]]]:
    spans: dict[int, list[tuple[datetime, datetime]]] = {}
    for person_id, starts_at, ends_at in session.execute(
        select(Placement.person_id, Placement.starts_at, Placement.ends_at).where(
            standing(versions(session, plan))
        )
    ):
        if person_id in people:
            spans.setdefault(person_id, []).append((starts_at, ends_at))
    return spans


def _supervising(session: Session, plan: Plan) -> set[tuple[int, int]]:
    """Return (person, period) of those who guard somebody held over."""
    rows = session.execute(
        select(HeldOver.supervisor_id, RoomSession.period_id)
        .join(RoomSession, RoomSession.id == HeldOver.room_session_id)
        .where(HeldOver.plan_id.in_(versions(session, plan)))
    )
    return {(person_id, period_id) for person_id, period_id in rows}


def _ties(planning: Planning, helpers: Sequence[Helper]) -> NDArray[np.int32]:
    candidate = {person: n for n, person in enumerate(planning.people)}
    pairs = [
        (f, candidate[person])
        for f, helper in enumerate(helpers)
        for person in sorted(helper.tied)
        if person in candidate
    ]
    return np.array(pairs, dtype=np.int32).reshape(-1, 2)

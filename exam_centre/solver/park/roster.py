"""Stage 5: who is on duty where. First person by period and venue, then room by room.

The first step is one minimum-cost flow over the whole series: every further duty of a person costs
more than the one before, so that loads come out even, and journeys settle what is left open. The
second step is one small flow a venue and period, which keeps people from their relatives and teams.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from exam_centre.solver.engine.compiled import below, stream
from exam_centre.solver.park.geography import kilometres
from exam_centre.solver.park.plan import Placing
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.staff import DutyRules, Role, Roster, Session, Staff, sessions

NEAREST = 16  # venues a member of staff is sent to
EVEN = 100_000  # what an uneven load costs, against one for a hundred metres of journey
LACKING = 10_000_000
CHIEF_ROOM = -1

Demand = dict[tuple[int, int, bool], int]
"""{(period, venue, for a chief): people needed}."""


class Flow:
    """A minimum-cost flow whose arcs carry what they mean."""

    def __init__(self) -> None:
        self._solver = min_cost_flow.SimpleMinCostFlow()
        self._nodes: dict[object, int] = {}
        self._meanings: list[tuple[object, object]] = []

    def arc(self, tail: object, head: object, capacity: int, cost: int) -> None:
        """Add an arc between two named nodes."""
        self._solver.add_arc_with_capacity_and_unit_cost(
            self._node(tail), self._node(head), capacity, cost
        )
        self._meanings.append((tail, head))

    def supply(self, node: object, amount: int) -> None:
        """Let an amount enter at a node, or leave where it is negative."""
        self._solver.set_node_supply(self._node(node), amount)

    def used(self) -> list[tuple[object, object, int]]:
        """Solve, and return the arcs that carry something, in the order they were added."""
        if self._solver.solve() != self._solver.OPTIMAL:
            raise ArithmeticError("the flow has no solution, though every demand may stay short")
        flows = [self._solver.flow(n) for n in range(len(self._meanings))]
        return [(*m, f) for m, f in zip(self._meanings, flows, strict=True) if f > 0]

    def _node(self, name: object) -> int:
        return self._nodes.setdefault(name, len(self._nodes))


def draw_roster(
    problem: ParkProblem, placing: Placing, staff: Staff, rules: DutyRules, *, seed: int
) -> Roster:
    """Return who is on duty where, and what is short of staff.

    Nobody is on duty twice in a period, beyond the quota, when not available, in a room with a tied
    candidate or with one of their own team, nor leads a venue without leave to. Within these, loads
    differ as little as they can, and the seed settles who of the equal goes to which room.
    """
    found = sessions(problem, placing, rules)
    chosen = _on_duty(_demand(found), _journeys(problem, staff), staff)
    rows: list[tuple[int, int, int, int, int]] = []
    short: list[tuple[int, int, int, int]] = []
    by_place: dict[tuple[int, int], list[Session]] = defaultdict(list)
    for session in found:
        by_place[session.period, session.venue].append(session)
    away = _kept_away(problem, staff, rules)
    for (period, venue), rooms in sorted(by_place.items()):
        chiefs = chosen.get((period, venue, True), [])
        rows += [(period, venue, CHIEF_ROOM, Role.CHIEF, person) for person in chiefs]
        if not chiefs:
            short.append((period, venue, CHIEF_ROOM, 1))
        people = chosen.get((period, venue, False), [])
        given = _to_rooms(problem, rooms, people, away, staff, seed)
        for session in rooms:
            here = given.get(session.room, [])
            rows += [
                (period, venue, session.room, min(Role.FIRST + n, Role.FURTHER), person)
                for n, person in enumerate(here)
            ]
            if len(here) < session.needed:
                short.append((period, venue, session.room, session.needed - len(here)))
    return _written(rows, short, len(staff))


def _demand(found: list[Session]) -> Demand:
    demand: Demand = defaultdict(int)
    for session in found:
        demand[session.period, session.venue, False] += session.needed
        demand[session.period, session.venue, True] = 1
    return demand


def _journeys(problem: ParkProblem, staff: Staff) -> NDArray[np.int64]:
    """Return (F, V) hundreds of metres."""
    apart = kilometres(
        staff.latitude[:, None],
        staff.longitude[:, None],
        problem.venues.latitude[None, :],
        problem.venues.longitude[None, :],
    )
    return np.rint(apart * 10).astype(np.int64)


def _on_duty(
    demand: Demand, journeys: NDArray[np.int64], staff: Staff
) -> dict[tuple[int, int, bool], list[int]]:
    """First step: the people of every venue and period."""
    flow = Flow()
    periods = sorted({period for period, _, _ in demand})
    needed = sum(demand.values())
    for place, people in sorted(demand.items()):
        flow.supply(place, -people)
        flow.arc("source", place, people, LACKING)
    for person in range(len(staff)):
        most = min(int(staff.quota[person]), len(periods))
        for duty in range(most):
            flow.arc("source", ("staff", person), 1, EVEN * (2 * duty + 1))
        near = np.argsort(journeys[person], kind="stable")[:NEAREST].tolist()
        for period in periods:
            if staff.available[person, period] and most:
                flow.arc(("staff", person), ("on", person, period), 1, 0)
                _send(flow, demand, journeys, staff, person, period, near)
    flow.supply("source", needed)
    chosen: dict[tuple[int, int, bool], list[int]] = defaultdict(list)
    for tail, head, _ in flow.used():
        if isinstance(tail, tuple) and tail[0] == "on" and isinstance(head, tuple):
            chosen[head].append(int(tail[1]))
    return chosen


def _send(
    flow: Flow,
    demand: Demand,
    journeys: NDArray[np.int64],
    staff: Staff,
    person: int,
    period: int,
    venues: list[int],
) -> None:
    for venue in venues:
        for leads, may in ((True, staff.may_lead), (False, staff.may_invigilate)):
            if may[person] and (period, venue, leads) in demand:
                cost = int(journeys[person, venue])
                flow.arc(("on", person, period), (period, venue, leads), 1, cost)


def _kept_away(problem: ParkProblem, staff: Staff, rules: DutyRules) -> dict[int, set[int]]:
    """Return {staff: candidates they may not watch over}."""
    away: dict[int, set[int]] = defaultdict(set)
    for person, candidate in np.asarray(rules.ties).reshape(-1, 2).tolist():
        away[person].add(candidate)
    members: dict[int, list[int]] = defaultdict(list)
    for candidate, team in enumerate(problem.candidates.team.tolist()):
        members[team].append(candidate)
    for person, team in enumerate(staff.team.tolist()):
        if team >= 0:
            away[person].update(members[team])
    return away


def _to_rooms(
    problem: ParkProblem,
    rooms: list[Session],
    people: list[int],
    away: dict[int, set[int]],
    staff: Staff,
    seed: int,
) -> dict[int, list[int]]:
    """Second step: the people of one venue and period to its rooms."""
    period, venue = rooms[0].period, rooms[0].venue
    random = stream(seed * 1_000_003 + period * len(problem.venues) + venue + 1)
    flow = Flow()
    for session in rooms:
        flow.supply(session.room, -session.needed)
        flow.arc("source", session.room, session.needed, LACKING)
        watched = {int(problem.entries.candidate[e]) for e in session.entries}
        for person in people:
            if not away[person] & watched:
                flow.arc(("staff", person), session.room, 1, int(below(random, 1_000)))
    for person in people:
        flow.arc("source", ("staff", person), 1, 0)
    flow.supply("source", sum(session.needed for session in rooms))
    given: dict[int, list[int]] = defaultdict(list)
    for tail, head, _ in flow.used():
        if isinstance(tail, tuple) and isinstance(head, int):
            given[head].append(int(tail[1]))
    for here in given.values():
        here.sort(key=lambda person: (not staff.may_lead[person], person))
    return given


def _written(
    rows: list[tuple[int, int, int, int, int]],
    short: list[tuple[int, int, int, int]],
    people: int,
) -> Roster:
    table = np.array(sorted(rows), dtype=np.int32).reshape(-1, 5)
    period, venue, room, role, staff = (np.ascontiguousarray(column) for column in table.T)
    return Roster(
        staff=staff,
        period=period,
        venue=venue,
        room=room,
        role=role,
        short=tuple(short),
        loads=np.bincount(staff, minlength=people).astype(np.int32),
    )

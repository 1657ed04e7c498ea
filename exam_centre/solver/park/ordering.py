"""Orders between papers, settled before the search: when each may be sat so that none is broken.

A search that had to keep orders in every move would be slow for the few papers that have one. So
their periods are narrowed first, by constraint programming, to where any choice keeps every order;
what comes after knows periods alone.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.park.plan import LockBroken, Locks, Placing
from exam_centre.solver.park.problem import OrderKind, ParkProblem
from exam_centre.solver.park.tables import admissible, usable_seats

EFFORT = 20.0  # of the constraint solver, in its own units that do not depend on the machine
SEATED, KEPT = 1_000, 1_000_000  # what one more who can be seated, or need not move, is worth
Pin = tuple[int, int]  # a paper, and a period it has to be sat in
Row = list[cp_model.IntVar]  # by period, whether a paper may be sat then


def in_order(problem: ParkProblem, locked: Locks | None, before: Placing | None) -> ParkProblem:
    """Return the problem with the periods of ordered papers narrowed; the same where none is.

    The most people are seated that could be; with former places, the fewest have to leave them.
    Raises LockBroken where a lock stands against an order. The problem has no complaints.
    """
    if not len(problem.orders):
        return problem
    pinned = _pinned(problem, locked)
    periods = _narrowed(problem, pinned.values(), before)
    if periods is None:
        raise LockBroken(_first_against(problem, pinned))
    return replace(problem, papers=replace(problem.papers, periods=periods))


def impossible_orders(problem: ParkProblem) -> tuple[int, ...]:
    """Return orders that can not be kept beside each other, none of which could be spared.

    Empty where all can be kept.
    """
    if _possible(problem, range(len(problem.orders))):
        return ()
    needed = list(range(len(problem.orders)))
    for order in tuple(needed):
        without = [other for other in needed if other != order]
        if not _possible(problem, without):
            needed = without
    return tuple(needed)


def _possible(problem: ParkProblem, orders: Iterable[int]) -> bool:
    rows = np.array(list(orders), dtype=np.int64)
    kept = problem.orders
    some = replace(kept, first=kept.first[rows], second=kept.second[rows], kind=kept.kind[rows])
    return _is_a_way(replace(problem, orders=some), ())


def _is_a_way(problem: ParkProblem, pinned: Iterable[Pin]) -> bool:
    """Whether all orders can be kept; which way is best is not asked."""
    model, _ = _model(problem, pinned)
    return _solved(model) is not None


def _pinned(problem: ParkProblem, locked: Locks | None) -> dict[int, Pin]:
    """Return {locked entry: (paper, period)} of ordered papers."""
    if locked is None:
        return {}
    ordered = np.union1d(problem.orders.first, problem.orders.second)
    at = np.flatnonzero((locked.period >= 0) & np.isin(problem.entries.paper, ordered))
    return {int(e): (int(problem.entries.paper[e]), int(locked.period[e])) for e in at}


def _first_against(problem: ParkProblem, pinned: dict[int, Pin]) -> int:
    """Return the first locked entry that the orders and the locks before it leave no period."""
    kept: set[Pin] = set()
    for entry, pin in pinned.items():
        if pin not in kept and not _is_a_way(problem, {*kept, pin}):
            return entry
        kept.add(pin)
    raise AssertionError("locks that stand one by one stand together")


def _narrowed(problem: ParkProblem, pinned: Iterable[Pin], before: Placing | None) -> Flags | None:
    """Return (N, P) the periods of every paper, None where there is no way."""
    model, sits = _model(problem, pinned)
    worth = [term for paper, row in sits.items() for term in _worth(problem, model, paper, row)]
    model.maximize(cp_model.LinearExpr.sum([*worth, *_kept(problem, sits, before)]))
    solver = _solved(model)
    if solver is None:
        return None
    periods = problem.papers.periods.copy()
    for paper, row in sits.items():
        periods[paper] = [solver.boolean_value(var) for var in row]
    return periods


def _model(problem: ParkProblem, pinned: Iterable[Pin]) -> tuple[cp_model.CpModel, dict[int, Row]]:
    """Return what has to hold, and by ordered paper whether it may sit in each period."""
    orders = problem.orders
    papers = np.union1d(orders.first, orders.second)
    model = cp_model.CpModel()
    sits = {
        paper: [model.new_bool_var("") for _ in range(len(problem.periods))]
        for paper in papers.tolist()
    }
    for paper, row in sits.items():
        model.add_at_least_one(row)
        for period in np.flatnonzero(~_allowed(problem, paper)).tolist():
            model.add(row[period] == 0)
    for first, second, kind in zip(orders.first, orders.second, orders.kind, strict=True):
        _keep(model, sits[int(first)], sits[int(second)], OrderKind(int(kind)))
    for paper, period in pinned:
        model.add(sits[paper][period] == 1)
    return model, sits


def _solved(model: cp_model.CpModel) -> cp_model.CpSolver | None:
    """Return the solver with what it found, the same each time, None where it found nothing."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = EFFORT
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return solver if found else None


def _allowed(problem: ParkProblem, paper: int) -> Flags:
    """Return (P,) whether a paper may be sat in a period and is not too long for it."""
    minutes = problem.papers.minutes[paper]
    allowed: Flags = problem.papers.periods[paper] & (minutes <= problem.periods.minutes)
    return allowed


def _keep(model: cp_model.CpModel, first: Row, second: Row, kind: OrderKind) -> None:
    if kind is OrderKind.APART:
        for one, other in zip(first, second, strict=True):
            model.add_bool_or(~one, ~other)
    elif kind is OrderKind.TOGETHER:
        model.add_exactly_one(first)
        for one, other in zip(first, second, strict=True):
            model.add(one == other)
    else:
        for period, one in enumerate(first):
            for other in second[: period + 1]:
                model.add_bool_or(~one, ~other)


def _worth(
    problem: ParkProblem, model: cp_model.CpModel, paper: int, row: Row
) -> list[cp_model.LinearExprT]:
    """Return what the periods of a paper are worth: people seated, then choice among periods."""
    may, seats = _people_and_seats(problem, paper)
    patterns, people = np.unique(may, axis=0, return_counts=True)
    seated = model.new_int_var(0, len(may), "")
    reached: list[cp_model.LinearExprT] = []
    for pattern, count in zip(patterns, people.tolist(), strict=True):
        free = [row[period] for period in np.flatnonzero(pattern)]
        if free:
            has_one = model.new_bool_var("")
            model.add_bool_or(~has_one, *free)
            reached.append(count * has_one)
    model.add(seated <= sum(reached))
    model.add(seated <= sum(int(n) * var for n, var in zip(seats, row, strict=True)))
    choice = [int(free) * var for free, var in zip(may.sum(axis=0), row, strict=True)]
    return [SEATED * seated, *choice]


def _people_and_seats(problem: ParkProblem, paper: int) -> tuple[Flags, NDArray[np.int64]]:
    """Return (people, P) who could sit a paper when, and (P,) seats of rooms that suit it."""
    rows = np.flatnonzero(problem.entries.paper == paper)
    some = replace(
        problem,
        entries=replace(
            problem.entries,
            **{name: column[rows] for name, column in vars(problem.entries).items()},
        ),
    )
    suits = (problem.papers.kinds[paper] >> problem.rooms.kind) & 1 == 1
    usable = usable_seats(problem).astype(np.int64)
    return admissible(some), (usable[suits, None] * problem.rooms.open[suits]).sum(axis=0)


def _kept(
    problem: ParkProblem, sits: dict[int, Row], before: Placing | None
) -> list[cp_model.LinearExprT]:
    """Return what it is worth that papers stay in periods in which people sit them."""
    if before is None:
        return []
    terms: list[cp_model.LinearExprT] = []
    known = (before.period >= 0) & (before.period < len(problem.periods))
    for paper, row in sits.items():
        at: Ints = before.period[known & (problem.entries.paper == paper)]
        people = np.bincount(at, minlength=len(row)).tolist()
        terms += [KEPT * count * var for count, var in zip(people, row, strict=True) if count]
    return terms

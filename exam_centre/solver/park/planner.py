"""The planner: sittings, venues, rooms and seats for a whole series, from arrays to a plan."""

from functools import cache
from typing import Any

import numpy as np

from exam_centre.solver.engine.annealing_rule import patience
from exam_centre.solver.engine.compiled import stream
from exam_centre.solver.engine.cooling import cooled
from exam_centre.solver.engine.effort import WHOLE_EFFORT, Cancel, Effort
from exam_centre.solver.park.agenda import PRICES, Agenda, empty_agenda
from exam_centre.solver.park.board import (
    LIMIT,
    PERIOD,
    SITS,
    Board,
    empty_board,
    keep,
)
from exam_centre.solver.park.bounds import least_sittings
from exam_centre.solver.park.complaints import Complaint, check_problem
from exam_centre.solver.park.finishing import finish
from exam_centre.solver.park.improving import improve
from exam_centre.solver.park.locking import settle_locks
from exam_centre.solver.park.ordering import in_order
from exam_centre.solver.park.people import choose_periods
from exam_centre.solver.park.plan import Cancelled, Locks, ParkPlan, Score
from exam_centre.solver.park.problem import (
    Candidates,
    Entries,
    Papers,
    ParkProblem,
    Periods,
    Rooms,
    Rules,
    Seats,
    Venues,
)
from exam_centre.solver.park.progress import Progress, running_score
from exam_centre.solver.park.rooms import merge_rooms
from exam_centre.solver.park.settling import begin, give, settle
from exam_centre.solver.park.sittings import (
    hardest_first,
    open_paper,
    seat_as_chosen,
)
from exam_centre.solver.park.tables import (
    FIRST,
    KIN_FROM,
    KIN_TO,
    MOST,
    WISHED,
    Tables,
    build_tables,
    entry_order,
)

MOVES_PER_ENTRY = 500  # where neither seconds nor moves are given
STAGE_ONE = WHOLE_EFFORT * 4 // 10  # of the effort
AGENDA_MOVE = 8  # one change of a paper's period counts as so many moves of an entry
WARM_UP_MOVES = 65_536  # enough for both stages to begin
HOT, WARM = 40_000, 3_000  # metres, stage 1


class ProblemHasComplaints(ValueError):
    """The problem contradicts itself; `complaints` say where."""

    def __init__(self, complaints: list[Complaint]) -> None:
        self.complaints = complaints
        super().__init__(f"{len(complaints)} contradictions, the first: {complaints[0]}")


def solve(
    problem: ParkProblem,
    *,
    seed: int,
    seconds: float | None = None,
    iterations: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
    locked: Locks | None = None,
) -> ParkPlan:
    """Return a plan that keeps every rule, as good as the effort allows.

    seed        >= 0; the same problem, seed, locks and iterations give the same plan to the byte.
    seconds     CPU seconds of the search, one thread; a plan found so need not repeat.
    iterations  moves tried; with `seconds` as well, whichever ends first. Neither: enough moves.
    progress    called with (done, total, score so far), some fifty times.
    cancelled   asked a few times a second; True ends the search with the best so far.
    locked      what must stay; see Locks.

    Raises ProblemHasComplaints, LockBroken, and Cancelled where nobody has been placed yet.
    """
    complaints = check_problem(problem)
    if complaints:
        raise ProblemHasComplaints(complaints)
    if seconds is None and iterations is None:
        iterations = MOVES_PER_ENTRY * len(problem.entries)
    if seconds is not None:
        warm_up()
    return _search(problem, Effort(iterations, seconds, progress, cancelled), seed, locked)


@cache
def warm_up() -> None:
    """Compile the planner, or load what was compiled before, so that no search pays for it."""
    _search(_smallest_problem(), Effort(WARM_UP_MOVES, None, None, None), 0, None)


def _smallest_problem() -> ParkProblem:
    """One of everything: a paper, a room with a seat, a person who sits it."""
    zero: Any = np.zeros(1)
    one: Any = np.ones(1)
    square: Any = np.ones((1, 1))
    return ParkProblem(
        periods=Periods(zero, one, zero),
        venues=Venues(zero, zero, zero),
        rooms=Rooms(zero, zero, one, one, square),
        seats=Seats(zero, one, one, one, one, one),
        papers=Papers(one, one, square, one, one, one),
        candidates=Candidates(zero, zero, square, zero, zero, zero, zero, zero),
        entries=Entries(zero, zero, zero, zero, zero),
        rules=Rules(0, 0, np.zeros((1, 1), dtype=np.int32), 1, 0, 0, 0),
    )


def _search(
    problem: ParkProblem, effort: Effort[Score], seed: int, locked: Locks | None
) -> ParkPlan:
    problem = in_order(problem, locked, None)
    least, order = least_sittings(problem), entry_order(problem)
    tables = build_tables(problem)
    tables.paper[:-1, WISHED] = np.maximum(tables.paper[:-1, WISHED], least)
    board = empty_board(tables, problem.rooms.open, seed)
    holding = settle_locks(problem, tables, board, order, locked)
    agenda = _settled_agenda(problem, tables, board, effort, seed)
    if effort.stopped:
        raise Cancelled
    _place_everybody(tables, board, agenda)
    improve(tables, board, effort, STAGE_ONE)
    merge_rooms(tables, board)
    holding.place_waiting()
    return finish(
        problem,
        board,
        order,
        holding.held,
        locked,
        least,
        seed=seed,
        moves=effort.tried,
        complete=not effort.stopped,
    )


def _settled_agenda(
    problem: ParkProblem, tables: Tables, board: Board, effort: Effort[Score], seed: int
) -> Agenda:
    """Stage 1: the periods of every paper; those of locked entries stay."""
    agenda = empty_agenda(problem, tables, stream(seed + 1))
    for paper, period in np.argwhere(board.paper[..., SITS] > 0):
        give(tables, agenda, int(paper), int(period), True)
    people = np.diff(tables.paper[:, FIRST])
    begin(tables, agenda, PRICES, np.argsort(-people, kind="stable").astype(np.int32))
    table = patience()
    chunk = max(32, min(2_048, 200_000 // max(1, len(tables.entry) // len(problem.papers))))
    while effort.goes_on(STAGE_ONE):
        heat = cooled(HOT, WARM, effort.done() / STAGE_ONE)
        settle(tables, agenda, PRICES, table, heat, chunk)
        effort.tried += chunk * AGENDA_MOVE
        effort.tell(lambda: running_score(board))
    return agenda


def _place_everybody(tables: Tables, board: Board, agenda: Agenda) -> None:
    """Stage 2, first part: everybody to the best place left, papers short of seats first."""
    for paper, held in enumerate(agenda.held):
        board.paper[paper, agenda.slots[paper, :held], SITS] = 1
    board.sittings[:, LIMIT] = np.minimum(
        np.maximum(agenda.held, tables.paper[:-1, WISHED]), tables.paper[:-1, MOST]
    )
    first = np.unique(tables.entry[:, KIN_FROM])
    papers = (tables.entry[:, KIN_TO] - tables.entry[:, KIN_FROM])[first]
    period = board.entry[:, PERIOD].copy()
    choose_periods(tables, agenda, first[np.argsort(-papers, kind="stable")], period)
    for paper in hardest_first(tables):
        seat_as_chosen(tables, board, int(paper), period)
        open_paper(tables, board, int(paper))
        keep(board)

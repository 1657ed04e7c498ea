"""Repair: a plan for a changed problem in which nobody moves who need not.

Whoever's place still keeps every rule stays there, seat included. The others are placed around
them; where that fails, the fewest give way, and go home again if they can.
"""

import numpy as np

from exam_centre.solver.engine.annealing_rule import patience
from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.engine.cooling import cooled
from exam_centre.solver.engine.effort import WHOLE_EFFORT, Cancel, Effort
from exam_centre.solver.park.annealing import anneal
from exam_centre.solver.park.board import (
    AT_HOME,
    COUNT,
    FIXED,
    HELD,
    LIMIT,
    PERIOD,
    SITS,
    UNPLACED,
    WEIGHTS,
    empty_board,
    keep,
)
from exam_centre.solver.park.bounds import least_sittings
from exam_centre.solver.park.complaints import check_problem
from exam_centre.solver.park.finishing import finish
from exam_centre.solver.park.giving_way import go_home, make_way
from exam_centre.solver.park.holding import Holding
from exam_centre.solver.park.improving import COLD, MILD
from exam_centre.solver.park.locking import settle_locks
from exam_centre.solver.park.ordering import in_order
from exam_centre.solver.park.plan import Locks, ParkPlan, Placing, Score
from exam_centre.solver.park.planner import ProblemHasComplaints
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.progress import Progress, running_score
from exam_centre.solver.park.sittings import allow_one_more, hardest_first, open_paper
from exam_centre.solver.park.staying import offers, places_that_stand, settle_at_home
from exam_centre.solver.park.tables import (
    ALONE,
    MOST,
    NEEDS,
    PAPER,
    WISHED,
    build_tables,
    entry_order,
)

MOVES_PER_AFFECTED = 2_000  # where neither seconds nor moves are given
MOST_MOVES = 2_000_000  # the same, however many are affected
CHUNK = 4_096  # moves at one temperature
PAPERS_EVERY = 512  # one whole affected paper is moved among so many entries
ELSEWHERE = 400  # periods in all in which a paper is tried that is not sat then
GIVE_WAY = 4  # people at most who leave home for one


def repair(
    problem: ParkProblem,
    placing_before: Placing,
    *,
    seed: int,
    seconds: float | None = None,
    iterations: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
    locked: Locks | None = None,
) -> ParkPlan:
    """Return a plan of a changed problem in which as few as can be sit elsewhere than before.

    placing_before  (E,) each: the former places by the rows and indices of this problem, -1 where
                    an entry had none; its minutes are not looked at.
    seed            >= 0; the same problem, places, seed and iterations give the same plan.
    seconds         CPU seconds for bettering the new places; whoever stays costs none.
    iterations      moves tried there; with `seconds` as well, whichever ends first.
    progress, cancelled, locked   as of `solve`; a lock of a period alone is a limit, not a promise.

    Raises ProblemHasComplaints, LockBroken, and ValueError where the places are of other entries.
    """
    complaints = check_problem(problem)
    if complaints:
        raise ProblemHasComplaints(complaints)
    if len(placing_before.period) != len(problem.entries):
        raise ValueError("the former places are not one an entry")
    return _Repair(problem, placing_before, locked, seed).run(
        seconds, iterations, progress, cancelled
    )


class _Repair:
    """One repair under way: the board, and who was at home when it began."""

    def __init__(
        self, problem: ParkProblem, before: Placing, locked: Locks | None, seed: int
    ) -> None:
        problem = in_order(problem, locked, before)
        self._problem, self._before, self._locked, self._seed = problem, before, locked, seed
        self._order = entry_order(problem)
        self._least = least_sittings(problem)
        self._t = build_tables(problem)
        self._t.paper[:-1, WISHED] = np.maximum(self._t.paper[:-1, WISHED], self._least)
        self._own_needs = self._t.entry[:, NEEDS].copy()
        self._b = empty_board(self._t, problem.rooms.open, seed)
        self._holding = self._settled()
        self._elsewhere = ELSEWHERE
        self._settlers = np.flatnonzero(self._b.entry[:, FIXED] == AT_HOME).astype(np.int32)
        self._affected = np.flatnonzero(self._b.entry[:, PERIOD] < 0).astype(np.int32)

    def run(
        self,
        seconds: float | None,
        iterations: int | None,
        progress: Progress | None,
        cancelled: Cancel | None,
    ) -> ParkPlan:
        """Place the affected, let others give way where they must, and write the plan down."""
        if seconds is None and iterations is None:
            iterations = min(MOVES_PER_AFFECTED * len(self._affected), MOST_MOVES)
        effort: Effort[Score] = Effort(iterations, seconds, progress, cancelled)
        self._place_affected()
        self._better(effort)
        self._make_way(effort)
        if self._b.totals[UNPLACED] > 0:
            allow_one_more(self._t, self._b)
            self._make_way(effort)
        self._holding.place_waiting()
        self._go_home()
        return finish(
            self._problem,
            self._b,
            self._order,
            self._holding.held,
            self._kept(),
            self._least,
            seed=self._seed,
            moves=effort.tried,
            complete=not effort.stopped,
        )

    def _settled(self) -> Holding:
        """Put the locked and those who stay on the board."""
        problem, before, t, b = self._problem, self._before, self._t, self._b
        whole = self._limits()
        holding = settle_locks(problem, t, b, self._order, whole)
        may = np.empty_like(t.may)
        may[self._order] = t.may
        stands = places_that_stand(problem, before, may, whole)
        settle_at_home(problem, t, b, holding, self._order, before, stands)
        self._keep_sittings()
        return holding

    def _limits(self) -> Locks | None:
        """Keep entries locked to a period alone to it; return the locks that name rooms."""
        if self._locked is None:
            return None
        timed = (self._locked.period >= 0) & (self._locked.room < 0)
        rows = np.flatnonzero(timed[self._order])
        period = self._locked.period[self._order[rows]]
        self._t.may[rows] &= np.arange(self._t.may.shape[1]) == period[:, None]
        whole = np.flatnonzero((self._locked.seat >= 0)[self._order])
        desks = offers(self._problem, self._locked.seat[self._order[whole]])
        self._t.entry[whole, NEEDS] |= desks
        return Locks(
            np.where(timed, -1, self._locked.period).astype(np.int32),
            self._locked.room,
            self._locked.seat,
            self._locked.held_over_after,
        )

    def _keep_sittings(self) -> None:
        """Let papers sit when they did, as far as they may, though nobody is left in a sitting."""
        before, papers = self._before, self._problem.papers
        sat = np.zeros(papers.periods.shape, dtype=np.bool_)
        known = (before.period >= 0) & (before.period < len(self._problem.periods))
        sat[self._problem.entries.paper[known], before.period[known]] = True
        sits, most = self._b.paper[..., SITS], self._t.paper[:-1, MOST]
        for paper, period in zip(*np.nonzero(sat & papers.periods & (sits == 0)), strict=True):
            if sits[paper].sum() < most[paper]:
                sits[paper, period] = 1
        held = np.maximum(self._b.sittings[:, HELD], self._t.paper[:-1, WISHED])
        self._b.sittings[:, LIMIT] = np.minimum(held, most)

    def _papers(self, entries: Ints) -> Ints:
        papers: Ints = np.unique(self._t.entry[entries, PAPER]).astype(np.int32)
        return papers

    def _place_affected(self) -> None:
        theirs = set(self._papers(self._affected).tolist())
        for paper in hardest_first(self._t):
            if int(paper) in theirs:
                open_paper(self._t, self._b, int(paper))
                keep(self._b)

    def _better(self, effort: Effort[Score]) -> None:
        """Look for better places for those who have to move anyway; nobody else is touched."""
        if not len(self._affected):
            return
        papers, table = self._papers(self._affected), patience()
        while effort.goes_on(WHOLE_EFFORT):
            heat = cooled(MILD, COLD, effort.done() / WHOLE_EFFORT)
            anneal(
                self._t,
                self._b,
                WEIGHTS,
                table,
                heat,
                CHUNK,
                PAPERS_EVERY,
                self._affected,
                papers,
            )
            effort.tried += CHUNK
            effort.tell(lambda: running_score(self._b))

    def _make_way(self, effort: Effort[Score]) -> None:
        """Let people give way to those who still wait, first where the fewest have to."""
        for most in range(GIVE_WAY + 1):
            for entry in np.sort(self._b.waiting[: self._b.totals[UNPLACED]]):
                if effort.stopped or self._b.entry[entry, PERIOD] >= 0:
                    continue
                effort.stopped = not effort.goes_on(WHOLE_EFFORT + 1)
                if not make_way(self._t, self._b, int(entry), self._own_needs, most):
                    self._make_way_elsewhere(int(entry), most)

    def _make_way_elsewhere(self, entry: int, most: int) -> None:
        """Let people give way to one in a period in which the paper may sit, but does not yet.

        Somebody's own papers are what stands against such a period, as a rule.
        """
        paper = int(self._t.entry[entry, PAPER])
        sits = self._b.paper[paper, :, SITS]
        for period in np.flatnonzero(self._t.may[entry] & (sits == 0)):
            if (
                self._elsewhere <= 0
                or self._b.sittings[paper, HELD] >= self._b.sittings[paper, LIMIT]
            ):
                return
            self._elsewhere -= 1
            sits[period] = 1
            make_way(self._t, self._b, entry, self._own_needs, most)
            sits[period] = self._b.paper[paper, period, COUNT] > 0

    def _go_home(self) -> None:
        """Send those who gave way home again, as long as a place there has become free."""
        while True:
            away = self._settlers[self._b.entry[self._settlers, FIXED] == 0]
            entries = self._order[away]
            seat = self._before.seat[entries]
            if not go_home(
                self._t,
                self._b,
                away,
                self._before.room[entries],
                self._before.period[entries],
                self._own_needs[away] & ALONE | offers(self._problem, seat),
            ):
                return

    def _kept(self) -> Locks:
        """Return the seats that are settled: of those at home, of the locked and the held over."""
        at_home = np.zeros(len(self._order), dtype=np.bool_)
        fixed = self._b.entry[:, FIXED] > 0
        at_home[self._order[fixed]] = True
        kept = Locks.of(self._before, at_home)
        if self._locked is None:
            return kept
        seat: Ints = np.where(self._locked.seat >= 0, self._locked.seat, kept.seat)
        return Locks(kept.period, kept.room, seat.astype(np.int32), kept.held_over_after)


def unmoved(before: Placing, after: Placing) -> Flags:
    """Return (E,) whether each entry that had a place has the same one: period, room and seat."""
    same: Flags = (
        (before.period >= 0)
        & (before.period == after.period)
        & (before.room == after.room)
        & (before.seat == after.seat)
    )
    return same

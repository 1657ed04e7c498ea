"""The larger steps of the search, each beside a slow twin: own periods, all at once, closing."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam_centre.solver.engine.annealing_rule import patience
from exam_centre.solver.engine.compiled import stream
from exam_centre.solver.park import ParkProblem
from exam_centre.solver.park.agenda import MISSED, PRICES, Agenda, empty_agenda
from exam_centre.solver.park.board import (
    AT_HOME,
    FIXED,
    HELD,
    METRES,
    PERIOD,
    ROOM,
    ROOMS,
    SAME_DAY,
    SITTINGS,
    UNPLACED,
    WEIGHTS,
    Board,
    empty_board,
)
from exam_centre.solver.park.narrowing import ask_for_room, close_sittings
from exam_centre.solver.park.planner import _place_everybody
from exam_centre.solver.park.settling import begin, settle
from exam_centre.solver.park.tables import (
    DAY,
    KIN_FROM,
    KIN_TO,
    NOT_PREFERRED_METRES,
    PAPER,
    PLACE,
    VENUE,
    WISH,
    WISHED,
    Tables,
    build_tables,
)
from exam_centre.solver.park.together import place_together
from tests.solver.park.problems import people, problem, problems

few = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def settled(given_problem: ParkProblem, tables: Tables, seed: int, moves: int) -> Agenda:
    agenda = empty_agenda(given_problem, tables, stream(seed))
    begin(tables, agenda, PRICES, np.arange(len(given_problem.papers), dtype=np.int32))
    settle(tables, agenda, PRICES, patience(), 2_000_000, moves)
    return agenda


def filled(given_problem: ParkProblem, tables: Tables, seed: int) -> Board:
    board = empty_board(tables, given_problem.rooms.open, seed)
    _place_everybody(tables, board, settled(given_problem, tables, seed, 50))
    return board


def most_matched(choices: list[set[int]]) -> int:
    """How many can have a choice of their own, by trying everything."""
    if not choices:
        return 0
    without = most_matched(choices[1:])
    others = (1 + most_matched([c - {p} for c in choices[1:]]) for p in choices[0])
    return max([without, *others])


def recounted(tables: Tables, board: Board) -> list[int]:
    """The totals of a board from nothing but who sits where."""
    period, room = board.entry[:, PERIOD], board.entry[:, ROOM]
    at = [e for e in range(len(period)) if period[e] >= 0]
    metres = 0
    for e in at:
        venue = int(tables.room[room[e], VENUE])
        metres += int(tables.near[tables.entry[e, PLACE], 1, venue])
        metres += NOT_PREFERRED_METRES * (tables.entry[e, WISH] not in (-1, venue))
    same_day = sum(
        tables.period[period[a], DAY] == tables.period[period[b], DAY]
        for a in at
        for b in at
        if a < b < tables.entry[a, KIN_TO]
    )
    sittings = {(int(tables.entry[e, PAPER]), int(period[e])) for e in at}
    sessions = {(int(room[e]), int(period[e])) for e in at}
    return [len(period) - len(at), len(sittings), metres, int(same_day), len(sessions)]


def totals(board: Board) -> list[int]:
    return [int(board.totals[k]) for k in (UNPLACED, SITTINGS, METRES, SAME_DAY, ROOMS)]


def beyond(tables: Tables, board: Board) -> int:
    return int(np.maximum(board.sittings[:, HELD] - tables.paper[:-1, WISHED], 0).sum())


@few
@given(problems(), st.integers(0, 1_000), st.integers(0, 60))
def test_as_few_papers_miss_a_period_of_their_own_as_by_trying_everything(
    given_problem: ParkProblem, seed: int, moves: int
) -> None:
    tables = build_tables(given_problem)

    agenda = settled(given_problem, tables, seed, moves)

    missed = 0
    for first in np.unique(tables.entry[:, KIN_FROM]):
        theirs = range(first, tables.entry[first, KIN_TO])
        choices = []
        for entry in theirs:
            paper = tables.entry[entry, PAPER]
            slots = agenda.slots[paper, : agenda.held[paper]]
            choices.append({int(p) for p in slots if tables.may[entry, p]})
        missed += len(theirs) - most_matched(choices)
    assert agenda.sums[MISSED] == missed


@few
@given(problems(), st.integers(0, 1_000))
def test_placing_all_at_once_leaves_no_more_waiting_and_makes_no_journey_longer_in_all(
    given_problem: ParkProblem, seed: int
) -> None:
    tables = build_tables(given_problem)
    board = filled(given_problem, tables, seed)
    before = totals(board)

    for _ in range(3):
        place_together(tables, board)

    after = totals(board)
    assert after == recounted(tables, board)
    assert after[0] <= before[0]
    if after[0] == before[0]:
        day = int(WEIGHTS[SAME_DAY])
        assert after[2] + day * after[3] <= before[2] + day * before[3]
    assert after[1] <= before[1]


def test_all_at_once_two_people_change_places_where_one_by_one_nobody_could() -> None:
    # Two venues with one usable seat each; each person stands at the other's venue.
    two = problem([(0, 0), (1, 0)], candidates=people(2, 4, longitude=np.array([120.7, 120.91])))
    tables = build_tables(two)
    tables.room[:, 2] = [1, 0, 1, 0]
    board = filled(two, tables, 1)
    board.sittings[:, 1] = 1

    place_together(tables, board)

    assert [int(tables.room[r, VENUE]) for r in board.entry[:, ROOM]] == [0, 1]
    assert board.totals[METRES] == 0


@few
@given(problems(), st.integers(0, 1_000))
def test_closing_sittings_costs_nobody_a_place(given_problem: ParkProblem, seed: int) -> None:
    tables = build_tables(given_problem)
    tables.paper[:-1, WISHED] = 1
    board = filled(given_problem, tables, seed)
    ask_for_room(tables, board)
    waiting, sittings = int(board.totals[UNPLACED]), beyond(tables, board)

    close_sittings(tables, board)

    assert totals(board) == recounted(tables, board)
    assert board.totals[UNPLACED] <= waiting
    assert beyond(tables, board) <= sittings


@few
@given(problems(), st.integers(0, 1_000))
def test_nobody_at_home_moves_while_others_ask_the_free_for_room(
    given_problem: ParkProblem, seed: int
) -> None:
    tables = build_tables(given_problem)
    board = filled(given_problem, tables, seed)
    at_home = np.flatnonzero(board.entry[:, PERIOD] >= 0)[::2]
    board.entry[at_home, FIXED] = AT_HOME
    places = board.entry[at_home][:, (PERIOD, ROOM)].copy()
    waiting = int(board.totals[UNPLACED])

    ask_for_room(tables, board)

    assert (board.entry[at_home][:, (PERIOD, ROOM)] == places).all()
    assert totals(board) == recounted(tables, board)
    assert board.totals[UNPLACED] <= waiting

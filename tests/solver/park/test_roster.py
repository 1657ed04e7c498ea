"""Who is on duty: enough of them, evenly, and nobody over relatives or their own team."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from exam_centre.solver.park import (
    DutyRules,
    ParkPlan,
    ParkProblem,
    Role,
    Roster,
    Staff,
    draw_roster,
    solve,
)
from tests.solver.park.problems import papers, people, problem

NO_TIES = np.zeros((0, 2), dtype=np.int32)
RULES = DutyRules(candidates_per_invigilator=30, least_in_room=2, ties=NO_TIES)


def staff(count: int, leaders: int, **columns: Any) -> Staff:
    """People beside the first venue, always available, the first of whom may lead a venue."""
    given: dict[str, Any] = {
        "latitude": np.full(count, 31.3),
        "longitude": np.full(count, 120.7),
        "available": np.ones((count, 4)),
        "may_invigilate": np.arange(count) >= leaders,
        "may_lead": np.arange(count) < leaders,
        "quota": np.full(count, 4),
        "team": np.full(count, -1),
    }
    return Staff(**given | columns)


@pytest.fixture
def series() -> tuple[ParkProblem, ParkPlan]:
    """Every one of eight people sits a paper in each of the four periods."""
    crowd = problem(
        [(c, p) for c in range(8) for p in range(4)],
        papers=papers(4, 4, periods=np.eye(4)),
        candidates=people(8, 4, team=np.arange(8) % 4),
    )
    plan = solve(crowd, seed=1, iterations=20_000)
    assert plan.score.unplaced == 0
    return crowd, plan


def by_room(roster: Roster) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for person, period, room in zip(roster.staff, roster.period, roster.room, strict=True):
        if room >= 0:
            found.setdefault((int(period), int(room)), []).append(int(person))
    return found


def watched(series: tuple[ParkProblem, ParkPlan], period: int, room: int) -> set[int]:
    crowd, plan = series
    there = (plan.period == period) & (plan.room == room)
    return set(crowd.entries.candidate[there].tolist())


def test_two_in_every_room_and_a_chief_at_every_venue(
    series: tuple[ParkProblem, ParkPlan],
) -> None:
    roster = draw_roster(*series, staff(12, 2), RULES, seed=1)

    assert roster.short == ()
    assert all(len(people) == 2 for people in by_room(roster).values())
    assert len(by_room(roster)) == series[1].score.room_sessions
    chiefs = roster.room == -1
    venues = {
        (int(p), int(series[0].rooms.venue[r]))
        for p, r in zip(series[1].period, series[1].room, strict=True)
    }
    assert sorted(zip(roster.period[chiefs], roster.venue[chiefs], strict=True)) == sorted(venues)
    assert (roster.role[chiefs] == Role.CHIEF).all()


def test_a_room_of_more_than_twice_the_ratio_has_a_third(
    series: tuple[ParkProblem, ParkPlan],
) -> None:
    roster = draw_roster(*series, staff(16, 2), DutyRules(2, 2, NO_TIES), seed=1)

    for (period, room), here in by_room(roster).items():
        assert len(here) == max(2, -(-len(watched(series, period, room)) // 2))


def test_nobody_is_on_duty_twice_in_a_period_or_when_away_or_beyond_the_quota(
    series: tuple[ParkProblem, ParkPlan],
) -> None:
    available = np.ones((12, 4))
    available[5, 2] = 0
    crew = staff(12, 2, available=available, quota=np.array([4] * 6 + [1] * 6))

    roster = draw_roster(*series, crew, RULES, seed=1)

    duties = list(zip(roster.staff.tolist(), roster.period.tolist(), strict=True))
    assert len(duties) == len(set(duties))
    assert (5, 2) not in duties
    assert (roster.loads <= crew.quota).all()


def test_loads_lie_within_one_of_each_other(series: tuple[ParkProblem, ParkPlan]) -> None:
    loads = draw_roster(*series, staff(13, 2), RULES, seed=1).loads[2:]

    assert loads.max() - loads.min() <= 1


def test_nobody_watches_over_a_relative_or_the_own_team(
    series: tuple[ParkProblem, ParkPlan],
) -> None:
    ties = np.array([(person, person % 8) for person in range(2, 12)])
    crew = staff(12, 2, team=np.array([-1] * 8 + [0, 1, 2, 3]))

    roster = draw_roster(*series, crew, replace(RULES, ties=ties), seed=1)

    for (period, room), here in by_room(roster).items():
        candidates = watched(series, period, room)
        for person in here:
            assert person % 8 not in candidates
            teams = set(series[0].candidates.team[sorted(candidates)].tolist())
            assert crew.team[person] not in teams


def test_what_is_short_of_staff_is_listed(series: tuple[ParkProblem, ParkPlan]) -> None:
    roster = draw_roster(*series, staff(1, 0), RULES, seed=1)

    sessions = series[1].score.room_sessions
    lacking_in_rooms = sum(lack for _, _, room, lack in roster.short if room >= 0)
    assert lacking_in_rooms == 2 * sessions - 4
    assert {lack for _, _, room, lack in roster.short if room < 0} == {1}


def test_the_same_seed_draws_the_same_roster(series: tuple[ParkProblem, ParkPlan]) -> None:
    first, second = (draw_roster(*series, staff(12, 2), RULES, seed=3) for _ in range(2))

    assert first.staff.tolist() == second.staff.tolist()
    assert first.room.tolist() == second.room.tolist()

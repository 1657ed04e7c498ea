"""A shift calendar is planned as a whole, and no team is at the machines twice."""

import pytest

from exam_centre.kernel.permissions import Role
from exam_centre.organisation import service
from exam_centre.organisation.rules import ShiftOverlaps
from tests.factories.times import HOUR, NINE


def planned(make, start=0, end=8, team="A"):
    enterprise = make.home_enterprise()
    return service.PlannedShift(enterprise.id, team, "", NINE + start * HOUR, NINE + end * HOUR)


def test_shifts_that_touch_are_planned_and_shifts_that_overlap_are_not(session, make):
    office = make.actor(Role.EXAM_OFFICER)
    shifts = [planned(make), planned(make, 8, 16), planned(make, 4, 12, team="B")]

    assert len(service.plan_shifts(session, office, shifts, now=NINE)) == 3
    with pytest.raises(ShiftOverlaps):
        service.plan_shifts(session, office, [planned(make, 15, 20)], now=NINE)
    new = [planned(make, 20, 30), planned(make, 29, 31)]
    with pytest.raises(ShiftOverlaps):
        service.plan_shifts(session, office, new, now=NINE)

"""Units stand under units above them; shifts belong to somebody and never overlap."""

from decimal import Decimal

import pytest

from exam_centre.kernel.errors import Forbidden, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.organisation import queries, service
from exam_centre.organisation.rules import (
    CodeTaken,
    EndsTooEarly,
    NobodysShift,
    ShiftOverlaps,
    UnitLevel,
    WrongParent,
    WrongPosition,
    check_position,
)
from tests.factories.times import HOUR, MINUTE, NINE

HERE = {"latitude": Decimal("31.32420"), "longitude": Decimal("120.71930")}


def found(session, actor, parent, level, code="NEW"):
    return service.found_unit(
        session, actor, code=code, name="A unit", level=level, parent=parent, now=NINE
    )


def test_a_unit_lies_below_its_parent_in_the_tree(session, make):
    officer = make.actor(Role.EXAM_OFFICER)
    province = make.home(UnitLevel.PROVINCIAL)

    unit = found(session, officer, province, UnitLevel.COUNTY)

    assert unit.path == f"{province.path}{unit.id}/"
    assert queries.units_above(session, unit)[-2:] == [province, unit]


@pytest.mark.parametrize("level", [UnitLevel.COUNTY, UnitLevel.PREFECTURAL, UnitLevel.NATIONAL])
def test_a_unit_stands_only_under_a_higher_one(session, make, level):
    county = make.home(UnitLevel.COUNTY)

    with pytest.raises(WrongParent):
        found(session, make.actor(Role.EXAM_OFFICER), county, level)


def test_an_officer_founds_units_only_within_their_own(session, make):
    officer = make.actor(Role.EXAM_OFFICER, unit=make.unit(UnitLevel.PREFECTURAL))

    with pytest.raises(Forbidden):
        found(session, officer, make.home(UnitLevel.PREFECTURAL), UnitLevel.COUNTY)


def test_two_units_never_share_a_code(session, make):
    officer, above = make.actor(Role.EXAM_OFFICER), make.home(UnitLevel.PREFECTURAL)

    with pytest.raises(CodeTaken):
        found(session, officer, above, UnitLevel.COUNTY, code=make.home().code)


def test_a_unit_outside_ones_scope_sounds_like_one_that_does_not_exist(session, make):
    mine, other = make.unit(), make.unit()
    auditor = make.actor(Role.AUDITOR, unit=mine)

    assert queries.access_unit(session, auditor, mine.code) is mine
    with pytest.raises(NotFound) as foreign:
        queries.access_unit(session, auditor, other.code)
    with pytest.raises(NotFound) as absent:
        queries.access_unit(session, auditor, "nowhere")
    assert str(foreign.value) == str(absent.value)


@pytest.mark.parametrize("latitude", ["90.00001", "31.123456", "NaN", "1E+30"])
def test_a_position_lies_on_the_globe(latitude):
    check_position(Decimal(-90), Decimal(180))
    with pytest.raises(WrongPosition):
        check_position(Decimal(latitude), Decimal(120))


def test_an_enterprise_in_a_new_park_is_seen_by_the_parks_unit(session, make):
    officer = make.actor(Role.EXAM_OFFICER)
    park = service.add_park(session, officer, make.home(), code="P", name="P", now=NINE, **HERE)
    enterprise = service.add_enterprise(
        session, officer, park, code="E", name="E", now=NINE, **HERE
    )
    seer = make.actor(Role.AUDITOR, unit=make.home())

    assert queries.access_enterprise(session, seer, "E") is enterprise
    assert queries.place_of_enterprise(session, enterprise.id).unit_path == make.home().path


def plan(session, make, **facts):
    wanted = {"team": "C", "starts_at": NINE, "ends_at": NINE + 8 * HOUR, "now": NINE} | facts
    return service.plan_shift(
        session, make.actor(Role.EXAM_OFFICER), make.home_enterprise(), **wanted
    )


def test_a_team_is_never_on_two_shifts_at_once(session, make):
    plan(session, make)
    plan(session, make, starts_at=NINE + 8 * HOUR, ends_at=NINE + 16 * HOUR)
    plan(session, make, team="D")

    with pytest.raises(ShiftOverlaps) as refusal:
        plan(session, make, starts_at=NINE + 7 * HOUR, ends_at=NINE + 9 * HOUR)
    assert "2026-12-12 09:00" in str(refusal.value)  # on the network's clock, not in UTC


@pytest.mark.parametrize("who", [{"team": ""}, {"team": "C", "work_no": "W1"}])
def test_a_shift_is_a_teams_or_one_workers(session, make, who):
    with pytest.raises(NobodysShift):
        plan(session, make, **who)


def test_a_shift_ends_after_it_starts(session, make):
    with pytest.raises(EndsTooEarly):
        plan(session, make, ends_at=NINE)


def test_a_workers_shifts_are_the_teams_and_their_own_where_they_overlap_the_window(session, make):
    teams, own = make.shift(), make.shift(work_no="W1", starts_at=NINE + HOUR)
    make.shift(work_no="W2")
    make.shift(team="D")
    make.shift(team="", work_no="W1", starts_at=NINE - 8 * HOUR)

    def overlapping(start, end):
        enterprise_id = make.home_enterprise().id
        return queries.shifts_of(session, enterprise_id, "C", "W1", start, end)

    assert overlapping(NINE, NINE + 2 * HOUR) == [teams, own]
    assert overlapping(NINE, NINE + MINUTE) == [teams]
    assert overlapping(own.ends_at, own.ends_at + HOUR) == []

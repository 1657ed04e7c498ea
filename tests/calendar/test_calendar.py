"""A series has periods, deadlines that include their moment, and rules in versions."""

from datetime import date
from decimal import Decimal

import pytest

from exam_centre.calendar import queries, service
from exam_centre.calendar.models import RuleProfile
from exam_centre.calendar.rules import (
    DeadlineKind,
    DeadlinePassed,
    SeriesNotOpen,
    SeriesStatus,
    StartTaken,
    WrongRule,
    check_rules,
)
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import CodeTaken, EndsTooEarly, UnitLevel
from tests.factories.times import DAY, HOUR, MINUTE, NINE


def open_series(session, actor, unit):
    return service.open_series(session, actor, unit, code="2026AUT", name="Autumn", now=NINE)


def set_rules(session, actor, series, **rules):
    return service.set_rules(
        session,
        actor,
        series,
        source="decision 12",
        effective_from=date(2026, 9, 1),
        now=NINE,
        **rules,
    )


def test_a_series_is_opened_by_the_unit_that_runs_it(session, make):
    top = make.home(UnitLevel.NATIONAL)

    with pytest.raises(Forbidden):
        open_series(session, make.actor(Role.EXAM_OFFICER, unit=make.home()), top)
    assert open_series(session, make.actor(Role.EXAM_OFFICER), top).status is SeriesStatus.OPEN
    with pytest.raises(CodeTaken):
        open_series(session, make.actor(Role.EXAM_OFFICER), top)


def test_a_rule_that_a_new_version_does_not_mention_stays_as_it_was(session, make):
    officer, series = make.actor(Role.EXAM_OFFICER), make.series(rules=False)
    first = set_rules(session, officer, series, late_limit_minutes=15, retake_cap=Decimal(60))

    second = set_rules(session, officer, series, second_marking=False)

    assert (first.version, second.version) == (1, 2)
    assert (second.late_limit_minutes, second.retake_cap) == (15, Decimal(60))
    assert (first.second_marking, second.second_marking) == (True, False)
    assert queries.rules_of(session, series.id) is second


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("late_limit_minutes", -1),
        ("late_limit_minutes", True),
        ("late_limit_minutes", "30"),
        ("candidates_per_invigilator", 0),
        ("sample_percent", Decimal("100.5")),
        ("marking_tolerance", Decimal("0.001")),
        ("marking_tolerance", Decimal("NaN")),
        ("marking_tolerance", None),
        ("seat_on_slip", 1),
        ("colour_of_the_door", 1),
        ("version", 7),
    ],
)
def test_a_rule_nobody_knows_or_out_of_its_range_is_refused(rule, value):
    with pytest.raises(WrongRule):
        check_rules({rule: value})


def test_a_wrong_rule_writes_no_version(session, make):
    series = make.series()

    with pytest.raises(WrongRule):
        set_rules(session, make.actor(Role.EXAM_OFFICER), series, late_limit_minutes=-1)
    assert queries.rules_of(session, series.id).version == 1


def test_a_retake_may_count_in_full(session, make):
    officer, series = make.actor(Role.EXAM_OFFICER), make.series(rules=False)
    set_rules(session, officer, series, retake_cap=Decimal(60))

    assert set_rules(session, officer, series, retake_cap=None).retake_cap is None


def test_a_series_without_rules_says_so(session, make):
    with pytest.raises(NotFound):
        queries.rules_of(session, make.series(rules=False).id)


def add_period(session, make, series, code="P01", starts_at=NINE, ends_at=NINE + 2 * HOUR):
    return service.add_period(
        session,
        make.actor(Role.EXAM_OFFICER),
        series,
        code=code,
        starts_at=starts_at,
        ends_at=ends_at,
        now=NINE,
    )


def test_no_two_periods_of_a_series_share_a_code_or_a_start(session, make):
    series = make.series()
    period = add_period(session, make, series)

    with pytest.raises(CodeTaken):
        add_period(session, make, series, starts_at=NINE + HOUR)
    with pytest.raises(StartTaken):
        add_period(session, make, series, code="P02")
    with pytest.raises(EndsTooEarly):
        add_period(session, make, series, code="P02", ends_at=NINE)
    assert queries.periods_of(session, [series.id]) == [period]
    assert add_period(session, make, make.series()).code == period.code


def test_the_moment_of_a_deadline_is_still_in_time(session, make):
    series = make.series()
    service.set_deadline(
        session,
        make.actor(Role.EXAM_OFFICER),
        series,
        DeadlineKind.ENTRIES,
        at=NINE,
        now=NINE - DAY,
    )

    queries.ensure_open(session, series, DeadlineKind.ENTRIES, NINE)
    queries.ensure_open(session, series, DeadlineKind.ACCESS, NINE + DAY)
    with pytest.raises(DeadlinePassed) as refusal:
        queries.ensure_open(session, series, DeadlineKind.ENTRIES, NINE + MINUTE)
    assert "2026-12-12 09:00" in str(refusal.value)


def test_a_moved_deadline_replaces_the_first(session, make):
    officer, series = make.actor(Role.EXAM_OFFICER), make.series()
    for moment in (NINE, NINE + DAY):
        service.set_deadline(session, officer, series, DeadlineKind.MARKS, at=moment, now=NINE)

    assert queries.deadline_of(session, series.id, DeadlineKind.MARKS) == NINE + DAY


def test_a_closed_series_takes_nothing_until_it_is_open_again(session, make):
    officer, series = make.actor(Role.EXAM_OFFICER), make.series()
    service.close_series(session, officer, series, now=NINE)

    with pytest.raises(SeriesNotOpen):
        add_period(session, make, series)
    with pytest.raises(SeriesNotOpen):
        set_rules(session, officer, series, seat_on_slip=False)
    with pytest.raises(SeriesNotOpen):
        queries.ensure_open(session, series, DeadlineKind.ENTRIES, NINE)
    with pytest.raises(IllegalMove):
        service.close_series(session, officer, series, now=NINE)
    service.reopen_series(session, officer, series, reason="an entry was missed", now=NINE)
    assert add_period(session, make, series)


def test_a_county_sees_the_series_of_headquarters_and_not_of_another_province(session, make):
    liaison = make.actor(Role.LIAISON, unit=make.home())
    series = make.series()
    elsewhere = make.series(unit=make.unit(UnitLevel.PROVINCIAL))

    assert queries.access_series(session, liaison, series.code) is series
    with pytest.raises(NotFound):
        queries.access_series(session, liaison, elsewhere.code)
    with pytest.raises(NotFound):
        queries.access_series(session, make.actor(), series.code)


def test_rules_are_read_back_as_exact_decimals(session, make):
    profile = make.rules(marking_tolerance=Decimal("2.5"))
    session.expire(profile)

    read = session.get_one(RuleProfile, profile.id)

    assert str(read.marking_tolerance) == "2.50"

"""Papers have lengths when they are sat, courses bring credits, schemes come in versions."""

from decimal import Decimal

import pytest

from exam_centre.kernel.errors import Forbidden, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import CodeTaken, UnitLevel
from exam_centre.papers import queries, service
from exam_centre.papers.rules import (
    BookRule,
    Mode,
    WrongCredits,
    WrongMinutes,
    WrongScheme,
    check_credits,
    check_minutes,
    check_scheme,
)
from tests.factories.times import NINE


def add_paper(session, actor, mode=Mode.PAPER, minutes=90, code="00112"):
    return service.add_paper(
        session,
        actor,
        code=code,
        name="Safety",
        mode=mode,
        minutes=minutes,
        book_rule=BookRule.CLOSED,
        now=NINE,
    )


def add_course(session, actor, paper, credits, code="C1"):  # noqa: A002 - the word of the trade
    return service.add_course(
        session,
        actor,
        paper,
        code=code,
        name="Safety",
        level="diploma",
        learning_area="industrial",
        credits=credits,
        now=NINE,
    )


@pytest.mark.parametrize(
    ("mode", "minutes"),
    [(Mode.PAPER, None), (Mode.COMPUTER, 0), (Mode.ORAL, 601), (Mode.THESIS, 90)],
)
def test_a_paper_has_a_length_exactly_when_it_is_sat(mode, minutes):
    check_minutes(Mode.THESIS, None)
    check_minutes(Mode.PAPER, 600)
    with pytest.raises(WrongMinutes):
        check_minutes(mode, minutes)


def test_a_sat_paper_without_a_length_is_not_added(session, make):
    officer = make.actor(Role.EXAM_OFFICER)

    with pytest.raises(WrongMinutes):
        add_paper(session, officer, Mode.PAPER, None)
    assert queries.find_paper(session, "00112") is None
    assert add_paper(session, officer, Mode.THESIS, None) is queries.find_paper(session, "00112")


def test_papers_are_the_business_of_headquarters(session, make):
    at_headquarters = make.actor(Role.EXAM_OFFICER, unit=make.home(UnitLevel.NATIONAL))
    in_a_province = make.actor(Role.EXAM_OFFICER, unit=make.home(UnitLevel.PROVINCIAL))

    add_paper(session, at_headquarters)
    with pytest.raises(Forbidden):
        add_paper(session, in_a_province, code="00113")


def test_one_paper_serves_courses_of_two_levels(session, make):
    officer = make.actor(Role.EXAM_OFFICER)
    paper = add_paper(session, officer)
    courses = [
        add_course(session, officer, paper, Decimal(3), "C2"),
        add_course(session, officer, paper, Decimal("0.5"), "C1"),
    ]

    assert queries.courses_of(session, [paper.id]) == courses[::-1]
    with pytest.raises(CodeTaken):
        add_course(session, officer, paper, Decimal(3), "C2")
    with pytest.raises(CodeTaken):
        add_paper(session, officer)


@pytest.mark.parametrize("value", ["0", "-1", "0.3", "100.5", "NaN", "Infinity"])
def test_credits_come_in_halves(value):
    with pytest.raises(WrongCredits):
        check_credits(Decimal(value))


def test_a_course_without_credits_is_refused(session, make):
    with pytest.raises(WrongCredits):
        add_course(session, make.actor(Role.EXAM_OFFICER), make.paper(), Decimal(0))


def set_scheme(session, make, paper, **facts):
    wanted = {
        "source": "syllabus 2026",
        "formative_percent": Decimal(30),
        "double_pass": False,
        "pass_mark": Decimal(60),
        "precision": 0,
        "now": NINE,
    }
    return service.set_scheme(session, make.actor(Role.EXAM_OFFICER), paper, **wanted | facts)


def test_the_newest_scheme_counts_and_the_older_ones_stay(session, make):
    paper, other = make.paper(scheme=False), make.paper(scheme=False)
    with pytest.raises(NotFound):
        queries.scheme_of(session, paper.id)

    first = set_scheme(session, make, paper)
    second = set_scheme(session, make, paper, formative_percent=Decimal(50))

    assert (first.version, first.formative_percent) == (1, Decimal(30))
    assert queries.scheme_of(session, paper.id) is second
    assert queries.schemes_of(session, [paper.id, other.id]) == {paper.id: second}


@pytest.mark.parametrize(
    "fact",
    [
        {"formative_percent": Decimal("100.01")},
        {"formative_percent": Decimal("33.333")},
        {"pass_mark": Decimal(-1)},
        {"pass_mark": Decimal("NaN")},
        {"precision": 3},
    ],
)
def test_a_scheme_out_of_range_is_refused(fact):
    usual = {"formative_percent": Decimal(30), "pass_mark": Decimal(60), "precision": 0}

    check_scheme(**usual)
    with pytest.raises(WrongScheme):
        check_scheme(**usual | fact)


def test_a_wrong_scheme_writes_no_version(session, make):
    paper = make.paper()

    with pytest.raises(WrongScheme):
        set_scheme(session, make, paper, precision=3)
    assert queries.scheme_of(session, paper.id).version == 1


def test_a_scheme_may_be_all_formative(session, make):
    scheme = set_scheme(session, make, make.paper(), formative_percent=Decimal(100))

    assert scheme.facts().formative_percent == 100

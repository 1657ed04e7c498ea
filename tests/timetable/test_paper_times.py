"""When papers may be sat: windows and orders that every search keeps, or that are named."""

import pytest
from sqlalchemy import select

from exam_centre.calendar import queries as calendar
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.papers.models import Paper
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import PaperOrder, PaperWindow, Placement, Sitting
from exam_centre.timetable.queries import paper_times
from exam_centre.timetable.rules import (
    AlreadyOrdered,
    OrderOfOnePaper,
    PaperOrderKind,
    ProblemContradicts,
    WindowBackwards,
)
from tests.timetable.small_series import BEFORE, MOVES, draft, open_series, published, solved

WHY = "The ministry fixed it."


@pytest.fixture
def series(make):
    """Twelve workers, two papers and four periods."""
    return open_series(make)


@pytest.fixture
def office(make):
    return make.actor(Role.EXAM_OFFICER)


def papers_of(session):
    return list(session.scalars(select(Paper).order_by(Paper.code)))


def periods_of(session, series):
    return calendar.periods_of(session, [series.id])


def starts(session, plan, paper):
    """Return when a paper is sat in a plan."""
    return set(
        session.scalars(
            select(Placement.starts_at)
            .join(Sitting, Sitting.id == Placement.sitting_id)
            .where(queries.standing(queries.versions(session, plan)), Sitting.paper_id == paper.id)
        )
    )


def limit(session, office, series, paper, first, last):
    return service.set_window(session, office, series, paper, first, last, reason=WHY, now=BEFORE)


def ordered(session, office, series, first, second, kind=PaperOrderKind.BEFORE):
    return service.set_order(session, office, series, first, second, kind, reason=WHY, now=BEFORE)


def test_a_paper_with_a_fixed_date_is_sat_then_and_never_else(session, make, series, office):
    paper, period = papers_of(session)[0], periods_of(session, series)[2]
    limit(session, office, series, paper, period, period)
    plan, _, _ = solved(make, session, series)

    assert starts(session, plan, paper) == {period.starts_at}
    assert queries.problems(session, plan) == []


def test_a_second_window_takes_the_place_of_the_first_and_lifting_it_frees_the_paper(
    session, series, office
):
    paper, periods = papers_of(session)[0], periods_of(session, series)
    limit(session, office, series, paper, periods[0], periods[0])
    row = limit(session, office, series, paper, periods[1], periods[3])

    assert session.scalars(select(PaperWindow)).all() == [row]
    [line] = paper_times.windows_of(session, series.id)
    assert line.words.say_in("en").endswith(f"from {periods[1].code} to {periods[3].code}")
    service.lift_window(session, office, row, now=BEFORE)
    assert paper_times.windows_of(session, series.id) == []


@pytest.mark.parametrize("turned", [False, True])
def test_an_order_is_kept_whichever_paper_comes_first(session, make, series, office, turned):
    first, second = reversed(papers_of(session)) if turned else papers_of(session)
    ordered(session, office, series, first, second)
    plan, _, _ = solved(make, session, series)

    assert max(starts(session, plan, first)) < min(starts(session, plan, second))
    assert queries.problems(session, plan) == []


def test_what_is_public_is_named_by_the_check_and_moved_by_a_repair(session, make, series, office):
    plan, _, _ = published(make, session, series)
    first, second = sorted(papers_of(session), key=lambda paper: min(starts(session, plan, paper)))
    ordered(session, office, series, second, first)
    kinds = {problem.kind for problem in queries.problems(session, plan)}
    repair, _, _ = solved(make, session, series)

    assert kinds == {"papers_out_of_order"}
    assert max(starts(session, repair, second)) < min(starts(session, repair, first))
    assert queries.problems(session, repair) == []


def test_a_window_set_after_publication_names_who_sits_outside_it(session, make, series, office):
    plan, _, _ = published(make, session, series)
    paper, periods = papers_of(session)[0], periods_of(session, series)
    free = next(p for p in periods if p.starts_at not in starts(session, plan, paper))
    limit(session, office, series, paper, free, free)

    found = queries.problems(session, plan)
    assert {problem.kind for problem in found} == {"outside_window"}
    assert len(found) == 12


def test_orders_in_a_circle_are_named_before_the_search(session, make, series, office):
    first, second = papers_of(session)
    ordered(session, office, series, first, second)
    periods = periods_of(session, series)
    limit(session, office, series, second, periods[0], periods[0])
    plan, one, _ = draft(make, session, series)
    with pytest.raises(ProblemContradicts) as refused:
        service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)

    words = str(refused.value.sentence)
    assert f"{first.code} is over before {second.code} begins" in words


def test_a_window_from_later_to_earlier_is_refused_with_what_would_do(session, series, office):
    paper, periods = papers_of(session)[0], periods_of(session, series)
    with pytest.raises(WindowBackwards) as refused:
        limit(session, office, series, paper, periods[3], periods[1])

    assert "Choose the earlier one" in str(refused.value.sentence)
    assert session.scalars(select(PaperWindow)).all() == []


def test_two_papers_have_one_order_and_one_paper_has_none(session, series, office):
    first, second = papers_of(session)
    row = ordered(session, office, series, first, second)
    with pytest.raises(AlreadyOrdered):
        ordered(session, office, series, second, first, PaperOrderKind.APART)
    with pytest.raises(OrderOfOnePaper):
        ordered(session, office, series, first, first)
    service.lift_order(session, office, row, now=BEFORE)

    assert session.scalars(select(PaperOrder)).all() == []


def test_only_who_plans_the_series_says_when_papers_are_sat(session, make, series):
    marker, paper = make.actor(Role.MARKER), papers_of(session)[0]
    period = periods_of(session, series)[0]
    with pytest.raises(Forbidden):
        limit(session, marker, series, paper, period, period)

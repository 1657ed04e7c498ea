"""When papers may be sat in a series: as pages show it, as a search is told, and what breaks it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.models import Paper
from exam_centre.solver.engine.arrays import Flags
from exam_centre.solver.park import OrderKind, Orders
from exam_centre.timetable.models import PaperOrder, PaperWindow, Placement, Sitting
from exam_centre.timetable.queries.columns import ints
from exam_centre.timetable.queries.standing import standing
from exam_centre.timetable.rules import PaperOrderKind, keeps_order, order_words

ORDER_KINDS = {
    PaperOrderKind.BEFORE: OrderKind.BEFORE,
    PaperOrderKind.TOGETHER: OrderKind.TOGETHER,
    PaperOrderKind.APART: OrderKind.APART,
}


@dataclass(frozen=True)
class TimeLine:
    """A window or an order as a page shows it."""

    token: str
    words: Sentence
    reason: str
    by: str


def windows_of(session: Session, series_id: int) -> list[TimeLine]:
    """Return the windows of a series, by the paper's code."""
    first, last = aliased(Period), aliased(Period)
    rows = session.execute(
        select(PaperWindow, Paper.code, Paper.name, first.code, last.code, Person.name)
        .join(Paper, Paper.id == PaperWindow.paper_id)
        .join(first, first.id == PaperWindow.first_period_id)
        .join(last, last.id == PaperWindow.last_period_id)
        .join(Person, Person.id == PaperWindow.by_id)
        .where(PaperWindow.series_id == series_id)
    )
    return [
        TimeLine(row.token, _window_words(code, name, start, end), row.reason, by)
        for row, code, name, start, end, by in sorted(rows, key=lambda row: row[1])
    ]


def _window_words(code: str, name: str, first: str, last: str) -> Sentence:
    if first == last:
        return say("{code} {name}: in {period} alone", code=code, name=name, period=first)
    return say(
        "{code} {name}: from {first} to {last}", code=code, name=name, first=first, last=last
    )


def orders_of(session: Session, series_id: int) -> list[TimeLine]:
    """Return the orders of a series, by the codes of their papers."""
    return [
        TimeLine(row.token, order_words(row.kind, first, second), row.reason, by)
        for row, first, second, by in _orders(session, series_id)
    ]


def _orders(session: Session, series_id: int) -> list[tuple[PaperOrder, str, str, str]]:
    one, other = aliased(Paper), aliased(Paper)
    rows = session.execute(
        select(PaperOrder, one.code, other.code, Person.name)
        .join(one, one.id == PaperOrder.first_paper_id)
        .join(other, other.id == PaperOrder.second_paper_id)
        .join(Person, Person.id == PaperOrder.by_id)
        .where(PaperOrder.series_id == series_id)
    )
    return sorted(((row[0], row[1], row[2], row[3]) for row in rows), key=lambda row: row[1:3])


def access_window(session: Session, series_id: int, token: str) -> PaperWindow:
    """Return a window of a series. Raises NotFound."""
    found = session.scalar(select(PaperWindow).filter_by(series_id=series_id, token=token))
    if found is None:
        raise NotFound(say("window"))
    return found


def access_order(session: Session, series_id: int, token: str) -> PaperOrder:
    """Return an order of a series. Raises NotFound."""
    found = session.scalar(select(PaperOrder).filter_by(series_id=series_id, token=token))
    if found is None:
        raise NotFound(say("order of papers"))
    return found


def allowed_periods(
    session: Session, series_id: int, papers: Sequence[int], periods: Sequence[Period]
) -> Flags:
    """Return (N, P) whether papers, by id, may be sat in periods, which are in their order."""
    allowed = np.ones((len(papers), len(periods)), dtype=np.bool_)
    place = {period.id: n for n, period in enumerate(periods)}
    row = {paper_id: n for n, paper_id in enumerate(papers)}
    for window in session.scalars(select(PaperWindow).where(PaperWindow.series_id == series_id)):
        if window.paper_id in row:
            span = np.arange(len(periods))
            first, last = place[window.first_period_id], place[window.last_period_id]
            allowed[row[window.paper_id]] = (first <= span) & (span <= last)
    return allowed


def order_table(session: Session, series_id: int, papers: Sequence[int]) -> Orders:
    """Return the orders between papers that somebody is entered for, as the search is told."""
    row = {paper_id: n for n, paper_id in enumerate(papers)}
    known = [
        (row[order.first_paper_id], row[order.second_paper_id], ORDER_KINDS[order.kind])
        for order, _, _, _ in _orders(session, series_id)
        if order.first_paper_id in row and order.second_paper_id in row
    ]
    first, second, kind = zip(*known, strict=True) if known else ((), (), ())
    return Orders(ints(first), ints(second), ints(kind))


def outside_windows(
    session: Session, series_id: int, plan_ids: Sequence[int]
) -> Iterator[tuple[str, ...]]:
    """Yield, as subjects, placements in a period their paper may not be sat in."""
    first, last = aliased(Period), aliased(Period)
    for placement_id in session.scalars(
        _sat(plan_ids, Placement.id)
        .join(PaperWindow, PaperWindow.paper_id == Sitting.paper_id)
        .join(first, first.id == PaperWindow.first_period_id)
        .join(last, last.id == PaperWindow.last_period_id)
        .where(
            PaperWindow.series_id == series_id,
            (Period.starts_at < first.starts_at) | (Period.starts_at > last.starts_at),
        )
    ):
        yield (f"placements:{placement_id}",)


def out_of_order(
    session: Session, series_id: int, plan_ids: Sequence[int]
) -> Iterator[tuple[str, ...]]:
    """Yield, as subjects, a placement each of two papers that are not sat as was asked."""
    orders = _orders(session, series_id)
    if not orders:
        return
    sat: dict[int, dict[datetime, int]] = defaultdict(dict)
    for paper_id, starts_at, placement_id in session.execute(
        _sat(plan_ids, Sitting.paper_id, Period.starts_at, func.min(Placement.id)).group_by(
            Sitting.paper_id, Period.starts_at
        )
    ):
        sat[paper_id][starts_at] = placement_id
    for order, _, _, _ in orders:
        first, second = sat[order.first_paper_id], sat[order.second_paper_id]
        if not keeps_order(order.kind, first, second):
            yield f"placements:{first[max(first)]}", f"placements:{second[min(second)]}"


def _sat(plan_ids: Sequence[int], *what: Any) -> Select[Any]:
    """Select from what stands in plans, with its sitting and period."""
    return (
        select(*what)
        .select_from(Placement)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Period, Period.id == Sitting.period_id)
        .where(standing(plan_ids))
    )

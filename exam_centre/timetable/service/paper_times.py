"""When papers may be sat in a series: windows and orders, said once for every version of a plan."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.rules import check_reason
from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import PaperOrder, PaperWindow
from exam_centre.timetable.rules import (
    AlreadyOrdered,
    OrderOfOnePaper,
    PaperOrderKind,
    WindowBackwards,
)


def set_window(
    session: Session,
    actor: Actor,
    series: Series,
    paper: Paper,
    first: Period,
    last: Period,
    *,
    reason: str,
    now: datetime,
) -> PaperWindow:
    """Let a paper be sat from one period to another only; what was said before gives way.

    Plans that are public stay as they are: the check names what is outside, and a repair moves it.
    Raises WindowBackwards, ReasonMissing.
    """
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, series.id))
    check_reason(reason)
    if last.starts_at < first.starts_at:
        raise WindowBackwards(first.code, last.code)
    known = select(PaperWindow).filter_by(series_id=series.id, paper_id=paper.id)
    row = session.scalar(known)
    if row is None:
        row = PaperWindow(series_id=series.id, paper_id=paper.id)
        session.add(row)
    row.first_period_id, row.last_period_id = first.id, last.id
    row.reason, row.by_id, row.at = reason, actor.human(), now
    audit.record(session, actor, "timetable.window_set", row, now, reason=reason)
    return row


def lift_window(session: Session, actor: Actor, row: PaperWindow, *, now: datetime) -> None:
    """Let a paper be sat in every period again."""
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, row.series_id))
    audit.record(session, actor, "timetable.window_lifted", row, now, reason=row.reason)
    session.delete(row)
    session.flush()


def set_order(
    session: Session,
    actor: Actor,
    series: Series,
    first: Paper,
    second: Paper,
    kind: PaperOrderKind,
    *,
    reason: str,
    now: datetime,
) -> PaperOrder:
    """Ask something of the sittings of two papers. Whether all orders go together, a search says.

    Raises OrderOfOnePaper, AlreadyOrdered, ReasonMissing.
    """
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, series.id))
    check_reason(reason)
    if first.id == second.id:
        raise OrderOfOnePaper(first.code)
    both = [first.id, second.id]
    known = session.scalar(
        select(PaperOrder.id).where(
            PaperOrder.series_id == series.id,
            PaperOrder.first_paper_id.in_(both),
            PaperOrder.second_paper_id.in_(both),
        )
    )
    if known is not None:
        raise AlreadyOrdered(first.code, second.code)
    row = PaperOrder(
        series_id=series.id,
        first_paper_id=first.id,
        second_paper_id=second.id,
        kind=kind,
        reason=reason,
        by_id=actor.human(),
        at=now,
    )
    session.add(row)
    audit.record(session, actor, "timetable.order_set", row, now, reason=reason)
    return row


def lift_order(session: Session, actor: Actor, row: PaperOrder, *, now: datetime) -> None:
    """Ask it no longer."""
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, row.series_id))
    audit.record(session, actor, "timetable.order_lifted", row, now, reason=row.reason)
    session.delete(row)
    session.flush()

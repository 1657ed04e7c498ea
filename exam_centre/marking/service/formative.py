"""Marks of the term by hand: recorded, changed for a reason, every earlier version kept."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import ensure_no_tie
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.marking.models import FormativeChange, FormativeMark
from exam_centre.marking.queries.formative import find_formative, last_numbers
from exam_centre.marking.rules import (
    BY_MARKERS,
    FormativeChanged,
    Given,
    MarkStatus,
    WrongStatus,
    number_or_status,
)
from exam_centre.organisation.queries import place_of_unit
from exam_centre.papers.models import Course


def record_formative(
    session: Session,
    actor: Actor,
    candidate: Candidate,
    course: Course,
    series: Series,
    *,
    score: Decimal | None = None,
    status: MarkStatus | None = None,
    source: str,
    dated: date,
    reason: str = "",
    now: datetime,
) -> FormativeMark:
    """Keep what a candidate earned during the term in one course; a later one replaces it.

    status  where there is no number: MISSING says that the part was not completed.
    reason  why it is replaced; what stood before is kept with it.
    Raises WrongMark, ConflictOfInterest. A released outcome changes by a correction alone.
    """
    unit = place_of_unit(session, candidate.unit_id)
    actor.require(Permission.RUN_MARKING, Place(unit.unit_path, series_id=series.id))
    number_or_status(score, status)
    ensure_no_tie(session, actor.human(), [candidate.person_id])
    mark = find_formative(session, candidate.id, course.id, series.id)
    if mark is None:
        mark = FormativeMark(candidate_id=candidate.id, course_id=course.id, series_id=series.id)
        session.add(mark)
    elif (mark.score, mark.status, mark.source, mark.dated) == (score, status, source, dated):
        return mark
    else:
        keep_versions(session, actor, [mark], reason=reason, now=now)
    mark.score, mark.status, mark.source, mark.dated = score, status, source, dated
    audit.record(session, actor, "marking.formative_recorded", mark, now, reason=reason)
    return mark


def change_formative(
    session: Session,
    actor: Actor,
    candidate: Candidate,
    course: Course,
    series: Series,
    *,
    score: Decimal | None = None,
    status: MarkStatus | None = None,
    source: str,
    dated: date,
    seen: str,
    reason: str,
    now: datetime,
) -> FormativeMark:
    """Enter or change a formative mark by hand; a change needs a reason.

    seen  the mark as the page showed it, "" where there was none.
    Raises FormativeChanged where it is another one by now, ReasonMissing, WrongStatus, and what
    `record_formative` raises.
    """
    if status is not None and status not in BY_MARKERS:
        raise WrongStatus(status)
    known = find_formative(session, candidate.id, course.id, series.id)
    stands = str(Given(known.score, known.status)) if known is not None else ""
    if stands != seen:
        raise FormativeChanged(stands)
    if known is not None:
        check_reason(reason)
    return record_formative(
        session,
        actor,
        candidate,
        course,
        series,
        score=score,
        status=status,
        source=source,
        dated=dated,
        reason=reason if known is not None else "",
        now=now,
    )


def keep_versions(
    session: Session,
    actor: Actor,
    marks: Sequence[FormativeMark],
    *,
    reason: str = "",
    now: datetime,
) -> None:
    """Keep what these marks of one series say before an act changes them or takes them back."""
    numbers = last_numbers(session, marks)
    session.add_all(
        FormativeChange(
            candidate_id=mark.candidate_id,
            course_id=mark.course_id,
            series_id=mark.series_id,
            number=numbers.get((mark.candidate_id, mark.course_id, mark.series_id), 0) + 1,
            score=mark.score,
            status=mark.status,
            source=mark.source,
            dated=mark.dated,
            changed_by_id=actor.human(),
            changed_at=now,
            reason=reason,
        )
        for mark in marks
    )

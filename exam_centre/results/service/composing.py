"""Computing outcomes as versions, and holding those that can not be released."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.entries.models import Entry, EntryCourse
from exam_centre.entries.rules import EntryStatus, TakeType
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.results.models import Outcome, OutcomeIdentity
from exam_centre.results.queries import (
    IN_WORK,
    Gathered,
    Line,
    gather,
    holds,
    in_work,
    latest_of,
    lines_of,
)
from exam_centre.results.rules import (
    EXEMPT,
    Composite,
    NotConfirmed,
    OutcomeStatus,
    compose,
    keep_facts,
    portions,
)


def compute(
    session: Session, actor: Actor, entry_courses: Sequence[EntryCourse], *, now: datetime
) -> list[Outcome]:
    """Compute what entry courses come to and return the versions that stand, released ones aside.

    A changed result supersedes the version in work, an unchanged one makes no new version. What
    still waits for a part is skipped (`queries.waiting` names it), and so is what is released: that
    changes by a correction alone. Raises NotConfirmed.
    """
    standing: list[Outcome] = []
    for some in portions([course.id for course in entry_courses]):
        lines = lines_of(session, some)
        _ensure_confirmed(session, some)
        for series_id in {line.series_id for line in lines.values()}:
            place = place_of_series(session, series_id)
            actor.require(Permission.COMPUTE_OUTCOMES, place)
        gathered = gather(session, list(lines.values()), now)
        latest = latest_of(session, some)
        for key, line in lines.items():
            before = latest.get(key)
            if before is not None and before.status is OutcomeStatus.RELEASED:
                continue
            outcome = write_version(session, actor, line, gathered[key], before, now=now)
            if outcome is not None:
                standing.append(outcome)
    return standing


def write_version(
    session: Session,
    actor: Actor,
    line: Line,
    gathered: Gathered,
    before: Outcome | None,
    *,
    reason: str = "",
    now: datetime,
) -> Outcome | None:
    """Return the version in work that says what the parts come to, a new one where it differs.

    None where a part is missing.
    """
    composite = composite_of(line, gathered)
    if composite is None:
        return None
    parts = gathered.parts.as_text() if gathered.parts is not None else {}
    if before is not None and before.status in IN_WORK:
        if _says(before, line, composite, parts):
            return before
        before.move_to(OutcomeStatus.SUPERSEDED)
        # Flushed first: of one course only one version may be in work.
        session.flush()
    if session.get(OutcomeIdentity, line.entry_course_id) is None:
        session.add(OutcomeIdentity(entry_course_id=line.entry_course_id))
        session.flush()
    outcome = Outcome(
        entry_course_id=line.entry_course_id,
        series_id=line.series_id,
        number=before.number + 1 if before is not None else 1,
        scheme_id=line.scheme.id,
        score=composite.score,
        verdict=composite.verdict,
        parts=parts,
        explanation=composite.explanation.text,
        facts=keep_facts(composite.explanation),
        computed_at=now,
        reason=reason,
    )
    session.add(outcome)
    audit.record(session, actor, "results.computed", outcome, now, reason=reason)
    return outcome


def composite_of(line: Line, gathered: Gathered) -> Composite | None:
    """Return what a line comes to, or None while a part is missing."""
    if line.take_type is TakeType.EXEMPT:
        return EXEMPT
    return compose(gathered.parts, line.scheme.facts()) if gathered.parts is not None else None


def hold_and_free(session: Session, actor: Actor, series: Series, *, now: datetime) -> int:
    """Hold the outcomes something is open for, free those nothing is open for any more.

    Returns how many are held now.
    """
    actor.require(Permission.COMPUTE_OUTCOMES, place_of_series(session, series.id))
    outcomes = in_work(session, series.id)
    found = holds(session, [outcome.id for outcome in outcomes])
    for outcome in outcomes:
        held = outcome.status is OutcomeStatus.HELD
        if outcome.id in found and not held:
            outcome.move_to(OutcomeStatus.HELD)
            why = "; ".join(str(sentence) for sentence in found[outcome.id])
            audit.record(session, actor, "results.held", outcome, now, reason=why)
        elif outcome.id not in found and held:
            outcome.move_to(OutcomeStatus.COMPUTED)
            audit.record(session, actor, "results.freed", outcome, now)
    return len(found)


def _says(outcome: Outcome, line: Line, composite: Composite, parts: dict[str, str | None]) -> bool:
    return (
        outcome.scheme_id == line.scheme.id
        and (outcome.score, outcome.verdict) == (composite.score, composite.verdict)
        and outcome.parts == parts
        and outcome.explanation == composite.explanation.text
        and outcome.facts == keep_facts(composite.explanation)
    )


def _ensure_confirmed(session: Session, entry_course_ids: list[int]) -> None:
    stray = session.scalar(
        select(EntryCourse.id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .where(EntryCourse.id.in_(entry_course_ids), Entry.status != EntryStatus.CONFIRMED)
        .limit(1)
    )
    if stray is not None:
        raise NotConfirmed

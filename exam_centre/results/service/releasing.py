"""Release batches: prepared, approved and released by three humans with no part in the marks."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie, other_human
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import audit, laws
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.queries import law_marks
from exam_centre.results.models import Outcome, ReleaseBatch, ReleaseLine
from exam_centre.results.queries import (
    Involved,
    bundles_of,
    content_of,
    holds,
    in_live_batch,
    involved_in,
    law_outcomes,
    outcomes_in,
)
from exam_centre.results.rules import (
    BatchStatus,
    ContentChanged,
    Embargoed,
    MarkedItself,
    NothingToRelease,
    NotReady,
    OutcomesHeld,
    OutcomeStatus,
    portions,
)


def prepare_batch(
    session: Session,
    actor: Actor,
    series: Series,
    outcomes: Sequence[Outcome],
    *,
    embargo_until: datetime | None = None,
    now: datetime,
) -> ReleaseBatch:
    """Put computed outcomes of a series together; their content is fixed by a hash.

    embargo_until  the first moment at which the batch may be released; None: at once.
    Raises NothingToRelease, NotReady, OutcomesHeld, MarkedItself, ConflictOfInterest.
    """
    actor.require(Permission.COMPUTE_OUTCOMES, place_of_series(session, series.id))
    if not outcomes:
        raise NothingToRelease
    ids = [outcome.id for outcome in outcomes]
    _ensure_free(session, outcomes)
    taken = in_live_batch(session, ids)
    unready = [
        outcome
        for outcome in outcomes
        if outcome.status is not OutcomeStatus.COMPUTED
        or outcome.series_id != series.id
        or outcome.id in taken
    ]
    if unready or len(set(ids)) < len(ids):
        raise NotReady(len(unready))
    _ensure_apart(session, actor.human(), ids)
    batch = ReleaseBatch(
        series_id=series.id,
        content_sha256=content_of(session, outcomes),
        embargo_until=embargo_until,
        prepared_by_id=actor.human(),
    )
    session.add(batch)
    session.flush()
    session.add_all(ReleaseLine(batch_id=batch.id, outcome_id=key) for key in sorted(ids))
    audit.record(session, actor, "results.batch_prepared", batch, now)
    return batch


def approve_batch(
    session: Session, actor: Actor, batch: ReleaseBatch, *, now: datetime
) -> ReleaseBatch:
    """Approve a batch as another human than who prepared it.

    Raises SamePerson, MarkedItself, ConflictOfInterest, ContentChanged, OutcomesHeld.
    """
    actor.require(Permission.APPROVE_RESULTS, place_of_series(session, batch.series_id))
    human = other_human(session, actor, batch.prepared_by_id)
    outcomes = outcomes_in(session, batch)
    _ensure_apart(session, human, [outcome.id for outcome in outcomes])
    _ensure_free(session, outcomes)
    _ensure_unchanged(session, batch, outcomes, OutcomeStatus.COMPUTED)
    batch.move_to(BatchStatus.APPROVED)
    batch.approved_by_id = human
    for outcome in outcomes:
        outcome.move_to(OutcomeStatus.APPROVED)
    audit.record(session, actor, "results.batch_approved", batch, now)
    return batch


def release_batch(
    session: Session, actor: Actor, batch: ReleaseBatch, *, now: datetime
) -> ReleaseBatch:
    """Release an approved batch as a third human; earlier released versions become CORRECTED.

    Raises SamePerson, MarkedItself, ConflictOfInterest, Embargoed (the embargo's own moment is
    free), ContentChanged, OutcomesHeld, LawBroken (laws 6 and 7), IllegalMove.
    """
    actor.require(Permission.RELEASE_RESULTS, place_of_series(session, batch.series_id))
    human = other_human(session, actor, batch.prepared_by_id, batch.approved_by_id)
    outcomes = outcomes_in(session, batch)
    ids = [outcome.id for outcome in outcomes]
    involved = _ensure_apart(session, human, ids)
    if human in involved.approvers:
        raise MarkedItself
    if batch.embargo_until is not None and now < batch.embargo_until:
        raise Embargoed(batch.embargo_until)
    batch.flow.check(batch.status, BatchStatus.RELEASED)
    _ensure_free(session, outcomes)
    _ensure_unchanged(session, batch, outcomes, OutcomeStatus.APPROVED)
    for some in portions(bundles_of(session, ids)):
        laws.ensure(law_marks(session, some))
    laws.ensure(law_outcomes(session, batch.series_id))
    batch.move_to(BatchStatus.RELEASED)
    batch.released_by_id, batch.released_at = human, now
    # Each step is flushed before the next: the batch lets its outcomes be released, and the earlier
    # version gives up its place as the released one before the later takes it.
    session.flush()
    _correct_earlier(session, outcomes)
    for outcome in outcomes:
        outcome.move_to(OutcomeStatus.RELEASED)
    audit.record(session, actor, "results.batch_released", batch, now)
    return batch


def discard_batch(
    session: Session, actor: Actor, batch: ReleaseBatch, *, reason: str, now: datetime
) -> ReleaseBatch:
    """Give up a batch that can not be released; its outcomes are free for another one.

    Raises IllegalMove where it is released.
    """
    actor.require(Permission.COMPUTE_OUTCOMES, place_of_series(session, batch.series_id))
    batch.move_to(BatchStatus.DISCARDED)
    for outcome in outcomes_in(session, batch):
        if outcome.status is OutcomeStatus.APPROVED:
            outcome.move_to(OutcomeStatus.COMPUTED)
    audit.record(session, actor, "results.batch_discarded", batch, now, reason=reason)
    return batch


def _ensure_apart(session: Session, human: int, outcome_ids: Sequence[int]) -> Involved:
    """Refuse a human who had a hand in the marks or is tied to someone they are about."""
    involved = involved_in(session, outcome_ids)
    if human in involved.markers:
        raise MarkedItself
    ensure_no_tie(session, human, involved.candidates)
    return involved


def _ensure_unchanged(
    session: Session, batch: ReleaseBatch, outcomes: Sequence[Outcome], status: OutcomeStatus
) -> None:
    same = all(outcome.status is status for outcome in outcomes)
    if not same or content_of(session, outcomes) != batch.content_sha256:
        raise ContentChanged


def _ensure_free(session: Session, outcomes: Sequence[Outcome]) -> None:
    found = holds(session, [outcome.id for outcome in outcomes])
    if found:
        raise OutcomesHeld(found)


def _correct_earlier(session: Session, outcomes: Sequence[Outcome]) -> None:
    for some in portions([outcome.entry_course_id for outcome in outcomes]):
        earlier = session.scalars(
            select(Outcome).where(
                Outcome.entry_course_id.in_(some), Outcome.status == OutcomeStatus.RELEASED
            )
        )
        for outcome in earlier:
            outcome.move_to(OutcomeStatus.CORRECTED)
    session.flush()

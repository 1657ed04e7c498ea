"""Review on three levels: a seeded sample that anyone can draw again, read before the release."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.results.models import Outcome, ReviewSample
from exam_centre.results.queries import in_work, involved_in, stable_ids_of
from exam_centre.results.rules import AlreadyReviewed, MarkedItself, Tier, draw_sample


def draw_review(
    session: Session,
    actor: Actor,
    series: Series,
    *,
    tier: Tier,
    seed: str,
    percent: Decimal,
    now: datetime,
) -> list[ReviewSample]:
    """Draw `percent` (0 to 100) of a series' unreleased outcomes for one level.

    Drawing again with the same seed draws the same outcomes and makes nothing twice.
    """
    actor.require(Permission.COMPUTE_OUTCOMES, place_of_series(session, series.id))
    outcomes = {outcome.entry_course_id: outcome for outcome in in_work(session, series.id)}
    names = stable_ids_of(session, outcomes)
    drawn = draw_sample(names, percent, seed)
    known = {
        sample.outcome_id: sample
        for sample in session.scalars(
            select(ReviewSample)
            .join(Outcome, Outcome.id == ReviewSample.outcome_id)
            .where(Outcome.series_id == series.id, ReviewSample.tier == tier)
        )
    }
    samples = []
    for name in drawn:
        outcome = outcomes[names[name]]
        sample = known.get(outcome.id)
        if sample is None:
            sample = ReviewSample(outcome_id=outcome.id, tier=tier, seed=seed)
            session.add(sample)
            audit.record(session, actor, "results.review_drawn", sample, now)
        samples.append(sample)
    return samples


def review(
    session: Session,
    actor: Actor,
    sample: ReviewSample,
    *,
    agrees: bool,
    note: str = "",
    now: datetime,
) -> ReviewSample:
    """Keep what a reviewer found; a disagreement holds the outcome.

    Raises AlreadyReviewed, MarkedItself, ConflictOfInterest.
    """
    outcome = session.get_one(Outcome, sample.outcome_id)
    actor.require(Permission.APPROVE_RESULTS, place_of_series(session, outcome.series_id))
    human = actor.human()
    if sample.agrees is not None:
        raise AlreadyReviewed
    involved = involved_in(session, [outcome.id])
    if human in involved.markers:
        raise MarkedItself
    ensure_no_tie(session, human, involved.candidates)
    sample.agrees, sample.note = agrees, note
    sample.reviewer_id, sample.reviewed_at = human, now
    audit.record(session, actor, "results.reviewed", sample, now)
    return sample

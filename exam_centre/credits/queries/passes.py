"""Which released pass counts for a person and course, and which of them wants a claim."""

from collections.abc import Iterable

from sqlalchemy import Subquery, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.certificates.models import Credential
from exam_centre.certificates.rules import CredentialStatus
from exam_centre.credits.models import (
    Claim,
    LearningAccount,
)
from exam_centre.credits.queries.chunks import chunks
from exam_centre.credits.rules import (
    ENDED,
    ClaimStatus,
)
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.results.models import Correction, Outcome
from exam_centre.results.rules import OutcomeStatus, Verdict

Pair = tuple[int, int]  # person and course: one live credit each


def best_passes() -> Subquery:
    """Return the one released pass that counts for each person and course: the best attempt.

    The highest score; of equal ones the earliest attempt. Exempt courses bring no credit here.
    """
    passes = (
        select(
            Outcome.id.label("outcome_id"),
            Outcome.series_id,
            Candidate.person_id,
            EntryCourse.course_id,
            func.row_number()
            .over(
                partition_by=(Candidate.person_id, EntryCourse.course_id),
                order_by=(Outcome.score.desc(), Outcome.entry_course_id),
            )
            .label("place"),
        )
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .where(Outcome.status == OutcomeStatus.RELEASED, Outcome.verdict == Verdict.PASSED)
        .subquery()
    )
    return (
        select(passes.c.outcome_id, passes.c.series_id, passes.c.person_id, passes.c.course_id)
        .where(passes.c.place == 1)
        .subquery("best_passes")
    )


def best_of(session: Session, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """Return the outcome id of the pass that counts, for each pair that has one."""
    wanted = set(pairs)
    best = best_passes()
    found: dict[Pair, int] = {}
    for people in chunks({person for person, _ in wanted}):
        for row in session.execute(select(best).where(best.c.person_id.in_(people))):
            if (row.person_id, row.course_id) in wanted:
                found[row.person_id, row.course_id] = row.outcome_id
    return found


def pair_of(session: Session, outcome: Outcome) -> Pair:
    """Return whose outcome this is, and for which course."""
    row = session.execute(
        select(Candidate.person_id, EntryCourse.course_id)
        .join(Entry, Entry.candidate_id == Candidate.id)
        .join(EntryCourse, EntryCourse.entry_id == Entry.id)
        .where(EntryCourse.id == outcome.entry_course_id)
    ).one()
    return row.person_id, row.course_id


def pairs_to_claim(session: Session, series_id: int) -> list[Pair]:
    """Return whom a claim can be made for, or taken back from, on account of this series.

    Passes without a checked account or a credential wait; the law of credits lists them.
    """
    best = best_passes()
    live = aliased(Claim)
    claimed = aliased(Outcome)
    wanting = (
        select(best.c.person_id, best.c.course_id)
        .join(
            LearningAccount,
            (LearningAccount.person_id == best.c.person_id) & (LearningAccount.answer == "match"),
        )
        .join(
            Credential,
            (Credential.outcome_id == best.c.outcome_id)
            & (Credential.status == CredentialStatus.ACTIVE),
        )
        .outerjoin(
            live,
            (live.person_id == best.c.person_id)
            & (live.course_id == best.c.course_id)
            & live.status.not_in(ENDED),
        )
        .outerjoin(claimed, claimed.id == live.outcome_id)
        .where(
            or_(best.c.series_id == series_id, claimed.series_id == series_id),
            or_(live.id.is_(None), live.outcome_id != best.c.outcome_id),
        )
    )
    fallen = (
        select(Claim.person_id, Claim.course_id)
        .join(Outcome, Outcome.id == Claim.outcome_id)
        .outerjoin(
            best,
            (best.c.person_id == Claim.person_id) & (best.c.course_id == Claim.course_id),
        )
        .where(
            Outcome.series_id == series_id,
            Claim.status.not_in((*ENDED, ClaimStatus.REVOKING)),
            best.c.outcome_id.is_(None),
        )
    )
    pairs = [*session.execute(wanting), *session.execute(fallen)]
    return sorted({(row.person_id, row.course_id) for row in pairs})


def corrections_to(session: Session, outcome_ids: Iterable[int]) -> dict[int, Correction]:
    """Return the correction that brought each of these outcome versions about."""
    return {
        correction.new_outcome_id: correction
        for chunk in chunks(outcome_ids)
        for correction in session.scalars(
            select(Correction).where(Correction.new_outcome_id.in_(chunk))
        )
        if correction.new_outcome_id is not None
    }


def standing_releases(session: Session, entry_course_ids: Iterable[int]) -> dict[int, int]:
    """Return the released outcome's id of each of these entry courses that has one."""
    return {
        row.entry_course_id: row.id
        for chunk in chunks(entry_course_ids)
        for row in session.execute(
            select(Outcome.entry_course_id, Outcome.id).where(
                Outcome.entry_course_id.in_(chunk), Outcome.status == OutcomeStatus.RELEASED
            )
        )
    }

"""The eighth conservation law: live credits are the passes that count."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.certificates.models import Credential
from exam_centre.certificates.rules import CredentialStatus
from exam_centre.credits.models import (
    Claim,
    LearningAccount,
)
from exam_centre.credits.queries.passes import best_passes
from exam_centre.credits.rules import (
    CLAIM_SENTENCES,
    ENDED,
    ClaimStatus,
)
from exam_centre.kernel.laws import Law, Row
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.models import Course
from exam_centre.results.models import Outcome

CREDITED = (ClaimStatus.ACCEPTED, ClaimStatus.REVOKING)


def law_credits(session: Session, series_id: int) -> Law:
    """Return the eighth law: live credits = released passes, the best attempt of each.

    A credit is live from the bank's yes until its yes to taking it back.
    """
    best = best_passes()
    passes = session.execute(
        select(
            best.c.outcome_id,
            Course.code,
            Course.name,
            Claim.id.label("claim_id"),
            Claim.status,
            LearningAccount.answer,
            Credential.id.label("credential_id"),
        )
        .join(Course, Course.id == best.c.course_id)
        .outerjoin(Claim, (Claim.outcome_id == best.c.outcome_id) & Claim.status.not_in(ENDED))
        .outerjoin(LearningAccount, LearningAccount.person_id == best.c.person_id)
        .outerjoin(
            Credential,
            (Credential.outcome_id == best.c.outcome_id)
            & (Credential.status == CredentialStatus.ACTIVE),
        )
        .where(best.c.series_id == series_id)
        .order_by(best.c.outcome_id)
    ).all()
    credited = session.execute(
        select(Claim.id, Claim.status, best.c.outcome_id)
        .join(Outcome, Outcome.id == Claim.outcome_id)
        .outerjoin(best, best.c.outcome_id == Claim.outcome_id)
        .where(Outcome.series_id == series_id, Claim.status.in_(CREDITED))
        .order_by(Claim.id)
    ).all()
    unclaimed = [
        Row(f"outcomes:{row.outcome_id}", _why_not_accepted(row))
        for row in passes
        if row.status is not ClaimStatus.ACCEPTED
    ]
    unfounded = [
        Row(f"claims:{row.id}", _why_not_founded(row.status))
        for row in credited
        if row.outcome_id is None
    ]
    return Law(
        name="credits_are_passes",
        left_text=say("Live credits"),
        right_text=say("Released passes, best attempt"),
        left=len(credited),
        right=len(passes),
        rows=tuple(unclaimed + unfounded),
    )


def _why_not_accepted(row: Any) -> Sentence:
    course = f"{row.code} {row.name}"
    if row.claim_id is not None:
        return say("{course}: {status}", course=course, status=CLAIM_SENTENCES[row.status])
    if row.credential_id is None:
        return say("{course}: no credential is in force. Issue it.", course=course)
    if row.answer != "match":
        return say("{course}: the bank has not confirmed a learning account.", course=course)
    return say("{course}: not claimed yet.", course=course)


def _why_not_founded(status: ClaimStatus) -> Sentence:
    if status is ClaimStatus.REVOKING:
        return CLAIM_SENTENCES[status]
    return say("Credited, but no longer the pass that counts.")

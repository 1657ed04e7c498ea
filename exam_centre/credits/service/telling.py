"""Tell a person something about their credits, once."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from exam_centre.accounts.service import notify
from exam_centre.credits import queries
from exam_centre.credits.models import Claim, CreditTelling
from exam_centre.credits.rules import ClaimStatus
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.models import Course


def tell_once(
    session: Session, person_id: int, about: str, sentence: Sentence, now: datetime
) -> bool:
    """Tell a person what they were not told yet. Two at once: the key lets one of them through.

    about    names it for ever, e.g. "accepted:7".
    Returns  whether they were told just now.
    """
    if session.get(CreditTelling, (person_id, about)) is not None:
        return False
    session.add(CreditTelling(person_id=person_id, about=about))
    notify(session, person_id, sentence, now)
    return True


def tell_of_answer(session: Session, claim: Claim, now: datetime) -> None:
    """Tell the worker how their claims of one release came out: at most one notice of each kind.

    A claim that came back is told at once, what the bank holds when nothing of the release is on
    its way any more. Of a later change in the same release the page tells.
    """
    release = queries.claims_of_release(session, claim)
    if release is None:
        return
    if claim.status is ClaimStatus.RETURNED:
        course = session.get_one(Course, claim.course_id)
        tell_once(
            session,
            claim.person_id,
            f"returned:{release.batch_id}",
            say(
                "The credit bank returned the claim for {course}. Your learning centre puts it "
                "right; “My results” gives the bank's reason.",
                course=course.name,
            ),
            now,
        )
    accepted = release.accepted
    if accepted and not release.on_the_way:
        tell_once(
            session, claim.person_id, f"accepted:{release.batch_id}", _held(session, accepted), now
        )


def _held(session: Session, accepted: list[Claim]) -> Sentence:
    amount = f"{sum((claim.credits for claim in accepted), Decimal(0)):.1f}"
    if len(accepted) == 1:
        course = session.get_one(Course, accepted[0].course_id)
        return say(
            "The credit bank holds your {credits} credits for {course}.",
            credits=amount,
            course=course.name,
        )
    return say(
        "The credit bank holds your {credits} credits for {count} courses.",
        credits=amount,
        count=len(accepted),
    )

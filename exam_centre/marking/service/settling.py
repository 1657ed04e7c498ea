"""Comparing the rounds of a bundle and making its marks final."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.kernel import audit, laws
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.models import Allocation, Bundle, Mark, Moderation, SecretCode
from exam_centre.marking.queries import (
    disputed_codes,
    law_marks,
    moderations_of,
    place_of_bundle,
    rules_of_bundle,
)
from exam_centre.marking.rules import (
    AllocationStatus,
    BundleStatus,
    DisputesOpen,
    NotSubmitted,
)


def compare(session: Session, actor: Actor, bundle: Bundle, *, now: datetime) -> list[str]:
    """Compare the submitted rounds and return the codes a third marker has to read.

    Raises NotSubmitted while a round is open, IllegalMove once the bundle is final.
    """
    actor.require(Permission.RUN_MARKING, place_of_bundle(session, bundle))
    due = (1, 2) if rules_of_bundle(session, bundle).second_needed else (1,)
    _ensure_submitted(session, bundle, due)
    if bundle.status is not BundleStatus.COMPARED:
        bundle.move_to(BundleStatus.COMPARED)
        audit.record(session, actor, "marking.compared", bundle, now)
    return disputed_codes(session, bundle)


def finalise(session: Session, actor: Actor, bundle: Bundle, *, now: datetime) -> Bundle:
    """Make the bundle's marks final. Raises DisputesOpen, NotSubmitted, LawBroken (law 6)."""
    actor.require(Permission.RUN_MARKING, place_of_bundle(session, bundle))
    open_codes = disputed_codes(session, bundle)
    if open_codes:
        raise DisputesOpen(open_codes)
    third = session.scalar(
        select(Mark.id)
        .join(SecretCode, SecretCode.id == Mark.secret_code_id)
        .where(SecretCode.bundle_id == bundle.id, Mark.round == 3)
        .limit(1)
    )
    if third is not None:
        _ensure_submitted(session, bundle, (3,))
    laws.ensure(law_marks(session, [bundle.id]))
    for moderation in moderations_of(session, bundle):
        if moderation.verdict == "sent_back":
            _settle_sent_back(session, actor, moderation, now)
    bundle.move_to(BundleStatus.FINAL)
    audit.record(session, actor, "marking.final", bundle, now)
    return bundle


def _settle_sent_back(
    session: Session, actor: Actor, moderation: Moderation, now: datetime
) -> None:
    moderation.verdict = "marked_again"
    audit.record(session, actor, "marking.marked_again", moderation, now)


def _ensure_submitted(session: Session, bundle: Bundle, rounds: tuple[int, ...]) -> None:
    submitted = set(
        session.scalars(
            select(Allocation.round).where(
                Allocation.bundle_id == bundle.id,
                Allocation.status == AllocationStatus.SUBMITTED,
            )
        )
    )
    for number in rounds:
        if number not in submitted:
            raise NotSubmitted(number)

"""Giving a bundle to a marker, taking it back, opening it again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.service import ensure_no_tie
from exam_centre.kernel import audit, laws
from exam_centre.kernel.errors import SamePerson
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.models import Allocation, Bundle
from exam_centre.marking.queries import (
    candidates_in,
    codes_of_round,
    law_codes,
    moderations_of,
    people_at_work,
    place_of_bundle,
    rules_of_bundle,
)
from exam_centre.marking.rules import (
    AllocationStatus,
    BundleStatus,
    Locked,
    RoundNotNeeded,
    RoundTaken,
)


def allocate(
    session: Session,
    actor: Actor,
    bundle: Bundle,
    round_no: int,
    marker: Person,
    *,
    now: datetime,
) -> Allocation:
    """Give one round of a bundle to a human who had no part in it and no tie to anyone in it.

    round_no  1; 2 where the rules ask for a second marker; 3 where scripts are in dispute.
    Raises RoundNotNeeded, RoundTaken, SamePerson, ConflictOfInterest, LawBroken.
    """
    actor.require(Permission.RUN_MARKING, place_of_bundle(session, bundle))
    laws.ensure(law_codes(session, [bundle.room_session_id], sitting_id=bundle.sitting_id))
    if not _is_due(session, bundle, round_no):
        raise RoundNotNeeded(round_no)
    if _holder(session, bundle, round_no) is not None:
        raise RoundTaken(round_no)
    if marker.id in people_at_work(session, bundle):
        raise SamePerson(marker.name)
    ensure_no_tie(session, marker.id, candidates_in(session, bundle))
    allocation = Allocation(bundle_id=bundle.id, round=round_no, marker_id=marker.id)
    session.add(allocation)
    if bundle.status is BundleStatus.CODED:
        bundle.move_to(BundleStatus.MARKING)
    audit.record(session, actor, "marking.allocated", allocation, now)
    return allocation


def return_allocation(
    session: Session, actor: Actor, allocation: Allocation, *, reason: str, now: datetime
) -> Allocation:
    """Take a round back from a marker who leaves; what they marked stands, another goes on.

    Raises IllegalMove where it is submitted.
    """
    bundle = session.get_one(Bundle, allocation.bundle_id)
    if allocation.marker_id != actor.person_id:
        actor.require(Permission.RUN_MARKING, place_of_bundle(session, bundle))
    allocation.move_to(AllocationStatus.RETURNED)
    audit.record(session, actor, "marking.returned", allocation, now, reason=reason)
    return allocation


def reopen(
    session: Session, actor: Actor, allocation: Allocation, *, reason: str, now: datetime
) -> Allocation:
    """Let a marker change a submitted round once more, before its bundle is settled.

    The first two rounds reopen until they are compared, the third until the bundle is final.
    Raises Locked afterwards, IllegalMove where the round is not submitted.
    """
    bundle = session.get_one(Bundle, allocation.bundle_id)
    actor.require(Permission.RUN_MARKING, place_of_bundle(session, bundle))
    while_open = {BundleStatus.MARKING} | (
        {BundleStatus.COMPARED} if allocation.round == 3 else set()
    )
    has_been_read = bool(moderations_of(session, bundle))
    if bundle.status not in while_open or (allocation.round < 3 and has_been_read):
        raise Locked
    allocation.move_to(AllocationStatus.ALLOCATED)
    audit.record(session, actor, "marking.reopened", allocation, now, reason=reason)
    return allocation


def _is_due(session: Session, bundle: Bundle, round_no: int) -> bool:
    if round_no == 1:
        return bundle.status in (BundleStatus.CODED, BundleStatus.MARKING)
    if round_no == 2:
        is_open = bundle.status in (BundleStatus.CODED, BundleStatus.MARKING)
        return is_open and rules_of_bundle(session, bundle).second_needed
    is_third = round_no == 3 and bundle.status is BundleStatus.COMPARED
    return is_third and bool(codes_of_round(session, bundle, 3))


def _holder(session: Session, bundle: Bundle, round_no: int) -> Allocation | None:
    return session.scalar(
        select(Allocation).where(
            Allocation.bundle_id == bundle.id,
            Allocation.round == round_no,
            Allocation.status != AllocationStatus.RETURNED,
        )
    )

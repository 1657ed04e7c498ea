"""Bundles and allocations: who may see which, where they are, whose work lies in them."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Select, event, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import rules_of
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import Allocation, Bundle, Mark, Moderation, SecretCode
from exam_centre.marking.rules import AllocationStatus
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.queries import scheme_of
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.venues.models import Room, Venue

Found = TypeVar("Found", Bundle, Allocation)
KNOWN = "bundles as coded"  # in a session's info: bundle id -> CodedBundle

SEES_BUNDLES = (Permission.RUN_MARKING, Permission.MODERATE, Permission.APPROVE_RESULTS)


@dataclass(frozen=True)
class MarkingRules:
    """What the series and the paper say about marking a bundle."""

    second_needed: bool
    tolerance: Decimal  # marks; two rounds may differ by this much
    sample_percent: Decimal
    pass_mark: Decimal
    decimals: int  # of a typed mark


@dataclass(frozen=True)
class CodedBundle:
    """What no act can change once a bundle is coded: where it was sat, and by whom."""

    bundle: Bundle
    place: Place
    people: frozenset[int]


def access_bundle(session: Session, actor: Actor, token: str) -> Bundle:
    """Return a bundle within the actor's scope, or raise NotFound."""
    bundle = session.scalar(
        _in_scope(select(Bundle), actor, SEES_BUNDLES).where(Bundle.token == token)
    )
    if bundle is None:
        raise NotFound(say("bundle"))
    return bundle


def bundles_in_scope(session: Session, actor: Actor, series_id: int) -> list[Bundle]:
    """Return the bundles of a series that the actor may see, oldest first."""
    wanted = _in_scope(select(Bundle), actor, SEES_BUNDLES)
    return list(session.scalars(wanted.where(Period.series_id == series_id).order_by(Bundle.id)))


def access_allocation(session: Session, actor: Actor, token: str) -> Allocation:
    """Return the actor's own allocation, or raise NotFound: others' do not exist for a marker."""
    wanted = select(Allocation).join(Bundle, Bundle.id == Allocation.bundle_id)
    allocation = session.scalar(
        _in_scope(wanted, actor, (Permission.ENTER_MARKS,)).where(
            Allocation.token == token, Allocation.marker_id == actor.person_id
        )
    )
    if allocation is None:
        raise NotFound(say("bundle"))
    return allocation


def allocations_of(session: Session, actor: Actor) -> list[Allocation]:
    """Return what the actor has to mark or has marked, oldest first."""
    wanted = select(Allocation).where(
        Allocation.marker_id == actor.person_id, Allocation.status != AllocationStatus.RETURNED
    )
    return list(session.scalars(wanted.order_by(Allocation.id)))


def place_of_bundle(session: Session, bundle: Bundle) -> Place:
    """Return where a bundle's scripts were written: acts on them happen there."""
    return place_of_room_session(session, bundle.room_session_id)


def coded_bundle(session: Session, bundle_id: int) -> CodedBundle:
    """Return what is fixed about a bundle; a transaction that enters sixty marks asks it once."""
    known: dict[int, CodedBundle] = session.info.setdefault(KNOWN, {})
    if bundle_id not in known:
        bundle = session.get_one(Bundle, bundle_id)
        people = frozenset(candidates_in(session, bundle))
        known[bundle_id] = CodedBundle(bundle, place_of_bundle(session, bundle), people)
    return known[bundle_id]


@event.listens_for(Session, "after_transaction_end")
def _forget_bundles(session: Session, transaction: Any) -> None:
    # A flush has a transaction of its own inside; nothing is undone when that ends.
    if transaction.parent is None or transaction.nested:
        session.info.pop(KNOWN, None)


def paper_of_sitting(session: Session, sitting_id: int) -> Paper:
    """Return the paper that was set."""
    wanted = select(Paper).join(Sitting, Sitting.paper_id == Paper.id)
    return session.scalars(wanted.where(Sitting.id == sitting_id)).one()


def rules_of_bundle(session: Session, bundle: Bundle) -> MarkingRules:
    """Return the rules of the bundle's series and paper, as they are now."""
    series_id, paper_id = session.execute(
        select(Period.series_id, Sitting.paper_id)
        .join(Sitting, Sitting.period_id == Period.id)
        .where(Sitting.id == bundle.sitting_id)
    ).one()
    rules, scheme = rules_of(session, series_id), scheme_of(session, paper_id)
    return MarkingRules(
        second_needed=rules.second_marking,
        tolerance=rules.marking_tolerance,
        sample_percent=rules.sample_percent,
        pass_mark=scheme.pass_mark,
        decimals=scheme.precision,
    )


def tolerances_of(session: Session, bundle_ids: Collection[int]) -> dict[int, tuple[Decimal, bool]]:
    """Return bundle id -> (tolerance in marks, whether a second marker is needed)."""
    rows = session.execute(
        select(Bundle.id, Period.series_id)
        .join(Sitting, Sitting.id == Bundle.sitting_id)
        .join(Period, Period.id == Sitting.period_id)
        .where(Bundle.id.in_(bundle_ids))
    ).all()
    rules = {series_id: rules_of(session, series_id) for series_id in {row[1] for row in rows}}
    return {
        bundle_id: (rules[series_id].marking_tolerance, rules[series_id].second_marking)
        for bundle_id, series_id in rows
    }


def candidates_in(session: Session, bundle: Bundle) -> list[int]:
    """Return the person ids of everyone whose place is in the bundle."""
    wanted = select(Placement.person_id).join(SecretCode, SecretCode.placement_id == Placement.id)
    return list(session.scalars(wanted.where(SecretCode.bundle_id == bundle.id)))


def markers_of(session: Session, bundle: Bundle) -> set[int]:
    """Return the humans who marked or were to mark the bundle."""
    allocated = select(Allocation.marker_id).where(Allocation.bundle_id == bundle.id)
    codes = select(SecretCode.id).where(SecretCode.bundle_id == bundle.id)
    marked = select(Mark.marker_id).where(Mark.secret_code_id.in_(codes))
    found = session.scalars(marked.union(allocated))
    return {person_id for person_id in found if person_id is not None}


def people_at_work(session: Session, bundle: Bundle) -> set[int]:
    """Return the humans who marked, were to mark or moderated the bundle."""
    read = select(Moderation.moderator_id).join(
        SecretCode, SecretCode.id == Moderation.secret_code_id
    )
    moderators = session.scalars(read.where(SecretCode.bundle_id == bundle.id))
    return markers_of(session, bundle) | set(moderators)


def _in_scope(
    wanted: Select[Found], actor: Actor, permissions: tuple[Permission, ...]
) -> Select[Found]:
    joined = (
        wanted.join(RoomSession, RoomSession.id == Bundle.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
    )
    return joined.where(
        within(
            actor,
            permissions,
            unit_path=Unit.path,
            venue_id=Venue.id,
            series_id=Period.series_id,
            room_id=Room.id,
        )
    )

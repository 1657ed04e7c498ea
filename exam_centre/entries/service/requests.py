"""What candidates ask for and a second person decides: access arrangements and deferrals."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import ensure_no_tie, other_human
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import ensure_open
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries.models import AccessArrangement, Candidate, Deferral, Entry
from exam_centre.entries.queries import (
    person_of_candidate,
    person_of_entry,
    place_of_candidate,
)
from exam_centre.entries.rules import (
    AccessKind,
    EntryStatus,
    NotConfirmed,
    RequestOpen,
    RequestStatus,
    check_need,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission

LIVE = (RequestStatus.REQUESTED, RequestStatus.APPROVED)


def request_access(
    session: Session,
    actor: Actor,
    candidate: Candidate,
    series: Series,
    *,
    kind: AccessKind,
    extra_percent: Decimal | None = None,
    evidence: str,
    now: datetime,
) -> AccessArrangement:
    """Ask for what a candidate needs in a series, as the candidate or who enters candidates.

    extra_percent  more than 0, up to 100 percent of a paper's minutes; for extra time alone.
    Raises         SeriesNotOpen, DeadlinePassed, WrongExtraTime, EvidenceMissing, RequestOpen.
    """
    _require_own_or_entering(session, actor, candidate.id, series.id)
    ensure_open(session, series, DeadlineKind.ACCESS, now)
    check_need(kind, extra_percent, evidence)
    live = exists().where(
        AccessArrangement.candidate_id == candidate.id,
        AccessArrangement.series_id == series.id,
        AccessArrangement.kind == kind,
        AccessArrangement.status.in_(LIVE),
    )
    if session.scalar(select(live)):
        raise RequestOpen
    arrangement = AccessArrangement(
        candidate_id=candidate.id,
        series_id=series.id,
        kind=kind,
        extra_percent=extra_percent,
        evidence=evidence,
        requested_by_id=actor.human(),
    )
    session.add(arrangement)
    audit.record(session, actor, "entries.access_requested", arrangement, now)
    return arrangement


def decide_access(
    session: Session,
    actor: Actor,
    arrangement: AccessArrangement,
    *,
    approve: bool,
    reason: str,
    now: datetime,
) -> None:
    """Approve or refuse an arrangement, as another human than who asked, without a tie.

    Raises SamePerson, ConflictOfInterest, IllegalMove, ReasonMissing where refused without one.
    """
    place = place_of_candidate(session, arrangement.candidate_id, arrangement.series_id)
    actor.require(Permission.APPROVE_ENTRIES, place)
    human = other_human(session, actor, arrangement.requested_by_id)
    ensure_no_tie(session, human, [person_of_candidate(session, arrangement.candidate_id)])
    if not approve:
        check_reason(reason)
    arrangement.move_to(RequestStatus.APPROVED if approve else RequestStatus.REFUSED)
    arrangement.decided_by_id, arrangement.reason = human, reason
    audit.record(session, actor, "entries.access_decided", arrangement, now, reason=reason)


def request_deferral(
    session: Session, actor: Actor, entry: Entry, *, reason: str, now: datetime
) -> Deferral:
    """Ask to sit a confirmed entry in a later series, as the candidate or who enters candidates.

    Raises SeriesNotOpen, DeadlinePassed, ReasonMissing, NotConfirmed, RequestOpen.
    """
    _require_own_or_entering(session, actor, entry.candidate_id, entry.series_id)
    series = session.get_one(Series, entry.series_id)
    ensure_open(session, series, DeadlineKind.DEFERRAL, now)
    check_reason(reason)
    if entry.status is not EntryStatus.CONFIRMED:
        raise NotConfirmed(entry.status)
    live = exists().where(Deferral.entry_id == entry.id, Deferral.status.in_(LIVE))
    if session.scalar(select(live)):
        raise RequestOpen
    deferral = Deferral(entry_id=entry.id, reason=reason, requested_by_id=actor.human())
    session.add(deferral)
    audit.record(session, actor, "entries.deferral_requested", deferral, now, reason=reason)
    return deferral


def decide_deferral(
    session: Session,
    actor: Actor,
    deferral: Deferral,
    *,
    approve: bool,
    reason: str = "",
    now: datetime,
) -> None:
    """Approve or refuse a deferral, as another human without a tie; approval defers the entry.

    Raises SamePerson, ConflictOfInterest, IllegalMove, ReasonMissing where refused without one.
    """
    entry = session.get_one(Entry, deferral.entry_id)
    place = place_of_candidate(session, entry.candidate_id, entry.series_id)
    actor.require(Permission.APPROVE_ENTRIES, place)
    human = other_human(session, actor, deferral.requested_by_id)
    ensure_no_tie(session, human, [person_of_entry(session, entry.id)])
    if not approve:
        check_reason(reason)
    deferral.move_to(RequestStatus.APPROVED if approve else RequestStatus.REFUSED)
    deferral.decided_by_id = human
    audit.record(session, actor, "entries.deferral_decided", deferral, now, reason=reason)
    if approve:
        entry.move_to(EntryStatus.DEFERRED)
        audit.record(session, actor, "entries.deferred", entry, now, reason=reason)


def withdraw_request(
    session: Session, actor: Actor, request: AccessArrangement, *, reason: str, now: datetime
) -> None:
    """Give up an arrangement, asked for or approved; it can be asked for anew.

    Raises IllegalMove, ReasonMissing.
    """
    _require_own_or_entering(session, actor, request.candidate_id, request.series_id)
    check_reason(reason)
    request.move_to(RequestStatus.WITHDRAWN)
    audit.record(session, actor, "entries.access_withdrawn", request, now, reason=reason)


def _require_own_or_entering(
    session: Session, actor: Actor, candidate_id: int, series_id: int
) -> None:
    if person_of_candidate(session, candidate_id) != actor.human():
        place = place_of_candidate(session, candidate_id, series_id)
        actor.require(Permission.ENTER_CANDIDATES, place)

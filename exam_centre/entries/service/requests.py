"""What candidates ask for and a second person decides: access arrangements and deferrals."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import ensure_no_tie, notify, other_human
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import ensure_open
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries.models import AccessArrangement, Candidate, Deferral, Entry
from exam_centre.entries.queries import (
    people_and_places,
    person_of_candidate,
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
from exam_centre.entries.service.evidence import Sent, attach_evidence
from exam_centre.kernel import audit
from exam_centre.kernel.database import pieces
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.models import Paper

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
    sent: Sent | None = None,
    now: datetime,
) -> AccessArrangement:
    """Ask for what a candidate needs in a series, as the candidate or who enters candidates.

    extra_percent  more than 0, up to 100 percent of a paper's minutes; for extra time alone.
    sent           files that prove it; by the candidate or the office that may decide.
    Raises         SeriesNotOpen, DeadlinePassed, WrongExtraTime, EvidenceMissing, RequestOpen,
                   and for the files as `attach_evidence`.
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
    if sent is not None and sent.files:
        attach_evidence(session, actor, arrangement, sent, now=now)
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
    person_id = person_of_candidate(session, arrangement.candidate_id)
    series = session.get_one(Series, arrangement.series_id)
    notify(session, person_id, _access_told(series.name, approve, reason), now)


def request_deferral(
    session: Session, actor: Actor, entry: Entry, *, reason: str, now: datetime
) -> Deferral:
    """Ask to sit one confirmed entry in a later series, as `request_deferrals` does for many."""
    return request_deferrals(session, actor, [entry], reason=reason, now=now)[0]


def request_deferrals(
    session: Session, actor: Actor, entries: Sequence[Entry], *, reason: str, now: datetime
) -> list[Deferral]:
    """Ask to sit confirmed entries in a later series, as their candidate or who enters candidates.

    All of them or none.
    Raises SeriesNotOpen, DeadlinePassed, ReasonMissing, NotConfirmed, RequestOpen.
    """
    whose = people_and_places(session, [entry.id for entry in entries])
    for person_id, place in whose.values():
        if person_id != actor.human():
            actor.require(Permission.ENTER_CANDIDATES, place)
    for series_id in sorted({entry.series_id for entry in entries}):
        ensure_open(session, session.get_one(Series, series_id), DeadlineKind.DEFERRAL, now)
    check_reason(reason)
    for entry in entries:
        if entry.status is not EntryStatus.CONFIRMED:
            raise NotConfirmed(entry.status)
    for piece in pieces(whose):
        live = exists().where(Deferral.entry_id.in_(piece), Deferral.status.in_(LIVE))
        if session.scalar(select(live)):
            raise RequestOpen
    deferrals = [
        Deferral(entry_id=entry.id, reason=reason, requested_by_id=actor.human())
        for entry in entries
    ]
    session.add_all(deferrals)
    audit.record_all(session, actor, "entries.deferral_requested", deferrals, now, reason=reason)
    return deferrals


def decide_deferral(
    session: Session,
    actor: Actor,
    deferral: Deferral,
    *,
    approve: bool,
    reason: str = "",
    now: datetime,
) -> None:
    """Decide one request to defer, as `decide_deferrals` does many."""
    decide_deferrals(session, actor, [deferral], approve=approve, reason=reason, now=now)


def decide_deferrals(
    session: Session,
    actor: Actor,
    deferrals: Sequence[Deferral],
    *,
    approve: bool,
    reason: str = "",
    now: datetime,
) -> None:
    """Approve or refuse requests to defer, as another human without a tie; all of them or none.

    Approval defers the entries. The candidates are told either way.
    Raises SamePerson, ConflictOfInterest, IllegalMove, ReasonMissing where refused without one.
    """
    ids = [deferral.entry_id for deferral in deferrals]
    whose = people_and_places(session, ids)
    for _, place in whose.values():
        actor.require(Permission.APPROVE_ENTRIES, place)
    human = other_human(session, actor, *(each.requested_by_id for each in deferrals))
    ensure_no_tie(session, human, [person_id for person_id, _ in whose.values()])
    if not approve:
        check_reason(reason)
    for deferral in deferrals:
        deferral.move_to(RequestStatus.APPROVED if approve else RequestStatus.REFUSED)
        deferral.decided_by_id = human
    audit.record_all(session, actor, "entries.deferral_decided", deferrals, now, reason=reason)
    entries = [session.get_one(Entry, entry_id) for entry_id in ids]
    if approve:
        for entry in entries:
            entry.move_to(EntryStatus.DEFERRED)
        audit.record_all(session, actor, "entries.deferred", entries, now, reason=reason)
    for entry in entries:
        paper = session.get_one(Paper, entry.paper_id)
        notify(session, whose[entry.id][0], _told(paper.name, approve, reason), now)


def _access_told(series: str, approve: bool, reason: str) -> Sentence:
    if approve:
        return say("What you need for {series} is approved; the plan keeps to it.", series=series)
    return say(
        "What you asked for in {series} is not approved. The reason: {reason}",
        series=series,
        reason=reason,
    )


def _told(paper: str, approve: bool, reason: str) -> Sentence:
    if approve:
        return say(
            "Your entry for {paper} is deferred: you do not sit it in this series.", paper=paper
        )
    return say(
        "Your entry for {paper} is not deferred. The reason: {reason}", paper=paper, reason=reason
    )


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

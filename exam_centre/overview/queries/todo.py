"""What to do next, for whoever is signed in: a few counts, each with the page that does it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Notice
from exam_centre.calendar.models import Series
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentStatus
from exam_centre.credits.models import Claim
from exam_centre.credits.rules import ClaimStatus
from exam_centre.entries.models import (
    AccessArrangement,
    Candidate,
    Deferral,
    Entry,
    ImportBatch,
)
from exam_centre.entries.rules import EntryStatus, ImportStatus, RequestStatus
from exam_centre.kernel.database import Base
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking.models import Allocation, Bundle
from exam_centre.marking.queries.assignments import assignment_papers
from exam_centre.marking.rules import AllocationStatus, BundleStatus
from exam_centre.organisation.models import Unit
from exam_centre.results.models import Correction, Outcome, ReleaseBatch
from exam_centre.results.rules import BatchStatus, CorrectionStatus
from exam_centre.theses.models import ThesisTopic
from exam_centre.theses.rules import TopicStatus
from exam_centre.timetable.models import Duty, Plan, RoomSession
from exam_centre.timetable.queries.swaps import swaps_waiting_for
from exam_centre.timetable.rules import DutyStatus, PlanStatus
from exam_centre.venues.models import Room, Venue, VenueApplication
from exam_centre.venues.rules import ApplicationStatus


@dataclass(frozen=True)
class Todo:
    """Something that waits: how many, in words, and the page where it is done."""

    count: int
    sentence: Sentence
    endpoint: str


def todos_of(session: Session, actor: Actor, now: datetime) -> list[Todo]:
    """Return what waits for the actor, incidents first; nothing that is done is shown."""
    return [todo for todo in _all(session, actor, now) if todo.count]


def _all(session: Session, actor: Actor, now: datetime) -> Iterator[Todo]:
    yield Todo(
        _count(
            session,
            Incident,
            _venue_scope(actor, Permission.CLOSE_DAY),
            Incident.status == IncidentStatus.OPEN,
            via=(Venue, Incident.venue_id == Venue.id),
        ),
        say("Incidents are open."),
        "conduct.list_incidents",
    )
    yield from _own(session, actor, now)
    yield from _before_the_day(session, actor)
    yield from _after_the_day(session, actor)


def _own(session: Session, actor: Actor, now: datetime) -> Iterator[Todo]:
    me = actor.person_id
    yield Todo(
        _own_count(session, Notice, Notice.person_id == me, Notice.read_at.is_(None)),
        say("Notices you have not read."),
        "accounts.list_notices",
    )
    yield Todo(
        _own_count(session, Duty, Duty.person_id == me, Duty.status == DutyStatus.OFFERED),
        say("Duties are offered to you."),
        "timetable.my_duties",
    )
    yield Todo(
        swaps_waiting_for(session, me, now),
        say("Colleagues ask you to swap a duty."),
        "timetable.my_duties",
    )
    yield Todo(
        _own_ineligible(session, actor),
        say("Entries of yours need something before you can sit them."),
        "entries.show_mine",
    )
    yield Todo(
        _own_count(
            session,
            Allocation,
            Allocation.marker_id == me,
            Allocation.status == AllocationStatus.ALLOCATED,
        ),
        say("Bundles wait for your marks."),
        "marking.mine",
    )
    yield Todo(
        _own_count(
            session,
            ThesisTopic,
            ThesisTopic.supervisor_id == me,
            ThesisTopic.status == TopicStatus.PROPOSED,
        ),
        say("Proposed topics wait for your word."),
        "theses.list_theses",
    )
    if actor.may(Permission.ENTER_MARKS):
        papers = assignment_papers(session, actor, [Permission.ENTER_MARKS])
        yield Todo(
            sum(paper.left for paper in papers),
            say("Assignments are left to mark."),
            "marking.assignments",
        )


def _before_the_day(session: Session, actor: Actor) -> Iterator[Todo]:
    yield Todo(
        _count(
            session,
            VenueApplication,
            _venue_scope(actor, Permission.REVIEW_VENUE),
            VenueApplication.status.not_in((ApplicationStatus.APPROVED, ApplicationStatus.REFUSED)),
            via=(Venue, VenueApplication.venue_id == Venue.id),
        ),
        say("Applications for venues are on their way."),
        "venues.list_applications",
    )
    yield Todo(
        _count(
            session,
            ImportBatch,
            _unit_scope(actor, Permission.ENTER_CANDIDATES),
            ImportBatch.status == ImportStatus.PREVIEWED,
            unit=ImportBatch.unit_id == Unit.id,
        ),
        say("Files were previewed and not applied."),
        "entries.list_imports",
    )
    yield Todo(
        _count(
            session,
            AccessArrangement,
            _unit_scope(actor, Permission.APPROVE_ENTRIES),
            AccessArrangement.status == RequestStatus.REQUESTED,
            via=(Candidate, AccessArrangement.candidate_id == Candidate.id),
            unit=Candidate.unit_id == Unit.id,
        ),
        say("Access arrangements wait for a decision."),
        "entries.list_access",
    )
    yield Todo(
        _topics_without_supervisor(session, actor),
        say("Proposed topics need a supervisor."),
        "theses.list_theses",
    )
    yield Todo(
        _deferrals(session, actor),
        say("Deferrals wait for a second person."),
        "entries.list_deferrals",
    )
    yield Todo(
        _count(
            session,
            Plan,
            _series_scope(actor, Permission.PUBLISH_TIMETABLE),
            Plan.status == PlanStatus.PROPOSED,
            Plan.proposed_by_id != actor.person_id,
            via=(Series, Plan.series_id == Series.id),
            unit=Series.unit_id == Unit.id,
        ),
        say("Plans are proposed: a second person publishes them."),
        "timetable.list_series",
    )


def _after_the_day(session: Session, actor: Actor) -> Iterator[Todo]:
    yield Todo(
        _bundles(session, actor, Permission.MODERATE, BundleStatus.FINAL),
        say("Bundles wait for a moderator."),
        "marking.samples",
    )
    yield Todo(
        _bundles(session, actor, Permission.APPROVE_RESULTS, BundleStatus.MODERATED),
        say("Moderated bundles wait for approval."),
        "marking.approvals",
    )
    for permission, status, sentence in (
        (Permission.APPROVE_RESULTS, BatchStatus.PREPARED, say("Batches wait for approval.")),
        (Permission.RELEASE_RESULTS, BatchStatus.APPROVED, say("Batches wait for release.")),
    ):
        yield Todo(
            _count(
                session,
                ReleaseBatch,
                _series_scope(actor, permission),
                ReleaseBatch.status == status,
                via=(Series, ReleaseBatch.series_id == Series.id),
                unit=Series.unit_id == Unit.id,
            ),
            sentence,
            "results.list_series",
        )
    if actor.may(Permission.CORRECT_RESULTS):
        yield Todo(
            _corrections(session, actor),
            say("Corrections wait for somebody who did not ask for them."),
            "results.list_corrections",
        )
    if actor.may(Permission.RUN_CREDITS):
        yield Todo(
            _claims(session, actor),
            say("Claims came back from the credit bank."),
            "credits.list_claims",
        )


def _deferrals(session: Session, actor: Actor) -> int:
    wanted = (
        select(func.count(Deferral.id))
        .join(Entry, Entry.id == Deferral.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(
            Deferral.status == RequestStatus.REQUESTED,
            Deferral.requested_by_id != actor.person_id,
            _unit_scope(actor, Permission.APPROVE_ENTRIES),
        )
    )
    return session.scalar(wanted) or 0


def _topics_without_supervisor(session: Session, actor: Actor) -> int:
    wanted = (
        select(func.count(ThesisTopic.id))
        .join(Entry, Entry.id == ThesisTopic.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(
            ThesisTopic.status == TopicStatus.PROPOSED,
            ThesisTopic.supervisor_id.is_(None),
            within(actor, [Permission.RUN_MARKING], unit_path=Unit.path, series_id=Entry.series_id),
        )
    )
    return session.scalar(wanted) or 0


def _bundles(session: Session, actor: Actor, permission: Permission, status: BundleStatus) -> int:
    scope = within(actor, [permission], unit_path=Unit.path, venue_id=Venue.id, room_id=Room.id)
    wanted = (
        select(func.count(Bundle.id))
        .join(RoomSession, RoomSession.id == Bundle.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(Bundle.status == status, scope)
    )
    return session.scalar(wanted) or 0


def _corrections(session: Session, actor: Actor) -> int:
    wanted = (
        select(func.count(Correction.id))
        .join(Outcome, Outcome.id == Correction.outcome_id)
        .join(Series, Series.id == Outcome.series_id)
        .join(Unit, Unit.id == Series.unit_id)
        .where(
            Correction.status == CorrectionStatus.FILED,
            Correction.asked_by_id != actor.person_id,
            _series_scope(actor, Permission.CORRECT_RESULTS),
        )
    )
    return session.scalar(wanted) or 0


def _claims(session: Session, actor: Actor) -> int:
    wanted = (
        select(func.count(Claim.id.distinct()))
        .join(Candidate, Candidate.person_id == Claim.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(Claim.status == ClaimStatus.RETURNED, _unit_scope(actor, Permission.RUN_CREDITS))
    )
    return session.scalar(wanted) or 0


def _own_ineligible(session: Session, actor: Actor) -> int:
    wanted = (
        select(func.count(Entry.id))
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .where(Candidate.person_id == actor.person_id, Entry.status == EntryStatus.INELIGIBLE)
    )
    return session.scalar(wanted) or 0


def _own_count(session: Session, table: type[Base], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def _count(
    session: Session,
    table: type[Base],
    scope: ColumnElement[bool],
    *conditions: ColumnElement[bool],
    via: tuple[type[Base], ColumnElement[bool]] | None = None,
    unit: ColumnElement[bool] | None = None,
) -> int:
    """Count rows of `table` within a scope; `via` joins what ties it to a unit."""
    rows = select(func.count()).select_from(table)
    if via is not None:
        rows = rows.join(via[0], via[1])
    rows = rows.join(Unit, Venue.unit_id == Unit.id if unit is None else unit)
    return session.scalar(rows.where(scope, *conditions)) or 0


def _unit_scope(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return within(actor, [permission], unit_path=Unit.path)


def _venue_scope(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return within(actor, [permission], unit_path=Unit.path, venue_id=Venue.id)


def _series_scope(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return within(actor, [permission], unit_path=Unit.path, series_id=Series.id)

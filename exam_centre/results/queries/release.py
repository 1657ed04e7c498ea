"""What stands between an outcome and its release: holds, people involved, a batch's content."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import GIVES_A_SCRIPT, Identity
from exam_centre.calendar.models import Series
from exam_centre.conduct.models import Incident, OffenceCase
from exam_centre.conduct.rules import CLOSED_CASES, IncidentKind, IncidentStatus
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking import queries as marking
from exam_centre.marking.models import Bundle, SecretCode
from exam_centre.organisation.models import Unit
from exam_centre.practicals import queries as practicals
from exam_centre.results.models import (
    Outcome,
    ReleaseBatch,
    ReleaseLine,
    ReviewSample,
)
from exam_centre.results.queries.outcomes import stable_ids_of
from exam_centre.results.rules import BatchStatus, content_sha256, portions
from exam_centre.theses import queries as theses
from exam_centre.timetable.models import Placement

SEES_BATCHES = (
    Permission.COMPUTE_OUTCOMES,
    Permission.APPROVE_RESULTS,
    Permission.RELEASE_RESULTS,
)


@dataclass(frozen=True)
class Involved:
    """Whom a set of outcomes is about, and who had a hand in their marks. Person ids."""

    candidates: frozenset[int]
    markers: frozenset[int]
    approvers: frozenset[int]  # of bundles


def access_batch(session: Session, actor: Actor, token: str) -> ReleaseBatch:
    """Return a batch within the actor's scope, or raise NotFound."""
    batch = session.scalar(
        select(ReleaseBatch)
        .join(Series, Series.id == ReleaseBatch.series_id)
        .join(Unit, Unit.id == Series.unit_id)
        .where(
            ReleaseBatch.token == token,
            within(actor, SEES_BATCHES, unit_path=Unit.path, series_id=Series.id),
        )
    )
    if batch is None:
        raise NotFound(say("release batch"))
    return batch


def outcomes_in(session: Session, batch: ReleaseBatch) -> list[Outcome]:
    """Return a batch's outcomes, oldest first."""
    wanted = select(Outcome).join(ReleaseLine, ReleaseLine.outcome_id == Outcome.id)
    return list(
        session.scalars(wanted.where(ReleaseLine.batch_id == batch.id).order_by(Outcome.id))
    )


def in_live_batch(session: Session, outcome_ids: Collection[int]) -> set[int]:
    """Return those of the outcomes that are in a batch nobody discarded."""
    found: set[int] = set()
    for some in portions(outcome_ids):
        found |= set(
            session.scalars(
                select(ReleaseLine.outcome_id)
                .join(ReleaseBatch, ReleaseBatch.id == ReleaseLine.batch_id)
                .where(
                    ReleaseLine.outcome_id.in_(some),
                    ReleaseBatch.status != BatchStatus.DISCARDED,
                )
            )
        )
    return found


def content_of(session: Session, outcomes: Iterable[Outcome]) -> str:
    """Return the SHA-256 over stable id, number, score and verdict of outcomes, sorted."""
    known = {outcome.entry_course_id: outcome for outcome in outcomes}
    names = stable_ids_of(session, known)
    return content_sha256(
        (name, known[key].number, known[key].score, known[key].verdict)
        for name, key in names.items()
    )


def involved_in(session: Session, outcome_ids: Collection[int]) -> Involved:
    """Return whom outcomes are about, and who had which hand in the marks behind them."""
    candidates: set[int] = set()
    markers: set[int] = set()
    approvers: set[int] = set()
    for some in portions(outcome_ids):
        rows = session.execute(
            select(Entry.id, Candidate.person_id)
            .join(EntryCourse, EntryCourse.entry_id == Entry.id)
            .join(Outcome, Outcome.entry_course_id == EntryCourse.id)
            .join(Candidate, Candidate.id == Entry.candidate_id)
            .where(Outcome.id.in_(some))
        ).all()
        entries = {entry_id for entry_id, _ in rows}
        candidates |= {person_id for _, person_id in rows}
        for room in (marking, theses, practicals):
            markers |= room.people_who_marked(session, entries)
        approvers |= marking.people_who_approved(session, entries)
    return Involved(frozenset(candidates), frozenset(markers), frozenset(approvers))


def bundles_of(session: Session, outcome_ids: Collection[int]) -> set[int]:
    """Return the bundles in which the outcomes' scripts were marked."""
    found: set[int] = set()
    for some in portions(outcome_ids):
        found |= set(
            session.scalars(
                select(Bundle.id)
                .join(SecretCode, SecretCode.bundle_id == Bundle.id)
                .join(Placement, Placement.id == SecretCode.placement_id)
                .join(EntryCourse, EntryCourse.entry_id == Placement.entry_id)
                .join(Outcome, Outcome.entry_course_id == EntryCourse.id)
                .where(Outcome.id.in_(some), Placement.in_force)
            )
        )
    return found


def holds(session: Session, outcome_ids: Collection[int]) -> dict[int, list[Sentence]]:
    """Return outcome id -> why it can not be released yet; free outcomes are not in it."""
    found: dict[int, list[Sentence]] = {}
    for some in portions(outcome_ids):
        for outcome_id, sentence in _holds_of(session, some):
            if sentence not in found.setdefault(outcome_id, []):
                found[outcome_id].append(sentence)
    return found


def _holds_of(session: Session, outcome_ids: list[int]) -> list[tuple[int, Sentence]]:
    placed = (
        select(
            Outcome.id.label("outcome_id"),
            Placement.id.label("placement_id"),
            Placement.room_session_id,
            Placement.in_force,
        )
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Placement, Placement.entry_id == EntryCourse.entry_id)
        .where(Outcome.id.in_(outcome_ids))
        .subquery()
    )
    cases = select(placed.c.outcome_id).join(
        OffenceCase, OffenceCase.placement_id == placed.c.placement_id
    )
    incidents = select(placed.c.outcome_id).join(
        Incident, Incident.placement_id == placed.c.placement_id
    )
    attended = select(placed.c.outcome_id).join(
        Attendance, Attendance.placement_id == placed.c.placement_id
    )
    rooms = select(placed.c.outcome_id).outerjoin(
        RoomDay,
        (RoomDay.room_session_id == placed.c.room_session_id)
        & (RoomDay.status == RoomDayStatus.RECONCILED),
    )
    reviews = select(ReviewSample.outcome_id).where(ReviewSample.outcome_id.in_(outcome_ids))
    reasons = (
        (cases.where(OffenceCase.status.not_in(CLOSED_CASES)), say("An offence case is open.")),
        (
            incidents.where(
                Incident.kind == IncidentKind.IDENTITY_DOUBT,
                Incident.status == IncidentStatus.OPEN,
            ),
            say("A doubt about the person's identity is open."),
        ),
        (
            attended.where(
                placed.c.in_force,
                Attendance.status.in_(GIVES_A_SCRIPT),
                Attendance.recheck == Identity.NOT_CHECKED,
            ),
            say("The identity re-check of this person is missing."),
        ),
        (
            rooms.where(placed.c.in_force, RoomDay.id.is_(None)),
            say("The room is not reconciled."),
        ),
        (reviews.where(ReviewSample.agrees.is_(None)), say("Drawn for review and not read yet.")),
        (reviews.where(ReviewSample.agrees.is_(False)), say("The reviewer does not agree.")),
    )
    return [
        (outcome_id, sentence)
        for wanted, sentence in reasons
        for outcome_id in session.scalars(wanted)
    ]

"""A series as a pipeline: how many stand at each stage, from the entry to the credit."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from exam_centre.admission.models import Attendance, Slip
from exam_centre.admission.rules import AttendanceStatus, SlipStatus
from exam_centre.certificates.models import Credential
from exam_centre.certificates.rules import CredentialStatus
from exam_centre.credits.models import Claim
from exam_centre.credits.rules import ClaimStatus
from exam_centre.entries.models import Entry, EntryCourse
from exam_centre.entries.rules import EntryStatus
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking.models import Bundle
from exam_centre.marking.rules import BundleStatus
from exam_centre.overview.queries.laws import room_sessions_of
from exam_centre.results.models import Outcome
from exam_centre.results.rules import OutcomeStatus
from exam_centre.timetable.models import Placement, Plan


@dataclass(frozen=True)
class PipelineStage:
    """One stage: what it counts, how many have come so far, and out of how many."""

    name: Sentence
    done: int
    of: int

    @property
    def percent(self) -> int:
        """How far the stage is, 0 to 100; an empty one is at 0."""
        return 100 * self.done // self.of if self.of else 0


def pipeline_of(session: Session, series_id: int) -> list[PipelineStage]:
    """Return the stages of a series in the order of the journey, a statement or two each."""
    entries = _by(session, Entry.status, Entry.series_id == series_id)
    confirmed = entries[EntryStatus.CONFIRMED]
    in_force = (Plan.series_id == series_id) & Placement.in_force
    placed = _number(session, select(func.count(Placement.id)).join(Plan).where(in_force))
    rooms = room_sessions_of(session, series_id)
    days = _by(session, RoomDay.status, RoomDay.room_session_id.in_(rooms))
    bundles = _by(session, Bundle.status, Bundle.room_session_id.in_(rooms))
    outcomes = _by(session, Outcome.status, Outcome.series_id == series_id)
    courses = _number(
        session,
        select(func.count(EntryCourse.id))
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .where(Entry.series_id == series_id, Entry.status == EntryStatus.CONFIRMED),
    )
    passes = _number(
        session,
        select(func.count(Outcome.id)).where(
            Outcome.series_id == series_id,
            Outcome.status == OutcomeStatus.RELEASED,
            Outcome.verdict == "passed",
        ),
    )
    return [
        PipelineStage(say("Entries confirmed"), confirmed, entries.total()),
        PipelineStage(say("Seats given"), placed, confirmed),
        PipelineStage(say("Slips issued"), *_slips(session, series_id)),
        PipelineStage(say("Seats resolved on the day"), _resolved(session, rooms), placed),
        PipelineStage(say("Rooms reconciled"), days[RoomDayStatus.RECONCILED], len(rooms)),
        PipelineStage(say("Bundles approved"), bundles[BundleStatus.APPROVED], bundles.total()),
        PipelineStage(say("Outcomes released"), outcomes[OutcomeStatus.RELEASED], courses),
        PipelineStage(say("Passes with a credential"), _credentials(session, series_id), passes),
        PipelineStage(say("Passes in the credit bank"), _claims(session, series_id), passes),
    ]


def _by(
    session: Session, status: InstrumentedAttribute[Any], condition: ColumnElement[bool]
) -> Counter[Any]:
    rows = session.execute(select(status, func.count()).where(condition).group_by(status))
    return Counter(dict(rows.all()))


def _number(session: Session, counting: Select[int]) -> int:
    return session.scalar(counting) or 0


def _slips(session: Session, series_id: int) -> tuple[int, int]:
    valid = _number(
        session,
        select(func.count(Slip.id)).where(
            Slip.series_id == series_id, Slip.status == SlipStatus.VALID
        ),
    )
    people = _number(
        session,
        select(func.count(Entry.candidate_id.distinct()))
        .join(Placement, Placement.entry_id == Entry.id)
        .where(Entry.series_id == series_id, Placement.in_force),
    )
    return valid, people


def _resolved(session: Session, rooms: list[int]) -> int:
    return _number(
        session,
        select(func.count(Attendance.placement_id))
        .join(Placement, Placement.id == Attendance.placement_id)
        .where(
            Placement.room_session_id.in_(rooms),
            Placement.in_force,
            Attendance.status != AttendanceStatus.EXPECTED,
        ),
    )


def _credentials(session: Session, series_id: int) -> int:
    return _number(
        session,
        select(func.count(Credential.id))
        .join(Outcome, Outcome.id == Credential.outcome_id)
        .where(Outcome.series_id == series_id, Credential.status == CredentialStatus.ACTIVE),
    )


def _claims(session: Session, series_id: int) -> int:
    return _number(
        session,
        select(func.count(Claim.id))
        .join(Outcome, Outcome.id == Claim.outcome_id)
        .where(Outcome.series_id == series_id, Claim.status == ClaimStatus.ACCEPTED),
    )

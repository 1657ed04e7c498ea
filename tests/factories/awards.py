"""Builders of what comes after marking: released outcomes, corrections, seats and signing keys.

They write the models, as `Make` does, and take the `Make` whose world they add to.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from exam_centre.adapters.credentials import CredentialSigner
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.papers.rules import Mode
from exam_centre.results.models import Outcome, OutcomeIdentity, ReleaseBatch, ReleaseLine
from exam_centre.results.rules import BatchStatus, OutcomeStatus, Verdict
from exam_centre.timetable.models import Placement, Plan, RoomSession, Sitting
from tests.factories.make import Make
from tests.factories.times import HOUR, MINUTE, NINE

RELEASED_AT = NINE + timedelta(days=10)
ISSUER = "did:web:credentials.example.edu.cn"
SCORED = (Verdict.PASSED, Verdict.FAILED)


def credential_signer() -> CredentialSigner:
    """A signer with one key, held in memory."""
    key = ec.generate_private_key(ec.SECP256R1())
    return CredentialSigner(
        ISSUER,
        "Example Open University",
        "https://credentials.example.edu.cn",
        {1: key},
        {1: key.public_key()},
    )


def entry_course(
    make: Make,
    candidate: Candidate | None = None,
    course: Course | None = None,
    series: Series | None = None,
    **fields: Any,
) -> EntryCourse:
    """The line of a confirmed entry for one course."""
    course = course or make.course(make.paper())
    paper = make.session.get_one(Paper, course.paper_id)
    entry = make.entry(candidate, paper, series, courses=[course])
    line = make.entry_courses(entry)[0]
    for name, value in fields.items():
        setattr(line, name, value)
    return make.save(line)


def released(
    make: Make,
    line: EntryCourse | None = None,
    score: Decimal | None = Decimal(86),
    *,
    verdict: Verdict = Verdict.PASSED,
    at: datetime = RELEASED_AT,
) -> Outcome:
    """The next version of an outcome, released by three people; the one before is corrected.

    Without a line it is a pass of a new candidate in a new course.
    """
    line = line or entry_course(make)
    entry = make.session.get_one(Entry, line.entry_id)
    if make.session.get(OutcomeIdentity, line.id) is None:
        make.save(OutcomeIdentity(entry_course_id=line.id))
    versions = select(Outcome).where(Outcome.entry_course_id == line.id)
    earlier = make.session.scalars(versions).all()
    outcome = make.save(
        Outcome(
            entry_course_id=line.id,
            series_id=entry.series_id,
            number=len(earlier) + 1,
            scheme_id=scheme_of(make, entry.paper_id),
            score=score if verdict in SCORED else None,
            verdict=verdict,
            parts={},
            explanation="Test.",
            facts={},
            computed_at=at - HOUR,
        )
    )
    batch = make.save(
        ReleaseBatch(
            series_id=entry.series_id,
            content_sha256="0" * 64,
            prepared_by_id=make.person().id,
        )
    )
    make.save(ReleaseLine(batch_id=batch.id, outcome_id=outcome.id))
    outcome.move_to(OutcomeStatus.APPROVED)
    batch.approved_by_id = make.person().id
    batch.move_to(BatchStatus.APPROVED)
    make.session.flush()
    batch.released_by_id, batch.released_at = make.person().id, at
    batch.move_to(BatchStatus.RELEASED)
    for before in earlier:
        if before.status is OutcomeStatus.RELEASED:
            before.move_to(OutcomeStatus.CORRECTED)
    make.session.flush()
    outcome.move_to(OutcomeStatus.RELEASED)
    return make.save(outcome)


def corrected(
    make: Make,
    outcome: Outcome,
    score: Decimal | None,
    *,
    verdict: Verdict = Verdict.PASSED,
    at: datetime = RELEASED_AT + timedelta(days=3),
) -> Outcome:
    """The version that corrects a released outcome."""
    line = make.session.get_one(EntryCourse, outcome.entry_course_id)
    return released(make, line, score, verdict=verdict, at=at)


def seated(make: Make, line: EntryCourse, *, identity: Identity = Identity.MATCH) -> Placement:
    """A seat in force for the line's entry, taken by its candidate ten minutes before the start."""
    entry = make.session.get_one(Entry, line.entry_id)
    candidate = make.session.get_one(Candidate, entry.candidate_id)
    series = make.session.get_one(Series, entry.series_id)
    period, room = make.period(series), make.room()
    plan = make.save(
        Plan(
            series_id=entry.series_id,
            number=make.number(),
            made_by_id=make.person().id,
            made_at=NINE,
            result_sha256="ab" * 32,
        )
    )
    sitting = make.save(Sitting(paper_id=entry.paper_id, period_id=period.id))
    room_session = make.save(RoomSession(room_id=room.id, period_id=period.id))
    placement = make.save(
        Placement(
            plan_id=plan.id,
            entry_id=entry.id,
            person_id=candidate.person_id,
            sitting_id=sitting.id,
            room_session_id=room_session.id,
            seat_id=make.seat(room).id,
            starts_at=period.starts_at,
            ends_at=period.starts_at + 90 * MINUTE,
            in_force=True,
        )
    )
    make.save(
        Attendance(
            placement_id=placement.id,
            status=AttendanceStatus.PRESENT,
            admitted_at=period.starts_at - 10 * MINUTE,
            admitted_by_id=make.person().id,
            identity=identity,
            minutes_late=0,
        )
    )
    return placement


def thesis_course(make: Make, **fields: Any) -> Course:
    """A course that nobody sits for."""
    return make.course(make.paper(Mode.THESIS), **fields)


def scheme_of(make: Make, paper_id: int) -> int:
    """The id of a paper's newest scheme."""
    newest = select(Scheme.id).where(Scheme.paper_id == paper_id).order_by(Scheme.version.desc())
    return make.session.scalars(newest.limit(1)).one()

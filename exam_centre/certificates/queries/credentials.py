"""What may be certified, what is, what a verifier is told, and the published status lists."""

import base64
import gzip
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.adapters.credentials import CredentialSigner
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import Identity
from exam_centre.certificates.models import Certificate, Credential, StatusBit
from exam_centre.certificates.rules import (
    LIST_LIFE,
    LIVE,
    STATUS_LIST_LENGTH,
    VC_CONTEXT,
    AwardFacts,
    Purpose,
    Seating,
    Verification,
    Word,
    certified_facts,
    status_list_address,
    word_for,
    zulu,
)
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.results.models import (
    Outcome,
    OutcomeIdentity,
    ReleaseBatch,
    ReleaseLine,
)
from exam_centre.results.rules import OutcomeStatus, Verdict
from exam_centre.timetable.models import Duty, Placement, Plan, RoomSession
from exam_centre.timetable.rules import DutyRole, DutyStatus
from exam_centre.venues.models import Room, Seat, Venue

AT_ONCE = 500  # ids in one statement; SQLite takes 32,766, and rows must fit in memory
SEE_CREDENTIALS = (Permission.ISSUE_CERTIFICATES, Permission.RUN_CREDITS, Permission.READ_AUDIT)


def facts_of(session: Session, outcome_ids: Iterable[int]) -> dict[int, AwardFacts]:
    """Return what may be said about each of these outcomes, by outcome id."""
    wanted = sorted(set(outcome_ids))
    found: dict[int, AwardFacts] = {}
    for start in range(0, len(wanted), AT_ONCE):
        chunk = wanted[start : start + AT_ONCE]
        for row in session.execute(_facts_statement().where(Outcome.id.in_(chunk))):
            found[row.Outcome.id] = _facts(row)
    return found


def _facts_statement() -> Select[*tuple[Any, ...]]:
    watching = (
        select(func.count())
        .select_from(Duty)
        .where(
            Duty.room_session_id == Placement.room_session_id,
            Duty.role.in_((DutyRole.FIRST, DutyRole.SECOND)),
            Duty.status.not_in((DutyStatus.DECLINED, DutyStatus.REPLACED)),
        )
        .scalar_subquery()
    )
    # An outcome may also stand in batches that were discarded before their release.
    released = (
        select(
            ReleaseLine.outcome_id,
            ReleaseBatch.approved_by_id,
            ReleaseBatch.released_by_id,
            ReleaseBatch.released_at,
        )
        .join(ReleaseBatch, ReleaseBatch.id == ReleaseLine.batch_id)
        .where(ReleaseBatch.released_at.is_not(None))
        .subquery()
    )
    return (
        select(
            Outcome,
            OutcomeIdentity.stable_id,
            EntryCourse.attempt,
            Person.id.label("person_id"),
            Person.name,
            Candidate.person_no,
            Unit.code.label("unit_code"),
            Unit.path.label("unit_path"),
            Course,
            Paper.mode,
            Scheme,
            released.c.approved_by_id,
            released.c.released_by_id,
            released.c.released_at,
            Placement,
            Venue,
            Room,
            Seat,
            Attendance,
            Plan.result_sha256,
            watching.label("invigilators"),
        )
        .join(OutcomeIdentity, OutcomeIdentity.entry_course_id == Outcome.entry_course_id)
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(Course, Course.id == EntryCourse.course_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Scheme, Scheme.id == Outcome.scheme_id)
        .outerjoin(released, released.c.outcome_id == Outcome.id)
        .outerjoin(Placement, (Placement.entry_id == Entry.id) & Placement.in_force)
        .outerjoin(RoomSession, RoomSession.id == Placement.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
        .outerjoin(Venue, Venue.id == Room.venue_id)
        .outerjoin(Seat, Seat.id == Placement.seat_id)
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .outerjoin(Plan, Plan.id == Placement.plan_id)
    )


def _facts(row: Row[Any]) -> AwardFacts:
    outcome, course = row.Outcome, row.Course
    return AwardFacts(
        outcome_id=outcome.id,
        entry_course_id=outcome.entry_course_id,
        stable_id=row.stable_id,
        number=outcome.number,
        status=outcome.status.value,
        verdict=outcome.verdict.value,
        score=outcome.score,
        precision=row.Scheme.precision,
        pass_mark=row.Scheme.pass_mark,
        attempt=row.attempt,
        person_id=row.person_id,
        person_no=row.person_no,
        name=row.name,
        unit_code=row.unit_code,
        unit_path=row.unit_path,
        series_id=outcome.series_id,
        course_id=course.id,
        course_code=course.code,
        course_name=course.name,
        level=course.level,
        learning_area=course.learning_area,
        credits=course.credits,
        mode=row.mode.value,
        computed_at=outcome.computed_at,
        approved_by_id=row.approved_by_id,
        released_by_id=row.released_by_id,
        released_at=row.released_at,
        seating=_seating(row) if row.Placement is not None else None,
    )


def _seating(row: Row[Any]) -> Seating:
    placement, attendance = row.Placement, row.Attendance
    return Seating(
        venue_code=row.Venue.code,
        venue_name=row.Venue.name,
        room_code=row.Room.code,
        seat=row.Seat.number,
        starts_at=placement.starts_at,
        ends_at=placement.ends_at,
        zone=row.Venue.time_zone,
        admitted_at=attendance.admitted_at if attendance else None,
        identity_matched=attendance is not None
        and Identity.MATCH in (attendance.identity, attendance.recheck),
        invigilators=row.invigilators,
        plan_sha256=row.result_sha256,
    )


def place_of(facts: AwardFacts) -> Place:
    """Return where acts about this outcome's credential or claim happen."""
    return Place(unit_path=facts.unit_path, series_id=facts.series_id)


def access_credential(session: Session, actor: Actor, token: str) -> Credential:
    """Return the credential with this token, if the actor's roles reach its holder's unit."""
    found = session.scalar(
        select(Credential)
        .join(Outcome, Outcome.id == Credential.outcome_id)
        .join(EntryCourse, EntryCourse.id == Credential.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(
            Credential.token == token,
            within(actor, SEE_CREDENTIALS, unit_path=Unit.path, series_id=Outcome.series_id),
        )
    )
    if found is None:
        raise NotFound(say("credential"))
    return found


def credentials_of_person(session: Session, person_id: int) -> list[Credential]:
    """Return a person's own credentials, all versions, the newest first."""
    return list(
        session.scalars(
            select(Credential)
            .join(EntryCourse, EntryCourse.id == Credential.entry_course_id)
            .join(Entry, Entry.id == EntryCourse.entry_id)
            .join(Candidate, Candidate.id == Entry.candidate_id)
            .where(Candidate.person_id == person_id)
            .order_by(Credential.id.desc())
        )
    )


def uncertified(session: Session, series_id: int) -> list[int]:
    """Return the released passes of a series that no credential shows yet, by outcome id."""
    return list(
        session.scalars(
            select(Outcome.id)
            .outerjoin(Credential, Credential.outcome_id == Outcome.id)
            .where(
                Outcome.series_id == series_id,
                Outcome.status == OutcomeStatus.RELEASED,
                Outcome.verdict == Verdict.PASSED,
                Credential.id.is_(None),
            )
            .order_by(Outcome.id)
        )
    )


def unfounded(
    session: Session, *, series_id: int | None = None, entry_course_id: int | None = None
) -> list[Credential]:
    """Return live credentials without a released pass, of a series or of an entry course."""
    passed = aliased(Outcome)
    statement = (
        select(Credential)
        .join(Outcome, Outcome.id == Credential.outcome_id)
        .outerjoin(
            passed,
            (passed.entry_course_id == Credential.entry_course_id)
            & (passed.status == OutcomeStatus.RELEASED)
            & (passed.verdict == Verdict.PASSED),
        )
        .where(Credential.status.in_(LIVE), passed.id.is_(None))
        .order_by(Credential.id)
    )
    if series_id is not None:
        statement = statement.where(Outcome.series_id == series_id)
    if entry_course_id is not None:
        statement = statement.where(Credential.entry_course_id == entry_course_id)
    return list(session.scalars(statement))


def versions_of(session: Session, entry_course_id: int) -> list[Credential]:
    """Return every credential of an entry course, oldest first."""
    return list(
        session.scalars(
            select(Credential)
            .where(Credential.entry_course_id == entry_course_id)
            .order_by(Credential.number)
        )
    )


def credential_of_certificate(session: Session, verify_code: str) -> Credential | None:
    """Return the credential behind a printed certificate's code; blanks and case do not matter."""
    code = "".join(verify_code.split()).replace("-", "").upper()
    return session.scalar(
        select(Credential)
        .join(Certificate, Certificate.credential_id == Credential.id)
        .where(Certificate.verify_code == code)
    )


def verify(
    session: Session, stable_id: str, number: int | None = None, *, now: datetime
) -> Verification:
    """Tell a verifier about one version of a credential, the newest where none is named."""
    versions: Sequence[Credential] = list(
        session.scalars(
            select(Credential)
            .where(Credential.stable_id == stable_id)
            .order_by(Credential.number.desc())
        )
    )
    asked = next((each for each in versions if number in (None, each.number)), None)
    if asked is None:
        return Verification(Word.UNKNOWN, stable_id, None, None, "", "", {})
    newest = versions[0].number
    return Verification(
        word=word_for(asked.status, asked.valid_until, now),
        stable_id=stable_id,
        number=asked.number,
        newer=newest if newest > asked.number else None,
        reason=asked.revocation_reason.value if asked.revocation_reason else "",
        sha256=asked.sha256,
        facts=certified_facts(claims_of(asked)),
    )


def claims_of(credential: Credential) -> dict[str, Any]:
    """Return what a stored credential says. It is our own, so the signature is not asked again."""
    body = credential.jwt.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def status_list(
    session: Session, list_no: int, purpose: Purpose, signer: CredentialSigner, *, now: datetime
) -> str:
    """Return one status list as a signed credential that goes stale, so old copies do not help.

    Raises NotFound for a list nobody was ever put in.
    """
    flag = StatusBit.revoked if purpose is Purpose.REVOCATION else StatusBit.suspended
    if not session.scalar(select(func.count()).where(StatusBit.list_no == list_no)):
        raise NotFound(say("status list"))
    places = session.scalars(select(StatusBit.position).where(StatusBit.list_no == list_no, flag))
    address = status_list_address(signer.base_url, purpose, list_no)
    claims = {
        "@context": [VC_CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": signer.issuer_id,
        "validFrom": zulu(now),
        "validUntil": zulu(now + LIST_LIFE),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose.value,
            "encodedList": encoded_list(places),
        },
        "iss": signer.issuer_id,
        "jti": address,
        "sub": f"{address}#list",
        "nbf": int(now.timestamp()),
        "exp": int((now + LIST_LIFE).timestamp()),
    }
    return signer.sign(claims)


def encoded_list(positions: Iterable[int]) -> str:
    """Return a bit string, the first place leftmost, compressed and in multibase base64url."""
    bits = bytearray(STATUS_LIST_LENGTH // 8)
    for position in positions:
        bits[position // 8] |= 0x80 >> position % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")

"""What the pages of certificates list: credentials with their holders, and what is unprinted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.certificates.models import (
    Certificate,
    CertificateNotice,
    Credential,
    StatusBit,
)
from exam_centre.certificates.queries.credentials import SEE_CREDENTIALS
from exam_centre.certificates.rules import LIVE, CredentialStatus
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course
from exam_centre.results.models import Outcome, ReleaseBatch, ReleaseLine
from exam_centre.results.rules import OutcomeStatus, Verdict


@dataclass(frozen=True)
class CredentialRow:
    """One credential with its holder, its course and, once printed, its certificate."""

    credential: Credential
    certificate: Certificate | None
    person_no: str
    name: str
    course_code: str
    course_name: str


@dataclass(frozen=True)
class Tally:
    """How far a series' certificates are, within somebody's reach."""

    passes: int  # released
    live: int  # credentials active or suspended
    printed: int  # of the live ones


@dataclass(frozen=True)
class Ready:
    """A person's certificates of one release, printed and not told of."""

    person_id: int
    batch_id: int
    many: int
    course: str  # one of them


def tallies(session: Session, actor: Actor, series_ids: Sequence[int]) -> dict[int, Tally]:
    """Return series id -> its tally."""
    passes: dict[int, int] = {
        row.series_id: row.many
        for row in session.execute(
            _reached(select(Outcome.series_id, func.count(Outcome.id).label("many")), actor)
            .where(
                Outcome.series_id.in_(series_ids),
                Outcome.status == OutcomeStatus.RELEASED,
                Outcome.verdict == Verdict.PASSED,
            )
            .group_by(Outcome.series_id)
        )
    }
    live = {
        row.series_id: row
        for row in session.execute(
            _reached(
                select(
                    Outcome.series_id,
                    func.count(Credential.id.distinct()).label("live"),
                    func.count(Certificate.credential_id.distinct()).label("printed"),
                ),
                actor,
            )
            .join(Credential, Credential.outcome_id == Outcome.id)
            .outerjoin(Certificate, Certificate.credential_id == Credential.id)
            .where(Outcome.series_id.in_(series_ids), Credential.status.in_(LIVE))
            .group_by(Outcome.series_id)
        )
    }
    return {
        key: Tally(
            passes.get(key, 0),
            live[key].live if key in live else 0,
            live[key].printed if key in live else 0,
        )
        for key in series_ids
    }


def credentials_of_series(
    session: Session, actor: Actor, series_id: int, text: str, *, limit: int, offset: int = 0
) -> tuple[list[CredentialRow], int]:
    """Return a page of a series' credentials in reach, newest first, and how many there are."""
    conditions = [Outcome.series_id == series_id]
    if text:
        conditions.append(
            or_(
                Candidate.person_no.contains(text, autoescape=True),
                Person.name.contains(text, autoescape=True),
                Course.name.contains(text, autoescape=True),
                Certificate.serial.contains(text, autoescape=True),
            )
        )
    counted = _credentials(select(func.count(Credential.id.distinct())), actor)
    total = session.scalar(counted.where(*conditions)) or 0
    rows = (
        _credentials(_columns(), actor)
        .where(*conditions)
        .order_by(Credential.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_row(row) for row in session.execute(rows)], total


def rows_of_person(session: Session, person_id: int) -> dict[int, CredentialRow]:
    """Return outcome id -> a person's own credential, of every version they were issued."""
    rows = _printed(_joined(_columns())).where(Candidate.person_id == person_id)
    return {row.Credential.outcome_id: _row(row) for row in session.execute(rows)}


def row_of(session: Session, credential: Credential) -> CredentialRow:
    """Return whose a credential is; whoever holds the credential may know."""
    rows = _printed(_joined(_columns())).where(Credential.id == credential.id)
    return _row(session.execute(rows).one())


def unprinted(session: Session, series_id: int, template: str) -> list[int]:
    """Return the ids of a series' active credentials that no certificate of a template shows."""
    rows = (
        select(Credential.id)
        .join(Outcome, Outcome.id == Credential.outcome_id)
        .outerjoin(
            Certificate,
            and_(Certificate.credential_id == Credential.id, Certificate.template == template),
        )
        .where(
            Outcome.series_id == series_id,
            Credential.status == CredentialStatus.ACTIVE,
            Certificate.id.is_(None),
        )
        .order_by(Credential.id)
    )
    return list(session.scalars(rows))


def ready_and_untold(session: Session, series_id: int, *, limit: int) -> list[Ready]:
    """Return up to `limit` people and releases of a series whose certificates nobody told of."""
    rows = session.execute(
        select(
            Candidate.person_id,
            ReleaseBatch.id.label("batch_id"),
            func.count(Credential.id.distinct()).label("many"),
            func.min(Course.name).label("course"),
        )
        .select_from(Credential)
        .join(Certificate, Certificate.credential_id == Credential.id)
        .join(ReleaseLine, ReleaseLine.outcome_id == Credential.outcome_id)
        .join(ReleaseBatch, ReleaseBatch.id == ReleaseLine.batch_id)
        .join(EntryCourse, EntryCourse.id == Credential.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Course, Course.id == EntryCourse.course_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .outerjoin(
            CertificateNotice,
            (CertificateNotice.person_id == Candidate.person_id)
            & (CertificateNotice.batch_id == ReleaseBatch.id),
        )
        .where(
            ReleaseBatch.series_id == series_id,
            ReleaseBatch.released_at.is_not(None),
            Credential.status == CredentialStatus.ACTIVE,
            CertificateNotice.person_id.is_(None),
        )
        .group_by(Candidate.person_id, ReleaseBatch.id)
        .order_by(ReleaseBatch.id, Candidate.person_id)
        .limit(limit)
    )
    return [Ready(row.person_id, row.batch_id, row.many, row.course) for row in rows]


def names_of_credentials(session: Session, credential_ids: Sequence[int]) -> dict[int, str]:
    """Return credential id -> everything of its holder and course that a certificate prints."""
    rows = session.execute(
        _joined(
            select(Credential.id, Person.name, Candidate.person_no, Course.name.label("course"))
        ).where(Credential.id.in_(credential_ids))
    )
    return {row.id: f"{row.name} {row.person_no} {row.course}" for row in rows}


def access_certificate(session: Session, actor: Actor, token: str) -> Certificate:
    """Return a certificate: one's own, or one within the actor's reach; else NotFound."""
    own = Candidate.person_id == actor.person_id
    scope = within(actor, SEE_CREDENTIALS, unit_path=Unit.path, series_id=Outcome.series_id)
    found: Certificate | None = session.scalar(
        _printed(_joined(select(Certificate))).where(Certificate.token == token, or_(own, scope))
    )
    if found is None:
        raise NotFound(say("certificate"))
    return found


def certificate_of(session: Session, credential: Credential) -> Certificate | None:
    """Return the printed form of a credential, or None while there is none."""
    rows = select(Certificate).where(Certificate.credential_id == credential.id)
    return session.scalars(rows.order_by(Certificate.id.desc()).limit(1)).one_or_none()


def credential_behind(session: Session, certificate: Certificate) -> Credential:
    """Return the credential a certificate shows."""
    return session.get_one(Credential, certificate.credential_id)


def series_of(session: Session, credential: Credential) -> int:
    """Return the id of the series a credential was earned in."""
    return session.get_one(Outcome, credential.outcome_id).series_id


def certificate_with_hash(session: Session, sha256: str) -> Certificate | None:
    """Return the certificate whose file is this one to the last byte, or None."""
    return session.scalar(select(Certificate).where(Certificate.file_sha256 == sha256))


def list_of(session: Session, credential: Credential) -> tuple[int, int]:
    """Return a credential's status list and its place in it."""
    bit = session.get_one(StatusBit, credential.status_bit_id)
    return bit.list_no, bit.position


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Credential,
        Certificate,
        Candidate.person_no,
        Person.name,
        Course.code.label("course_code"),
        Course.name.label("course_name"),
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return _people(statement.select_from(Credential)).join(
        Outcome, Outcome.id == Credential.outcome_id
    )


def _people(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.join(EntryCourse, EntryCourse.id == Credential.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Course, Course.id == EntryCourse.course_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
    )


def _printed(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.outerjoin(Certificate, Certificate.credential_id == Credential.id)


def _credentials(statement: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    scope = within(actor, SEE_CREDENTIALS, unit_path=Unit.path, series_id=Outcome.series_id)
    return _printed(_joined(statement)).where(scope)


def _reached(statement: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    scope = within(actor, SEE_CREDENTIALS, unit_path=Unit.path, series_id=Outcome.series_id)
    return (
        statement.select_from(Outcome)
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(scope)
    )


def _row(row: Any) -> CredentialRow:
    return CredentialRow(
        row.Credential,
        row.Certificate,
        row.person_no,
        row.name,
        row.course_code,
        row.course_name,
    )

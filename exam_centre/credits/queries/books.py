"""What is on our books about people's claims: messages, credentials, accounts, codes."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from exam_centre.certificates.models import Credential
from exam_centre.certificates.rules import CredentialStatus
from exam_centre.credits.models import (
    Claim,
    CodeMap,
    LearningAccount,
    OutboxRow,
)
from exam_centre.credits.queries.chunks import chunks
from exam_centre.credits.queries.passes import Pair
from exam_centre.credits.rules import Codes, Destination


def claims_of_pairs(session: Session, pairs: Iterable[Pair]) -> dict[Pair, list[Claim]]:
    """Return every claim of each pair, oldest first."""
    wanted = set(pairs)
    found: dict[Pair, list[Claim]] = {}
    for people in chunks({person for person, _ in wanted}):
        rows = select(Claim).where(Claim.person_id.in_(people)).order_by(Claim.id)
        for claim in session.scalars(rows):
            if (claim.person_id, claim.course_id) in wanted:
                found.setdefault((claim.person_id, claim.course_id), []).append(claim)
    return found


def rows_of_claims(session: Session, claim_ids: Iterable[int]) -> dict[int, list[OutboxRow]]:
    """Return the messages of each claim, oldest first."""
    found: dict[int, list[OutboxRow]] = {}
    for chunk in chunks(claim_ids):
        rows = select(OutboxRow).where(OutboxRow.claim_id.in_(chunk)).order_by(OutboxRow.id)
        for row in session.scalars(rows):
            found.setdefault(row.claim_id, []).append(row)
    return found


def active_credentials(session: Session, outcome_ids: Iterable[int]) -> dict[int, Credential]:
    """Return the credential in force for each of these outcomes, where there is one."""
    return {
        credential.outcome_id: credential
        for chunk in chunks(outcome_ids)
        for credential in session.scalars(
            select(Credential).where(
                Credential.outcome_id.in_(chunk), Credential.status == CredentialStatus.ACTIVE
            )
        )
    }


def accounts_of(session: Session, person_ids: Iterable[int]) -> dict[int, LearningAccount]:
    """Return the learning account of each of these people who has one."""
    return {
        account.person_id: account
        for chunk in chunks(person_ids)
        for account in session.scalars(
            select(LearningAccount).where(LearningAccount.person_id.in_(chunk))
        )
    }


def codes_for(
    session: Session, day: date, destination: Destination = Destination.CREDIT_BANK
) -> Codes:
    """Return what our words are called at a destination on a day."""
    rows = session.scalars(
        select(CodeMap)
        .where(
            CodeMap.destination == destination,
            CodeMap.valid_from <= day,
            or_(CodeMap.valid_until.is_(None), CodeMap.valid_until > day),
        )
        .order_by(CodeMap.valid_from)
    )
    return {(row.topic, row.ours): row.theirs for row in rows}

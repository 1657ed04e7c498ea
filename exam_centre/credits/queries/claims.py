"""Claims as people look at them: by token, by series, by person, with the bank's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from exam_centre.credits.models import (
    Claim,
    OutboxRow,
    Receipt,
)
from exam_centre.credits.queries.chunks import chunks
from exam_centre.credits.rules import (
    ClaimStatus,
)
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.results.models import Outcome, ReleaseBatch, ReleaseLine

SEE_CLAIMS = (Permission.RUN_CREDITS, Permission.READ_AUDIT)


def access_claim(session: Session, actor: Actor, token: str) -> Claim:
    """Return the claim with this token, if the actor's roles reach its person's unit."""
    found = session.scalar(
        _claims_with_places().where(
            Claim.token == token,
            within(actor, SEE_CLAIMS, unit_path=Unit.path, series_id=Outcome.series_id),
        )
    )
    if found is None:
        raise NotFound(say("claim"))
    return found


def claims_of_series(
    session: Session, actor: Actor, series_id: int, status: ClaimStatus | None = None
) -> list[Claim]:
    """Return a series' claims within the actor's reach, the newest first."""
    statement = _claims_with_places().where(
        Outcome.series_id == series_id,
        within(actor, SEE_CLAIMS, unit_path=Unit.path, series_id=Outcome.series_id),
    )
    if status is not None:
        statement = statement.where(Claim.status == status)
    return list(session.scalars(statement.order_by(Claim.id.desc())))


def claims_of_person(session: Session, person_id: int) -> list[Claim]:
    """Return a person's own claims, the newest first."""
    return list(
        session.scalars(select(Claim).where(Claim.person_id == person_id).order_by(Claim.id.desc()))
    )


@dataclass(frozen=True)
class Release:
    """A person's claims of one release batch."""

    batch_id: int
    claims: tuple[Claim, ...]

    @property
    def accepted(self) -> list[Claim]:
        """What the bank holds."""
        return [claim for claim in self.claims if claim.status is ClaimStatus.ACCEPTED]

    @property
    def on_the_way(self) -> bool:
        """Whether an answer of the bank is still to come."""
        waiting = (ClaimStatus.QUEUED, ClaimStatus.SENDING, ClaimStatus.UNKNOWN)
        return any(claim.status in waiting for claim in self.claims)


def claims_of_release(session: Session, claim: Claim) -> Release | None:
    """Return the claims of the same person and release batch, this one among them."""
    batch_id = session.scalar(_asking_batch(), {"outcome": claim.outcome_id})
    if batch_id is None:
        return None
    rows = session.scalars(_asking_claims(), {"person": claim.person_id, "batch": batch_id})
    return Release(batch_id, tuple(rows))


def bank_words(session: Session, claim_ids: Iterable[int]) -> dict[int, str]:
    """Return the bank's latest sentence about each claim it said something about."""
    return {
        claim_id: sentence
        for chunk in chunks(claim_ids)
        for claim_id, detail in session.execute(
            select(OutboxRow.claim_id, Receipt.detail)
            .join(Receipt, Receipt.outbox_row_id == OutboxRow.id)
            .where(OutboxRow.claim_id.in_(chunk))
            .order_by(Receipt.id)
        )
        if (sentence := detail.get("sentence", ""))
    }


def _released(statement: Select[Any]) -> Select[Any]:
    """Join the batch that a release line stands in; a discarded batch released nothing."""
    return statement.join(ReleaseBatch, ReleaseBatch.id == ReleaseLine.batch_id).where(
        ReleaseBatch.released_at.is_not(None)
    )


@cache
def _asking_batch() -> Select[int]:
    """Return the question, built once: it is asked with every answer of the bank."""
    return _released(select(ReleaseBatch.id).select_from(ReleaseLine)).where(
        ReleaseLine.outcome_id == bindparam("outcome")
    )


@cache
def _asking_claims() -> Select[Claim]:
    """Return the question, built once: it is asked with every answer of the bank."""
    return (
        _released(select(Claim).join(ReleaseLine, ReleaseLine.outcome_id == Claim.outcome_id))
        .where(Claim.person_id == bindparam("person"), ReleaseBatch.id == bindparam("batch"))
        .order_by(Claim.id)
    )


def _claims_with_places() -> Select[Claim]:
    return (
        select(Claim)
        .join(Outcome, Outcome.id == Claim.outcome_id)
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
    )


def place_of_person(session: Session, person_id: int) -> Place:
    """Return the place of a person's newest enrolment; whoever never enrolled is of the top."""
    path = session.scalar(
        select(Unit.path)
        .join(Candidate, Candidate.unit_id == Unit.id)
        .where(Candidate.person_id == person_id)
        .order_by(Candidate.id.desc())
        .limit(1)
    )
    return top_place(session) if path is None else Place(path)


def top_place(session: Session) -> Place:
    """Return the place of the whole university, for acts about all of its claims."""
    return Place(session.scalars(select(Unit.path).where(Unit.parent_id.is_(None))).one())

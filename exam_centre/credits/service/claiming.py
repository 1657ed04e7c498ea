"""Claim the pass that counts, follow corrections and better attempts, take credits back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.adapters.credit_bank import canonical_json
from exam_centre.calendar.models import Series
from exam_centre.certificates.models import Credential
from exam_centre.certificates.queries import facts_of, place_of
from exam_centre.certificates.rules import AwardFacts
from exam_centre.credits import queries
from exam_centre.credits.models import Claim, LearningAccount, OutboxRow
from exam_centre.credits.queries import Pair
from exam_centre.credits.rules import (
    ENDED,
    AccountNotMatched,
    ClaimStatus,
    Codes,
    CredentialMissing,
    Issuer,
    Proof,
    SendKind,
    bank_identity,
    revoke_body,
    revoke_reason,
    upsert_body,
    upsert_reason,
)
from exam_centre.kernel import audit
from exam_centre.kernel.outbox import SendStatus
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.results.models import Correction, Outcome

BETTER_ATTEMPT = "clerical_correction"  # the closest of the bank's reasons
MENDED = "clerical_correction"


@dataclass(frozen=True)
class _Books:
    """What is known about the claims of some people and courses, read in one go."""

    best: dict[Pair, int]
    claims: dict[Pair, list[Claim]]
    rows: dict[int, list[OutboxRow]]  # by claim
    facts: dict[int, AwardFacts]  # by outcome
    standing: dict[int, int]  # entry course -> released outcome
    credentials: dict[int, Credential]  # by outcome
    accounts: dict[int, LearningAccount]  # by person
    corrections: dict[int, Correction]  # by the outcome they brought about
    codes: Codes

    def live(self, pair: Pair) -> Claim | None:
        """Return the one claim of the pair that has not ended."""
        return next((c for c in self.claims.get(pair, []) if c.status not in ENDED), None)

    def messages(self, pair: Pair) -> list[OutboxRow]:
        """Return every message about the pair, oldest first."""
        rows = [row for c in self.claims.get(pair, []) for row in self.rows.get(c.id, [])]
        return sorted(rows, key=lambda row: row.id)


def claim(
    session: Session, actor: Actor, outcome: Outcome, issuer: Issuer, *, now: datetime
) -> Claim | None:
    """Bring the claim for this outcome's person and course up to what is released.

    Writes the claim and its message in the caller's transaction; nothing is sent here. Of several
    passes the best is claimed; a later version replaces the earlier claim; where no pass is left
    the credit is taken back. Repeating it changes nothing.

    Returns the live claim, perhaps REVOKING; None: there is nothing to claim.
    Raises  CredentialMissing, AccountNotMatched, LevelUnmapped.
    """
    about = facts_of(session, [outcome.id])[outcome.id]
    actor.require(Permission.RUN_CREDITS, place_of(about))
    pair = queries.pair_of(session, outcome)
    return _bring_up(session, actor, _read(session, [pair], now), pair, issuer, now)


def claim_released(
    session: Session, actor: Actor, series: Series, issuer: Issuer, now: datetime
) -> int:
    """Claim every released pass of a series that can be claimed; return how many claims changed.

    Passes without a credential or a confirmed account are left for the law of credits to list.
    The actor may be the system on its schedule.
    """
    pairs = queries.pairs_to_claim(session, series.id)
    books = _read(session, pairs, now)
    if actor.person_id is not None:
        for about in books.facts.values():
            actor.require(Permission.RUN_CREDITS, place_of(about))
    for pair in pairs:
        _bring_up(session, actor, books, pair, issuer, now)
    return len(pairs)


def claim_again(
    session: Session, actor: Actor, row: Claim, issuer: Issuer, *, reason: str, now: datetime
) -> OutboxRow:
    """Send a returned claim anew, with what the source says now that it has been mended."""
    about = facts_of(session, [row.outcome_id])[row.outcome_id]
    actor.require(Permission.RUN_CREDITS, place_of(about))
    pair = (row.person_id, row.course_id)
    books = _read(session, [pair], now)
    proof = _proof(books, pair, about)
    row.move_to(ClaimStatus.QUEUED)
    row.credits = about.credits
    message = _queue_upsert(session, books, pair, row, proof, issuer, MENDED, now)
    audit.record(session, actor, "credits.claimed_again", row, now, reason=reason)
    return message


def _read(session: Session, pairs: Sequence[Pair], now: datetime) -> _Books:
    best = queries.best_of(session, pairs)
    claims = queries.claims_of_pairs(session, pairs)
    all_claims = [row for of_pair in claims.values() for row in of_pair]
    claimed = facts_of(session, [row.outcome_id for row in all_claims] + list(best.values()))
    standing = queries.standing_releases(session, [f.entry_course_id for f in claimed.values()])
    return _Books(
        best=best,
        claims=claims,
        rows=queries.rows_of_claims(session, [row.id for row in all_claims]),
        facts=claimed | facts_of(session, set(standing.values()) - set(claimed)),
        standing=standing,
        credentials=queries.active_credentials(session, best.values()),
        accounts=queries.accounts_of(session, [person for person, _ in pairs]),
        corrections=queries.corrections_to(session, best.values()),
        codes=queries.codes_for(session, now.date()),
    )


def _bring_up(
    session: Session, actor: Actor, books: _Books, pair: Pair, issuer: Issuer, now: datetime
) -> Claim | None:
    live = books.live(pair)
    if pair not in books.best:
        return _take_back(session, actor, books, live, issuer, now) if live else None
    best = books.facts[books.best[pair]]
    if live is not None and live.outcome_id == best.outcome_id:
        return live
    proof = _proof(books, pair, best)
    reason = upsert_reason(is_appeal=_is_appeal(books, best))
    if live is not None:
        _end_earlier(session, actor, books, live, best, issuer, now)
    row = _claim_row(session, books, pair, best)
    _queue_upsert(session, books, pair, row, proof, issuer, reason, now)
    audit.record(session, actor, "credits.claimed", row, now)
    return row


def _end_earlier(
    session: Session,
    actor: Actor,
    books: _Books,
    live: Claim,
    best: AwardFacts,
    issuer: Issuer,
    now: datetime,
) -> None:
    """End the live claim in favour of the best pass; another attempt's credit goes back first."""
    is_other_attempt = books.facts[live.outcome_id].stable_id != best.stable_id
    if is_other_attempt and live.status is not ClaimStatus.REVOKING:
        _queue_revoke(session, books, live, issuer, best, BETTER_ATTEMPT, now)
    live.move_to(ClaimStatus.REPLACED)
    # Written at once: a session saves new rows first, and the key allows one live claim.
    session.flush()
    audit.record(session, actor, "credits.replaced", live, now)


def _claim_row(session: Session, books: _Books, pair: Pair, best: AwardFacts) -> Claim:
    """Return the claim for this outcome: a new one, or the one a fallen attempt had replaced."""
    known = [row for row in books.claims.get(pair, []) if row.outcome_id == best.outcome_id]
    if known:
        known[0].move_to(ClaimStatus.QUEUED)
        return known[0]
    row = Claim(
        outcome_id=best.outcome_id,
        person_id=pair[0],
        course_id=pair[1],
        credits=best.credits,
        status=ClaimStatus.QUEUED,
    )
    session.add(row)
    session.flush()
    return row


def _take_back(
    session: Session, actor: Actor, books: _Books, live: Claim, issuer: Issuer, now: datetime
) -> Claim:
    if live.status is ClaimStatus.REVOKING:
        return live
    credited = books.facts[live.outcome_id]
    standing = books.standing.get(credited.entry_course_id)
    behind = books.facts[standing] if standing else credited
    reason = revoke_reason(credited.status, behind.verdict if standing else None)
    _queue_revoke(session, books, live, issuer, behind, reason, now)
    live.move_to(ClaimStatus.REVOKING)
    audit.record(session, actor, "credits.taken_back", live, now, reason=reason)
    return live


def _proof(books: _Books, pair: Pair, best: AwardFacts) -> Proof:
    credential = books.credentials.get(best.outcome_id)
    if credential is None:
        raise CredentialMissing
    account = books.accounts.get(pair[0])
    if account is None or account.answer != "match" or account.checked_at is None:
        raise AccountNotMatched(best.name)
    return Proof(
        account_no=account.account_no,
        checked_at=account.checked_at,
        credential_sha256=credential.sha256,
        awarded_at=credential.awarded_at,
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
    )


def _is_appeal(books: _Books, best: AwardFacts) -> bool:
    correction = books.corrections.get(best.outcome_id)
    return correction is not None and correction.is_appeal


def _queue_upsert(
    session: Session,
    books: _Books,
    pair: Pair,
    row: Claim,
    proof: Proof,
    issuer: Issuer,
    reason: str,
    now: datetime,
) -> OutboxRow:
    facts = books.facts[row.outcome_id]
    messages = books.messages(pair)
    again = 0
    while _is_revoked(messages, bank_identity(facts.stable_id, again)):
        again += 1
    outcome_id = bank_identity(facts.stable_id, again)
    version = _next_version(messages, outcome_id)
    body = upsert_body(
        facts,
        proof,
        issuer,
        books.codes,
        outcome_id=outcome_id,
        version=version,
        reason=reason,
    )
    return _queue(session, books, row, SendKind.UPSERT, body, now)


def _queue_revoke(
    session: Session,
    books: _Books,
    live: Claim,
    issuer: Issuer,
    behind: AwardFacts,
    reason: str,
    now: datetime,
) -> OutboxRow:
    messages = books.rows[live.id]
    outcome_id = next(r.stable_id for r in reversed(messages) if r.kind is SendKind.UPSERT)
    every = books.messages((live.person_id, live.course_id))
    body = revoke_body(
        issuer,
        behind,
        outcome_id=outcome_id,
        version=_next_version(every, outcome_id),
        reason=reason,
    )
    return _queue(session, books, live, SendKind.REVOKE, body, now)


def _queue(
    session: Session,
    books: _Books,
    row: Claim,
    kind: SendKind,
    body: dict[str, object],
    now: datetime,
) -> OutboxRow:
    spelled = canonical_json(body)
    message = OutboxRow(
        claim_id=row.id,
        stable_id=body["outcome_id"],
        number=body["version"],
        kind=kind,
        body=spelled.decode(),
        body_sha256=hashlib.sha256(spelled).hexdigest(),
        status=SendStatus.PENDING,
        attempts=0,
        next_at=now,
        last_error="",
    )
    session.add(message)
    session.flush()
    books.rows.setdefault(row.id, []).append(message)
    return message


def _is_revoked(messages: Sequence[OutboxRow], outcome_id: str) -> bool:
    return any(m.kind is SendKind.REVOKE and m.stable_id == outcome_id for m in messages)


def _next_version(messages: Sequence[OutboxRow], outcome_id: str) -> int:
    return 1 + max((m.number for m in messages if m.stable_id == outcome_id), default=0)

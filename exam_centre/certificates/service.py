"""Issue credentials for released passes, follow corrections, take back, suspend and resume."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import notify
from exam_centre.adapters.credentials import CredentialSigner
from exam_centre.calendar.models import Series
from exam_centre.certificates import queries
from exam_centre.certificates.models import (
    Certificate,
    CertificateNotice,
    Credential,
    StatusBit,
)
from exam_centre.certificates.rules import (
    FULL_AT,
    LIVE,
    STATUS_LIST_LENGTH,
    VERIFY_ALPHABET,
    VERIFY_CODE_LENGTH,
    AwardFacts,
    CredentialStatus,
    NotPassed,
    NotReleased,
    RevocationReason,
    credential_claims,
    validity_of,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.results.models import Outcome
from exam_centre.results.rules import OutcomeStatus, Verdict

SALT_BYTES = 16
TOLD_AT_ONCE = 500  # people in one transaction
OFFENCES = (Verdict.CHEATED, Verdict.VOID, Verdict.REMOVED)


@dataclass(frozen=True)
class Followed:
    """What following the releases of a series did."""

    issued: int  # replacements included
    revoked: int


def issue(
    session: Session, actor: Actor, outcome: Outcome, signer: CredentialSigner, *, now: datetime
) -> Credential:
    """Issue the credential of a released pass; it replaces the one of an earlier version.

    Issued before: that one is returned. Raises NotReleased, NotPassed.
    """
    facts = queries.facts_of(session, [outcome.id])[outcome.id]
    actor.require(Permission.ISSUE_CERTIFICATES, queries.place_of(facts))
    known = session.scalar(select(Credential).where(Credential.outcome_id == outcome.id))
    if known is not None:
        return known
    if outcome.status is not OutcomeStatus.RELEASED:
        raise NotReleased(outcome.status.value)
    if outcome.verdict is not Verdict.PASSED:
        raise NotPassed(outcome.verdict.value)
    return _issue(session, actor, [facts], signer, now)[0]


def follow(
    session: Session, actor: Actor, outcome: Outcome, signer: CredentialSigner, *, now: datetime
) -> Credential | None:
    """Let the credential say what the outcome's newest release says.

    A pass is issued; a release below the pass mark takes the credential back, status bit and all,
    in the caller's transaction. Returns the credential this left behind; None: there was none.
    """
    if outcome.status is OutcomeStatus.RELEASED and outcome.verdict is Verdict.PASSED:
        return issue(session, actor, outcome, signer, now=now)
    unfounded = queries.unfounded(session, entry_course_id=outcome.entry_course_id)
    _revoke_unfounded(session, actor, unfounded, now)
    return unfounded[0] if unfounded else None


def follow_release(
    session: Session, actor: Actor, series: Series, signer: CredentialSigner, *, now: datetime
) -> Followed:
    """Issue what a series has released and not certified, and take back what no longer stands."""
    facts = list(queries.facts_of(session, queries.uncertified(session, series.id)).values())
    for each in facts:
        actor.require(Permission.ISSUE_CERTIFICATES, queries.place_of(each))
    unfounded = queries.unfounded(session, series_id=series.id)
    _revoke_unfounded(session, actor, unfounded, now)
    _issue(session, actor, facts, signer, now)
    return Followed(issued=len(facts), revoked=len(unfounded))


def revoke(
    session: Session,
    actor: Actor,
    credential: Credential,
    *,
    reason: RevocationReason,
    now: datetime,
) -> Credential:
    """Take a credential back for good, and set its bit in the list in the same transaction."""
    _require(session, actor, credential)
    return _revoke(session, actor, credential, reason, now)


def suspend(
    session: Session, actor: Actor, credential: Credential, *, reason: str, now: datetime
) -> Credential:
    """Tell verifiers to wait, e.g. while an offence case is open."""
    _require(session, actor, credential)
    credential.move_to(CredentialStatus.SUSPENDED)
    session.get_one(StatusBit, credential.status_bit_id).suspended = True
    audit.record(session, actor, "certificates.suspended", credential, now, reason=reason)
    return credential


def resume(
    session: Session, actor: Actor, credential: Credential, *, reason: str, now: datetime
) -> Credential:
    """End a suspension."""
    _require(session, actor, credential)
    credential.move_to(CredentialStatus.ACTIVE)
    session.get_one(StatusBit, credential.status_bit_id).suspended = False
    audit.record(session, actor, "certificates.resumed", credential, now, reason=reason)
    return credential


def new_verify_code() -> str:
    """Return a code for a printed certificate, random and fit to be typed by hand."""
    return "".join(secrets.choice(VERIFY_ALPHABET) for _ in range(VERIFY_CODE_LENGTH))


def keep_certificate(
    session: Session,
    actor: Actor,
    credential: Credential,
    *,
    template: str,
    serial: str,
    verify_code: str,
    file_key: str,
    file_sha256: str,
    now: datetime,
) -> Certificate:
    """Keep a printed form of a credential: the file's hash, and the code that leads back here.

    Printed once a template: the one that exists is returned, whatever was drawn again.
    """
    _require(session, actor, credential)
    known = session.scalar(
        select(Certificate).where(
            Certificate.credential_id == credential.id, Certificate.template == template
        )
    )
    if known is not None:
        return known
    row = Certificate(
        credential_id=credential.id,
        template=template,
        serial=serial,
        verify_code=verify_code,
        file_key=file_key,
        file_sha256=file_sha256,
        issued_at=now,
    )
    session.add(row)
    audit.record(session, actor, "certificates.printed", row, now)
    return row


def tell_ready(session: Session, series_id: int, *, now: datetime) -> int:
    """Tell people that certificates of a release are ready: one notice a person and release.

    Up to `TOLD_AT_ONCE` people; call again until nobody is left. Two at once: the key of what was
    told lets one of them through, and the other looks again.
    Returns  how many were told.
    """
    ready = queries.ready_and_untold(session, series_id, limit=TOLD_AT_ONCE)
    for each in ready:
        session.add(
            CertificateNotice(person_id=each.person_id, batch_id=each.batch_id, told_at=now)
        )
        notify(session, each.person_id, _ready_sentence(each), now)
    return len(ready)


def _ready_sentence(ready: queries.Ready) -> Sentence:
    if ready.many == 1:
        return say(
            "Your certificate for {course} is ready. It lies under “My results”.",
            course=ready.course,
        )
    return say(
        "{count} certificates of yours are ready. They lie under “My results”.", count=ready.many
    )


def _require(session: Session, actor: Actor, credential: Credential) -> None:
    facts = queries.facts_of(session, [credential.outcome_id])[credential.outcome_id]
    actor.require(Permission.ISSUE_CERTIFICATES, queries.place_of(facts))


def _issue(
    session: Session,
    actor: Actor,
    all_facts: Sequence[AwardFacts],
    signer: CredentialSigner,
    now: datetime,
) -> list[Credential]:
    earlier = _earlier(session, [facts.entry_course_id for facts in all_facts])
    bits = _new_bits(session, len(all_facts))
    issued = []
    for facts, bit in zip(all_facts, bits, strict=True):
        versions = earlier.get(facts.entry_course_id, [])
        for before in versions:
            if before.status in LIVE:
                before.move_to(CredentialStatus.REPLACED)
                audit.record(session, actor, "certificates.replaced", before, now)
        issued.append(_issue_one(session, actor, facts, versions, bit, signer, now))
    return issued


def _issue_one(
    session: Session,
    actor: Actor,
    facts: AwardFacts,
    versions: Sequence[Credential],
    bit: StatusBit,
    signer: CredentialSigner,
    now: datetime,
) -> Credential:
    validity = validity_of(
        now,
        versions[0].awarded_at if versions else facts.released_at or now,
        versions[-1].valid_from if versions else None,
    )
    claims = credential_claims(
        facts,
        validity,
        issuer_id=signer.issuer_id,
        issuer_name=signer.issuer_name,
        base_url=signer.base_url,
        list_no=bit.list_no,
        position=bit.position,
        salts=(secrets.token_hex(SALT_BYTES), secrets.token_hex(SALT_BYTES)),
        subject_id=f"urn:uuid:{uuid.uuid5(uuid.UUID(facts.stable_id), 'learner')}",
    )
    token = signer.sign(claims)
    credential = Credential(
        outcome_id=facts.outcome_id,
        entry_course_id=facts.entry_course_id,
        stable_id=facts.stable_id,
        number=facts.number,
        jwt=token,
        sha256=hashlib.sha256(token.encode()).hexdigest(),
        status_bit_id=bit.id,
        awarded_at=validity.awarded_at,
        valid_from=validity.valid_from,
        valid_until=validity.valid_until,
    )
    session.add(credential)
    audit.record(session, actor, "certificates.issued", credential, now)
    return credential


def _earlier(session: Session, entry_course_ids: Iterable[int]) -> dict[int, list[Credential]]:
    """Return the credentials there are of each entry course, oldest first."""
    wanted = sorted(set(entry_course_ids))
    found: dict[int, list[Credential]] = {}
    for start in range(0, len(wanted), queries.AT_ONCE):
        chunk = wanted[start : start + queries.AT_ONCE]
        rows = select(Credential).where(Credential.entry_course_id.in_(chunk))
        for row in session.scalars(rows.order_by(Credential.number)):
            found.setdefault(row.entry_course_id, []).append(row)
    return found


def _new_bits(session: Session, count: int) -> list[StatusBit]:
    """Draw `count` free places at random; a list that is half full is left for a new one."""
    bits: list[StatusBit] = []
    list_no, used = _open_list(session)
    while len(bits) < count:
        if used >= FULL_AT:
            list_no, used = list_no + 1, 0
        wanted = min(count - len(bits), FULL_AT - used, queries.AT_ONCE)
        drawn = {secrets.randbelow(STATUS_LIST_LENGTH) for _ in range(wanted)}
        taken = set(
            session.scalars(
                select(StatusBit.position).where(
                    StatusBit.list_no == list_no, StatusBit.position.in_(drawn)
                )
            )
        )
        new = [StatusBit(list_no=list_no, position=place) for place in sorted(drawn - taken)]
        # In the order of the places the list would tell who was certified together.
        secrets.SystemRandom().shuffle(new)
        session.add_all(new)
        session.flush()
        bits += new
        used += len(new)
    return bits


def _open_list(session: Session) -> tuple[int, int]:
    """Return the number of the newest list, and how many places of it are taken."""
    newest = session.scalar(select(func.max(StatusBit.list_no)))
    if newest is None:
        return 1, 0
    taken = session.scalar(select(func.count()).where(StatusBit.list_no == newest))
    return newest, taken or 0


def _revoke(
    session: Session,
    actor: Actor,
    credential: Credential,
    reason: RevocationReason,
    now: datetime,
) -> Credential:
    credential.move_to(CredentialStatus.REVOKED)
    credential.revocation_reason = reason
    session.get_one(StatusBit, credential.status_bit_id).revoked = True
    audit.record(session, actor, "certificates.revoked", credential, now, reason=reason.value)
    return credential


def _revoke_unfounded(
    session: Session, actor: Actor, unfounded: Sequence[Credential], now: datetime
) -> None:
    facts = queries.facts_of(session, [each.outcome_id for each in unfounded])
    released = {
        outcome.entry_course_id: outcome
        for outcome in session.scalars(
            select(Outcome).where(
                Outcome.entry_course_id.in_([each.entry_course_id for each in unfounded]),
                Outcome.status == OutcomeStatus.RELEASED,
            )
        )
    }
    for credential in unfounded:
        about = facts[credential.outcome_id]
        actor.require(Permission.ISSUE_CERTIFICATES, queries.place_of(about))
        reason = _reason(about, released.get(credential.entry_course_id))
        _revoke(session, actor, credential, reason, now)


def _reason(shown: AwardFacts, standing: Outcome | None) -> RevocationReason:
    """Return why a credential falls. `standing` is what is released now; None: nothing is."""
    if standing is not None and standing.verdict in OFFENCES:
        return RevocationReason.OFFENCE
    if standing is None or shown.status == OutcomeStatus.RECALLED.value:
        return RevocationReason.RECALLED
    return RevocationReason.CORRECTED

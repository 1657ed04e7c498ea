"""The life of a claim on the credit bank, and the ways two ledgers can differ."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from exam_centre.certificates.rules import AwardFacts, plain_number, supervision_of, zulu
from exam_centre.credits.rules.codes import Codes
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class ClaimKind(StrEnum):
    """What kind of credit is claimed; one live credit a person, course and kind."""

    COURSE = "course"


class ClaimStatus(StrEnum):
    """Where a claim stands, in words its worker can follow."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"  # sent, and no answer came: asked again under the same key
    ACCEPTED = "accepted"
    RETURNED = "returned"  # the bank wants something mended at the source
    REPLACED = "replaced"  # a later version of the outcome is claimed instead
    REVOKING = "revoking"
    REVOKED = "revoked"


CLAIM_FLOW: Flow[ClaimStatus] = Flow(
    {
        ClaimStatus.QUEUED: frozenset(
            {
                ClaimStatus.SENDING,
                ClaimStatus.RETURNED,
                ClaimStatus.REPLACED,
                ClaimStatus.REVOKING,
            }
        ),
        # A correction may be released while a message is on its way.
        ClaimStatus.SENDING: frozenset(
            {
                ClaimStatus.QUEUED,
                ClaimStatus.UNKNOWN,
                ClaimStatus.ACCEPTED,
                ClaimStatus.RETURNED,
                ClaimStatus.REPLACED,
                ClaimStatus.REVOKING,
            }
        ),
        ClaimStatus.UNKNOWN: frozenset(
            {
                ClaimStatus.SENDING,
                ClaimStatus.ACCEPTED,
                ClaimStatus.RETURNED,
                ClaimStatus.REPLACED,
                ClaimStatus.REVOKING,
            }
        ),
        # Queued again where reconciliation finds that the bank lost it.
        ClaimStatus.ACCEPTED: frozenset(
            {ClaimStatus.REPLACED, ClaimStatus.REVOKING, ClaimStatus.QUEUED}
        ),
        ClaimStatus.RETURNED: frozenset(
            {ClaimStatus.QUEUED, ClaimStatus.REPLACED, ClaimStatus.REVOKING}
        ),
        # Claimed again where the better attempt that replaced it falls.
        ClaimStatus.REPLACED: frozenset({ClaimStatus.QUEUED}),
        ClaimStatus.REVOKING: frozenset({ClaimStatus.REVOKED, ClaimStatus.REPLACED}),
        ClaimStatus.REVOKED: frozenset(),
    }
)
CLAIM_SENTENCES: dict[ClaimStatus, Sentence] = {
    ClaimStatus.QUEUED: say("The claim waits to be sent to the credit bank."),
    ClaimStatus.SENDING: say("The claim is on its way to the credit bank."),
    ClaimStatus.UNKNOWN: say("The credit bank has not answered. The same claim goes out again."),
    ClaimStatus.ACCEPTED: say("The credit bank holds the credits."),
    ClaimStatus.RETURNED: say("The credit bank wants something put right first."),
    ClaimStatus.REPLACED: say("A later claim stands in its place."),
    ClaimStatus.REVOKING: say("The credits are being taken back."),
    ClaimStatus.REVOKED: say("The credits were taken back."),
}
ENDED = (ClaimStatus.REPLACED, ClaimStatus.REVOKED)


class SendKind(StrEnum):
    """What a row asks the bank to do."""

    UPSERT = "upsert"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"


class DifferenceKind(StrEnum):
    """How the bank's ledger and ours differ about one outcome."""

    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    DIFFERS = "differs"
    STATE_DIFFERS = "state_differs"


class DifferenceStatus(StrEnum):
    """Whether a difference still needs somebody."""

    OPEN = "open"
    REPAIRED = "repaired"
    EXPLAINED = "explained"


DIFFERENCE_FLOW: Flow[DifferenceStatus] = Flow(
    {
        DifferenceStatus.OPEN: frozenset({DifferenceStatus.REPAIRED, DifferenceStatus.EXPLAINED}),
        DifferenceStatus.REPAIRED: frozenset(),
        DifferenceStatus.EXPLAINED: frozenset(),
    }
)


class AccountTaken(Refusal):
    """A learning account belongs to one person."""

    kind = "conflict"
    code = "account_taken"

    def __init__(self, account_no: str) -> None:
        super().__init__(
            say(
                "Account {account_no} is another person's. Compare both cards with the bank.",
                account_no=account_no,
            )
        )


class AccountNotMatched(Refusal):
    """Credits go only into an account that the bank says is this person's."""

    kind = "conflict"
    code = "account_not_matched"

    def __init__(self, name: str) -> None:
        super().__init__(
            say(
                "The bank has not confirmed a learning account of {name}. "
                "Enter the account and let the bank check it.",
                name=name,
            )
        )


class CredentialMissing(Refusal):
    """A claim names the credential that proves it."""

    kind = "conflict"
    code = "credential_missing"

    def __init__(self) -> None:
        super().__init__(say("No credential is in force for this outcome. Issue it first."))


class LevelUnmapped(Refusal):
    """The bank's framework has numbers for levels, and this course's level has none."""

    kind = "conflict"
    code = "level_unmapped"

    def __init__(self, level: str) -> None:
        super().__init__(
            say(
                "The bank's framework has no level for {level}. Add it to the code map.",
                level=level,
            )
        )


class BankUnreachable(Refusal):
    """The bank gave no usable answer, so nothing may be concluded."""

    kind = "unavailable"
    code = "bank_unreachable"

    def __init__(self, reason: str) -> None:
        super().__init__(
            say("The credit bank gave no usable answer ({reason}). Try again later.", reason=reason)
        )


@dataclass(frozen=True)
class Issuer:
    """Who we are to the bank: the issuer its register knows, the centre, the framework."""

    id: str  # e.g. "did:web:credentials.example.edu.cn"
    centre_code: str  # e.g. "C-0371"
    framework: str = "LOF"


@dataclass(frozen=True)
class Proof:
    """What a claim needs beside the outcome: the checked account and the credential."""

    account_no: str
    checked_at: datetime
    credential_sha256: str
    awarded_at: datetime
    valid_from: datetime
    valid_until: datetime


OFFENCES = ("cheated", "void", "removed")  # verdicts
LEVELS = {"diploma": 5, "bachelor": 6}  # of the framework's ten; the code map may say otherwise
HOURS_PER_CREDIT = 18  # notional study hours
ASSESSMENT_TYPES = {"practical": "practical", "assignment": "assignment", "thesis": "thesis"}
SHA256 = re.compile(r"[0-9a-f]{64}")


def bank_identity(stable_id: str, again: int) -> str:
    """Return the outcome's id at the bank: its own, or a new one after `again` revocations.

    A revoked outcome stays revoked at the bank; an appeal that restores it is a new one there.
    """
    return stable_id if again == 0 else str(uuid.uuid5(uuid.UUID(stable_id), f"again:{again}"))


def upsert_body(
    facts: AwardFacts,
    proof: Proof,
    issuer: Issuer,
    codes: Codes,
    *,
    outcome_id: str,
    version: int,
    reason: str,
) -> dict[str, object]:
    """Return what the bank is told about a pass: no ID number, no photo, decimals as text.

    reason  why an earlier version is replaced; used from version 2 on.
    Raises  LevelUnmapped.
    """
    body = _head(outcome_id, version, SendKind.UPSERT, issuer) | {
        "learner": {
            "account": proof.account_no,
            "holder_check": {
                "method": "account_validate",
                "at": zulu(proof.checked_at),
                "result": "match",
            },
        },
        "unit": _unit(facts, issuer, codes),
        "assessment": _assessment(facts),
        "evidence": _evidence(facts),
        "verification": _verification(facts),
        "validity": {
            "awarded_at": zulu(proof.awarded_at),
            "valid_from": zulu(proof.valid_from),
            "valid_until": zulu(proof.valid_until),
        },
        "credential": {
            "id": f"urn:uuid:{facts.stable_id}",
            "format": "vc+jwt",
            "sha256": proof.credential_sha256,
        },
    }
    if version > 1:
        body["replaces"] = {"version": version - 1, "reason": reason}
    return body


def revoke_body(
    issuer: Issuer, behind: AwardFacts, *, outcome_id: str, version: int, reason: str
) -> dict[str, object]:
    """Return what the bank is told when a credit is taken back.

    behind  the release by which it fell: two people stood behind that.
    """
    return _head(outcome_id, version, SendKind.REVOKE, issuer) | {
        "replaces": {"version": version - 1, "reason": reason},
        "verification": _verification(behind),
    }


def _head(outcome_id: str, version: int, kind: SendKind, issuer: Issuer) -> dict[str, object]:
    return {
        "schema": "outcome/1",
        "outcome_id": outcome_id,
        "version": version,
        "kind": kind.value,
        "issuer": {"id": issuer.id, "centre_code": issuer.centre_code},
    }


def _unit(facts: AwardFacts, issuer: Issuer, codes: Codes) -> dict[str, object]:
    level = codes.get(("level", facts.level), LEVELS.get(facts.level))
    if level is None:
        raise LevelUnmapped(facts.level)
    return {
        "code": codes.get(("unit", facts.course_code), facts.course_code),
        "version": codes.get(("unit_version", facts.course_code), "1"),
        "title": facts.course_name,
        "framework": issuer.framework,
        "level": int(level),
        "credits": plain_number(facts.credits, 1),
        "notional_hours": int(facts.credits * HOURS_PER_CREDIT),
        "kind": ClaimKind.COURSE.value,
    }


def _assessment(facts: AwardFacts) -> dict[str, object]:
    sat = facts.seating
    zone = ZoneInfo(sat.zone) if sat else ZoneInfo("UTC")
    return {
        "type": ASSESSMENT_TYPES.get(facts.mode, "proctored_exam"),
        "attempt": facts.attempt,
        "started_at": (sat.starts_at if sat else facts.computed_at).astimezone(zone).isoformat(),
        "ended_at": (sat.ends_at if sat else facts.computed_at).astimezone(zone).isoformat(),
        "score": facts.score_text,
        "max": "100",
        "pass_mark": facts.pass_mark_text,
        "status": "passed",
    }


def _evidence(facts: AwardFacts) -> dict[str, object]:
    sat = facts.seating
    evidence: dict[str, object] = {
        "venue": sat.venue_code if sat else facts.unit_code,
        "supervision": supervision_of(facts),
        "participation": "onsite" if sat else "remote",
        "invigilators": sat.invigilators if sat else 0,
    }
    if sat is not None:
        evidence |= {"room": sat.room_code, "seat": str(sat.seat)}
        if sat.admitted_at is not None:
            admitted = sat.admitted_at.astimezone(ZoneInfo(sat.zone))
            evidence["identity_checked_at"] = admitted.isoformat()
        if SHA256.fullmatch(sat.plan_sha256):
            evidence["seating_sha256"] = sat.plan_sha256
    return evidence


def _verification(facts: AwardFacts) -> dict[str, object]:
    assert facts.released_at is not None, "only what was released goes to the bank"
    return {
        "first": f"u:{facts.approved_by_id}",
        "second": f"u:{facts.released_by_id}",
        "at": zulu(facts.released_at),
    }


def upsert_reason(is_appeal: bool) -> str:
    """Return why a later version replaces an earlier one, in the bank's words."""
    return "appeal_upheld" if is_appeal else "mark_review"


def revoke_reason(status: str, verdict: str | None) -> str:
    """Return why a credit falls, in the bank's words.

    status   of the outcome that was credited.
    verdict  of what is released instead; None: nothing is.
    """
    if verdict in OFFENCES:
        return "offence_proven"
    if status == "recalled" or verdict is None:
        return "issued_in_error"
    return "below_pass_mark"


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """Return the first moments of a month, e.g. "2026-11", and of the next, in UTC."""
    year, number = (int(part) for part in month.split("-"))
    first = datetime(year, number, 1, tzinfo=UTC)
    return first, datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)

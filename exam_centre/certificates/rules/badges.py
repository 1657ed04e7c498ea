"""The credential as Open Badges 3.0 has it, and the facts read back from it."""

import hashlib
from decimal import Decimal
from typing import Any

from exam_centre.certificates.rules.awards import AwardFacts, plain_number, zulu
from exam_centre.certificates.rules.lifecycle import Purpose, Validity

VC_CONTEXT = "https://www.w3.org/ns/credentials/v2"
BADGE_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
# Words of ours in the evidence; a strict reader refuses a word that no context explains.
OWN_WORDS = (
    "attempt",
    "identityCheckedAt",
    "outcomeVersion",
    "participation",
    "room",
    "seat",
    "supervision",
    "venueCode",
    "venueName",
)
SUPERVISED = "onsite_with_identity_verification"
SUPERVISED_UNCHECKED = "onsite_without_identity_verification"
NOT_SUPERVISED = "assessed_work"
SUPERVISION_NARRATIVES = {
    SUPERVISED: "Sat on site under supervision; the candidate's identity was checked at the door.",
    SUPERVISED_UNCHECKED: "Sat on site under supervision.",
    NOT_SUPERVISED: "Work handed in and assessed; nobody sat for it.",
}


def supervision_of(facts: AwardFacts) -> str:
    """Return how the assessment was watched over, in the words of the credit bank's contract."""
    if facts.seating is None:
        return NOT_SUPERVISED
    return SUPERVISED if facts.seating.identity_matched else SUPERVISED_UNCHECKED


def credential_claims(
    facts: AwardFacts,
    validity: Validity,
    *,
    issuer_id: str,
    issuer_name: str,
    base_url: str,
    list_no: int,
    position: int,
    salts: tuple[str, str],
    subject_id: str,
) -> dict[str, Any]:
    """Return the token's claims: an Open Badges 3.0 credential and the registered ones.

    salts       one for the name, one for the student number: the learner is known by their
                salted hashes, so a holder can prove who they are and a finder learns nothing.
    subject_id  the same over all versions of one outcome, and over nothing else.
    """
    vocabulary = f"{base_url}/vocabulary#"
    credential = {
        "@context": [VC_CONTEXT, BADGE_CONTEXT, {word: vocabulary + word for word in OWN_WORDS}],
        "id": f"urn:uuid:{facts.stable_id}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.course_name,
        "issuer": {"id": issuer_id, "type": ["Profile"], "name": issuer_name, "url": base_url},
        "awardedDate": zulu(validity.awarded_at),
        "validFrom": zulu(validity.valid_from),
        "validUntil": zulu(validity.valid_until),
        "credentialSubject": _subject(facts, base_url, subject_id, salts),
        "evidence": [_evidence(facts)],
        "credentialStatus": [
            _status_entry(base_url, purpose, list_no, position) for purpose in Purpose
        ],
    }
    registered = {
        "iss": issuer_id,
        "sub": subject_id,
        "jti": credential["id"],
        "nbf": int(validity.valid_from.timestamp()),
        "exp": int(validity.valid_until.timestamp()),
    }
    return credential | registered


def _subject(
    facts: AwardFacts, base_url: str, subject_id: str, salts: tuple[str, str]
) -> dict[str, Any]:
    achievement_id = f"{base_url}/courses/{facts.course_code}"
    score_id = f"{achievement_id}#score"
    # The specification has numbers here; half credits are exact in binary too.
    credits_ = float(facts.credits)
    return {
        "id": subject_id,
        "type": ["AchievementSubject"],
        "identifier": [
            _identity("name", facts.name, salts[0]),
            _identity("identifier", facts.person_no, salts[1]),
        ],
        "creditsEarned": credits_,
        "achievement": {
            "id": achievement_id,
            "type": ["Achievement"],
            "achievementType": "Course",
            "name": facts.course_name,
            "description": f"{facts.course_name} ({facts.course_code}), {facts.level}",
            "humanCode": facts.course_code,
            "fieldOfStudy": facts.learning_area,
            "specialization": facts.level,
            "creditsAvailable": credits_,
            "criteria": {
                "narrative": f"A composite of at least {facts.pass_mark_text} of 100 under the "
                "published scheme."
            },
            "resultDescription": [
                {
                    "id": score_id,
                    "type": ["ResultDescription"],
                    "name": "Composite score",
                    "resultType": "RawScore",
                    "valueMin": "0",
                    "valueMax": "100",
                    "requiredValue": facts.pass_mark_text,
                }
            ],
        },
        "result": [{"type": ["Result"], "resultDescription": score_id, "value": facts.score_text}],
    }


def _identity(identity_type: str, value: str, salt: str) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(value, salt),
        "identityType": identity_type,
        "salt": salt,
    }


def _evidence(facts: AwardFacts) -> dict[str, Any]:
    supervision = supervision_of(facts)
    evidence: dict[str, Any] = {
        "type": ["Evidence"],
        "name": "Final assessment",
        "genre": facts.mode,
        "narrative": SUPERVISION_NARRATIVES[supervision],
        "attempt": facts.attempt,
        "outcomeVersion": facts.number,
        "supervision": supervision,
        "participation": "onsite" if facts.seating else "remote",
    }
    if facts.seating is not None:
        evidence |= {
            "venueCode": facts.seating.venue_code,
            "venueName": facts.seating.venue_name,
            "room": facts.seating.room_code,
            "seat": str(facts.seating.seat),
        }
        if facts.seating.admitted_at is not None:
            evidence["identityCheckedAt"] = zulu(facts.seating.admitted_at)
    return evidence


def _status_entry(base_url: str, purpose: Purpose, list_no: int, position: int) -> dict[str, Any]:
    address = status_list_address(base_url, purpose, list_no)
    return {
        "id": f"{address}#{position}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose.value,
        "statusListIndex": str(position),
        "statusListCredential": address,
    }


def status_list_address(base_url: str, purpose: Purpose, list_no: int) -> str:
    """Return where a status list is published."""
    return f"{base_url}/status/{purpose.value}/{list_no}"


def certified_facts(credential: dict[str, Any]) -> dict[str, Any]:
    """Return everything a credential certifies, flat, as it stands in the signed text."""
    subject, evidence = credential["credentialSubject"], credential["evidence"][0]
    achievement = subject["achievement"]
    return {
        "issuer": credential["issuer"]["name"],
        "issuer_id": credential["issuer"]["id"],
        "course": achievement["name"],
        "course_code": achievement["humanCode"],
        "level": achievement["specialization"],
        "learning_area": achievement["fieldOfStudy"],
        "credits": plain_number(Decimal(str(subject["creditsEarned"])), 1),
        "score": subject["result"][0]["value"],
        "score_max": achievement["resultDescription"][0]["valueMax"],
        "pass_mark": achievement["resultDescription"][0]["requiredValue"],
        "awarded": credential["awardedDate"],
        "valid_from": credential["validFrom"],
        "valid_until": credential["validUntil"],
        "attempt": evidence["attempt"],
        "version": evidence["outcomeVersion"],
        "mode": evidence["genre"],
        "supervision": evidence["supervision"],
        "participation": evidence["participation"],
        "venue_code": evidence.get("venueCode", ""),
        "venue": evidence.get("venueName", ""),
        "room": evidence.get("room", ""),
        "seat": evidence.get("seat", ""),
        "identity_checked_at": evidence.get("identityCheckedAt", ""),
    }


def identity_hash(value: str, salt: str) -> str:
    """Return "sha256$..." over value and salt, as Open Badges hides an identity."""
    return "sha256$" + hashlib.sha256((value + salt).encode()).hexdigest()


def is_about(credential: dict[str, Any], identity_type: str, value: str) -> bool:
    """Say whether a credential is that of the person whose name or student number is `value`."""
    return any(
        known["identityType"] == identity_type
        and known["identityHash"] == identity_hash(value, known["salt"])
        for known in credential["credentialSubject"]["identifier"]
    )

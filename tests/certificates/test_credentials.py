"""Credentials show released passes, follow corrections, and never certify anything else."""

import gzip
import hashlib
import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from decimal import Decimal

import pytest

from exam_centre.adapters.credentials import (
    CredentialSigner,
    ForgedCredential,
    did_web,
    load_signer,
    make_credential_key,
    verified_claims,
)
from exam_centre.admission.rules import Identity
from exam_centre.certificates import queries, service
from exam_centre.certificates.models import StatusBit
from exam_centre.certificates.rules import (
    STATUS_LIST_LENGTH,
    CredentialStatus,
    NotPassed,
    NotReleased,
    Purpose,
    RevocationReason,
    Word,
    is_about,
    years_later,
)
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.results.rules import OutcomeStatus, Verdict
from tests.factories.awards import RELEASED_AT, corrected, entry_course, released, seated
from tests.factories.times import DAY, HOUR

ISSUED_AT = RELEASED_AT + HOUR


def test_a_released_pass_is_certified_with_everything_a_verifier_needs(
    session, make, signer, officer
):
    person = make.person("买买提·吐尔逊", id_no="320506199001011232")
    line = entry_course(make, make.candidate(person, person_no="0012345678901"))
    placement = seated(make, line)

    credential = service.issue(session, officer, released(make, line), signer, now=ISSUED_AT)

    claims = signer.verify(credential.jwt)
    assert claims["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert claims["credentialSubject"]["result"][0]["value"] == "86"
    assert is_about(claims, "name", "买买提·吐尔逊")
    assert is_about(claims, "identifier", "0012345678901")
    assert not is_about(claims, "name", "王芳")
    facts = queries.verify(session, credential.stable_id, now=ISSUED_AT).facts
    assert facts["supervision"] == "onsite_with_identity_verification"
    assert facts["seat"] == "1"
    assert facts["credits"] == "3.0"
    assert placement.person_id == person.id
    told = json.dumps(claims, ensure_ascii=False)
    assert "320506199001011232" not in told
    assert "买买提" not in told


def test_registered_claims_equal_the_members_they_repeat(session, make, signer, officer):
    credential = service.issue(session, officer, released(make), signer, now=ISSUED_AT)

    claims = signer.verify(credential.jwt)

    assert claims["iss"] == claims["issuer"]["id"] == signer.issuer_id
    assert claims["jti"] == claims["id"] == f"urn:uuid:{credential.stable_id}"
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert claims["nbf"] == int(credential.valid_from.timestamp())
    assert claims["exp"] == int(credential.valid_until.timestamp())
    assert claims["validFrom"] == credential.valid_from.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert hashlib.sha256(credential.jwt.encode()).hexdigest() == credential.sha256


def test_someone_whose_identity_was_in_doubt_is_not_certified_as_checked(
    session, make, signer, officer
):
    line = entry_course(make)
    seated(make, line, identity=Identity.UNSURE)

    credential = service.issue(session, officer, released(make, line), signer, now=ISSUED_AT)

    facts = queries.verify(session, credential.stable_id, now=ISSUED_AT).facts
    assert facts["supervision"] == "onsite_without_identity_verification"


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.ABSENT, Verdict.EXEMPT])
def test_only_a_pass_is_certified(session, make, signer, officer, verdict):
    outcome = released(make, score=Decimal(40), verdict=verdict)

    with pytest.raises(NotPassed):
        service.issue(session, officer, outcome, signer, now=ISSUED_AT)


def test_an_outcome_that_was_corrected_is_not_certified_any_more(session, make, signer, officer):
    first = released(make)
    corrected(make, first, Decimal(70))

    with pytest.raises(NotReleased):
        service.issue(session, officer, first, signer, now=ISSUED_AT)


def test_issuing_twice_gives_the_same_credential(session, make, signer, officer):
    outcome = released(make)

    first = service.issue(session, officer, outcome, signer, now=ISSUED_AT)

    assert service.issue(session, officer, outcome, signer, now=ISSUED_AT + DAY) is first


def test_certificates_are_issued_by_those_whose_roles_reach_the_candidate(session, make, signer):
    outcome = released(make)
    elsewhere = make.actor(Role.RELEASE_OFFICER, unit=make.unit())
    approver = make.actor(Role.APPROVER)

    for actor in (elsewhere, approver):
        with pytest.raises(Forbidden):
            service.issue(session, actor, outcome, signer, now=ISSUED_AT)
    credential = service.issue(
        session, make.actor(Role.RELEASE_OFFICER), outcome, signer, now=ISSUED_AT
    )
    with pytest.raises(NotFound):
        queries.access_credential(session, elsewhere, credential.token)


def test_a_correction_replaces_the_credential_and_keeps_its_name_and_award(
    session, make, signer, officer
):
    first = released(make)
    old = service.issue(session, officer, first, signer, now=ISSUED_AT)
    better = corrected(make, first, Decimal(91))

    new = service.issue(session, officer, better, signer, now=ISSUED_AT + 3 * DAY)

    assert (new.stable_id, new.awarded_at) == (old.stable_id, old.awarded_at)
    assert new.valid_from > old.valid_from
    assert old.status is CredentialStatus.REPLACED
    told = queries.verify(session, old.stable_id, old.number, now=ISSUED_AT + 4 * DAY)
    assert (told.word, told.newer, told.facts["score"]) == (Word.REPLACED, 2, "86")
    told = queries.verify(session, old.stable_id, now=ISSUED_AT + 4 * DAY)
    assert (told.word, told.number, told.facts["score"]) == (Word.VALID, 2, "91")


def test_a_second_version_of_the_same_second_still_wins(session, make, signer, officer):
    first = released(make)
    old = service.issue(session, officer, first, signer, now=ISSUED_AT)

    new = service.issue(
        session, officer, corrected(make, first, Decimal(91)), signer, now=ISSUED_AT
    )

    assert new.valid_from - old.valid_from == timedelta(seconds=1)


def test_a_correction_below_the_pass_mark_takes_the_credential_back_with_its_bit(
    session, make, signer, officer
):
    first = released(make)
    credential = service.issue(session, officer, first, signer, now=ISSUED_AT)
    failed = corrected(make, first, Decimal(55), verdict=Verdict.FAILED)

    left = service.follow(session, officer, failed, signer, now=ISSUED_AT + DAY)

    assert left is credential
    assert credential.status is CredentialStatus.REVOKED
    assert credential.revocation_reason is RevocationReason.CORRECTED
    bit = session.get_one(StatusBit, credential.status_bit_id)
    assert bit.revoked
    told = queries.verify(session, credential.stable_id, now=ISSUED_AT + DAY)
    assert (told.word, told.reason) == (Word.REVOKED, "corrected")
    assert told.facts["course"]


@pytest.mark.parametrize(
    ("verdict", "status", "reason"),
    [
        (Verdict.CHEATED, None, RevocationReason.OFFENCE),
        (None, OutcomeStatus.RECALLED, RevocationReason.RECALLED),
    ],
)
def test_the_reason_of_a_revocation_is_that_of_the_outcome(
    session, make, signer, officer, verdict, status, reason
):
    first = released(make)
    credential = service.issue(session, officer, first, signer, now=ISSUED_AT)
    if status:
        first.move_to(status)
        session.flush()
    else:
        corrected(make, first, None, verdict=verdict)

    done = service.follow_release(session, officer, make.home_series(), signer, now=ISSUED_AT)

    assert (done.issued, done.revoked) == (0, 1)
    assert credential.revocation_reason is reason


def test_a_pass_restored_on_appeal_is_certified_anew_under_the_same_name(
    session, make, signer, officer
):
    first = released(make)
    old = service.issue(session, officer, first, signer, now=ISSUED_AT)
    failed = corrected(make, first, Decimal(55), verdict=Verdict.FAILED)
    service.follow(session, officer, failed, signer, now=ISSUED_AT + DAY)

    new = service.follow(
        session, officer, corrected(make, failed, Decimal(88)), signer, now=ISSUED_AT + 2 * DAY
    )

    assert new is not None
    assert (new.stable_id, new.number) == (old.stable_id, 3)
    assert old.status is CredentialStatus.REVOKED


def test_a_series_is_certified_in_one_go_and_the_second_time_changes_nothing(
    session, make, signer, officer
):
    outcomes = [released(make) for _ in range(5)]
    released(make, score=Decimal(40), verdict=Verdict.FAILED)

    first = service.follow_release(session, officer, make.home_series(), signer, now=ISSUED_AT)
    second = service.follow_release(session, officer, make.home_series(), signer, now=ISSUED_AT)

    assert (first.issued, second.issued) == (len(outcomes), 0)


def test_a_suspension_can_end_and_a_revocation_can_not(session, make, signer, officer):
    credential = service.issue(session, officer, released(make), signer, now=ISSUED_AT)

    service.suspend(session, officer, credential, reason="case open", now=ISSUED_AT)
    assert queries.verify(session, credential.stable_id, now=ISSUED_AT).word is Word.SUSPENDED
    service.resume(session, officer, credential, reason="case closed", now=ISSUED_AT)
    assert queries.verify(session, credential.stable_id, now=ISSUED_AT).word is Word.VALID

    service.revoke(
        session, officer, credential, reason=RevocationReason.ISSUED_IN_ERROR, now=ISSUED_AT
    )
    with pytest.raises(IllegalMove):
        service.resume(session, officer, credential, reason="sorry", now=ISSUED_AT)


def test_a_credential_ends_after_seven_years_at_the_very_second(session, make, signer, officer):
    credential = service.issue(session, officer, released(make), signer, now=ISSUED_AT)
    end = credential.valid_until

    words = [
        queries.verify(session, credential.stable_id, now=now).word
        for now in (end - timedelta(seconds=1), end)
    ]

    assert words == [Word.VALID, Word.EXPIRED]
    assert end == years_later(RELEASED_AT, 7)


def test_nobody_knows_a_credential_that_was_never_issued(session, make, signer, officer):
    credential = service.issue(session, officer, released(make), signer, now=ISSUED_AT)

    strangers = [("6f0c5b0e-1b5c-4d3c-9b3e-0a4b5e8d2c10", None), (credential.stable_id, 2)]

    for name, number in strangers:
        told = queries.verify(session, name, number, now=ISSUED_AT)
        assert (told.word, told.facts) == (Word.UNKNOWN, {})


def unpacked(token: str, signer: CredentialSigner) -> bytes:
    encoded = signer.verify(token)["credentialSubject"]["encodedList"]
    assert encoded[0] == "u"
    return gzip.decompress(urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))


def test_status_lists_say_what_became_of_a_credential_and_go_stale(session, make, signer, officer):
    gone, waiting, fine = (
        service.issue(session, officer, released(make), signer, now=ISSUED_AT) for _ in range(3)
    )
    service.revoke(session, officer, gone, reason=RevocationReason.OFFENCE, now=ISSUED_AT)
    service.suspend(session, officer, waiting, reason="case open", now=ISSUED_AT)

    lists = {
        purpose: queries.status_list(session, 1, purpose, signer, now=ISSUED_AT)
        for purpose in Purpose
    }

    told = []
    for credential in (gone, waiting, fine):
        for entry in signer.verify(credential.jwt)["credentialStatus"]:
            bits = unpacked(lists[Purpose(entry["statusPurpose"])], signer)
            place = int(entry["statusListIndex"])
            told.append(bool(bits[place // 8] & 0x80 >> place % 8))
    assert told == [True, False, False, True, False, False]
    assert len(unpacked(lists[Purpose.REVOCATION], signer)) * 8 == STATUS_LIST_LENGTH
    assert signer.verify(lists[Purpose.REVOCATION])["exp"] > ISSUED_AT.timestamp()
    with pytest.raises(NotFound):
        queries.status_list(session, 2, Purpose.REVOCATION, signer, now=ISSUED_AT)


def test_places_in_the_list_say_nothing_about_the_order_of_issue(session, make, signer, officer):
    for _ in range(12):
        released(make)
    service.follow_release(session, officer, make.home_series(), signer, now=ISSUED_AT)

    places = list(
        session.scalars(
            StatusBit.__table__.select()
            .with_only_columns(StatusBit.position)
            .order_by(StatusBit.id)
        )
    )

    assert len(set(places)) == 12
    assert places != sorted(places)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_credential_with_one_letter_changed_is_a_forgery(session, make, signer, officer, part):
    token = service.issue(session, officer, released(make), signer, now=ISSUED_AT).jwt
    pieces = token.split(".")
    middle = len(pieces[part]) // 2
    letter = "A" if pieces[part][middle] != "A" else "B"
    pieces[part] = pieces[part][:middle] + letter + pieces[part][middle + 1 :]

    with pytest.raises(ForgedCredential):
        signer.verify(".".join(pieces))


def test_a_key_that_no_longer_signs_still_verifies(tmp_path):
    facts = {"issuer_id": "did:web:a.example", "issuer_name": "A", "base_url": "https://a.example/"}
    make_credential_key(tmp_path)
    old = load_signer(tmp_path, **facts)
    token = old.sign({"iss": "did:web:a.example"})
    make_credential_key(tmp_path)
    new = load_signer(tmp_path, **facts)

    assert (old.key_id, new.key_id) == ("did:web:a.example#es-1", "did:web:a.example#es-2")
    assert verified_claims(token, new.key_set()) == {"iss": "did:web:a.example"}
    assert all("d" not in key for key in new.key_set()["keys"])
    with pytest.raises(ForgedCredential):
        old.verify(new.sign({}))
    assert (tmp_path / "credential" / "1.pem").stat().st_mode & 0o077 == 0


def test_without_a_key_nobody_signs(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_signer(tmp_path, issuer_id="did:web:a.example", issuer_name="A", base_url="x")


@pytest.mark.parametrize(
    ("url", "issuer"),
    [
        ("https://exams.example.edu.cn", "did:web:exams.example.edu.cn"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://exams.example.edu.cn/issuer/7/", "did:web:exams.example.edu.cn:issuer:7"),
    ],
)
def test_an_address_becomes_a_did(url, issuer):
    assert did_web(url) == issuer


def test_a_printed_form_leads_back_to_its_credential(session, make, signer, officer):
    credential = service.issue(session, officer, released(make), signer, now=ISSUED_AT)
    code = service.new_verify_code()
    facts = {"template": "course/1", "file_key": "k", "file_sha256": "0" * 64, "now": ISSUED_AT}

    kept = service.keep_certificate(
        session, officer, credential, serial="2026-1", verify_code=code, **facts
    )
    again = service.keep_certificate(
        session, officer, credential, serial="2026-2", verify_code="X", **facts
    )

    assert again is kept
    typed = f" {code[:4]}-{code[4:].lower()}"
    assert queries.credential_of_certificate(session, typed) is credential

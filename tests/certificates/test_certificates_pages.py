"""Certificates on pages: issued for a series, shown to their holder, checked by strangers."""

import hashlib
import io
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Notice
from exam_centre.adapters.credentials import make_credential_key, verified_claims
from exam_centre.adapters.pdf_signing import SigningIdentity, make_identity, verify
from exam_centre.app import create_app
from exam_centre.certificates import queries
from exam_centre.certificates.jobs import SIGNING
from exam_centre.certificates.models import Certificate, Credential, StatusBit
from exam_centre.certificates.rules import CredentialStatus, certified_facts
from exam_centre.certificates.rules.printing import serial_of, spelled
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sentences import Sentence
from exam_centre.results.models import Outcome
from exam_centre.results.rules import BatchStatus
from tests.factories.awards import corrected, entry_course
from tests.results.desk import Desk, post, run_jobs
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
RARE = "罗\U0003106a"  # an unassigned look of a name: no font here has its second character


class Press(Desk):
    """A desk whose installation has keys, and which issues for the whole series."""

    def __init__(self, app) -> None:
        super().__init__(app)
        self.config = app.config["EXAM_CENTRE"]
        make_credential_key(self.config.keys_dir)
        make_identity(self.config.keys_dir / SIGNING, "Test", clock.now())
        self.officer = self.browser(Role.RELEASE_OFFICER)
        self.page = f"/certificates/series/{self.series_code}"

    def issue(self) -> None:
        assert post(self.officer, f"{self.page}/issue", self.page).status_code == 303
        run_jobs()

    def issued(self, name: str = "王芳") -> tuple[Outcome, Credential, Certificate]:
        outcome = self.released(name)
        self.issue()
        with unit_of_work() as session:
            wanted = select(Credential).where(Credential.outcome_id == outcome.id)
            credential = session.scalars(wanted).one()
            printed = select(Certificate).where(Certificate.credential_id == credential.id)
            return outcome, credential, session.scalars(printed).one()

    def file(self, certificate: Certificate) -> bytes:
        key = certificate.file_key
        return (Path(self.config.files_dir) / key[:2] / key[2:4] / key).read_bytes()


@pytest.fixture
def press(app) -> Press:
    return Press(app)


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def test_issuing_a_series_prints_one_signed_file_a_pass_however_often(press):
    press.released("李强", final=20)
    _outcome, _credential, certificate = press.issued()
    press.issue()

    content = press.file(certificate)
    identity = SigningIdentity.load(press.config.keys_dir / SIGNING)
    with unit_of_work() as session:
        assert len(session.scalars(select(Certificate)).all()) == 1
    assert hashlib.sha256(content).hexdigest() == certificate.file_sha256
    assert verify(content, [identity.root_pem])[0].is_genuine


def test_a_name_no_font_can_draw_stops_that_certificate_and_no_other(press):
    press.released(RARE)
    press.issued("王芳")

    page = text_of(press.officer.get(press.page))

    assert "One certificate can not be printed" in page
    assert RARE in page
    with unit_of_work() as session:
        assert len(session.scalars(select(Credential)).all()) == 2
        assert len(session.scalars(select(Certificate)).all()) == 1


def test_without_a_key_nothing_is_issued_and_the_page_says_so(app):
    desk = Desk(app)
    desk.released()
    officer = desk.browser(Role.RELEASE_OFFICER)
    page = f"/certificates/series/{desk.series_code}"

    post(officer, f"{page}/issue", page)
    with pytest.raises(Exception, match="no_signing_key"):
        run_jobs()

    assert "no_signing_key" in text_of(officer.get(page))
    assert officer.get("/.well-known/did.json").status_code == 503


def test_a_holder_looks_at_keeps_and_downloads_their_own(press, client):
    outcome, credential, certificate = press.issued()
    holder = press.owner(outcome)
    address = f"/certificates/{certificate.token}"

    page = text_of(holder.get(address))
    file, picture = holder.get(f"{address}/file"), holder.get(f"{address}/picture")
    token = text_of(holder.get(f"{address}/credential"))

    assert spelled(certificate.verify_code) in page
    assert file.data == press.file(certificate)
    assert picture.data.startswith(b"\x89PNG")
    keys = client.get("/.well-known/jwks.json").get_json()
    assert verified_claims(token, keys)["id"] == f"urn:uuid:{credential.stable_id}"


def test_nobody_opens_the_certificate_of_somebody_else(press, client):
    _outcome, credential, certificate = press.issued()
    other = press.owner(press.released("李强"))
    stranger = press.browser(Role.RELEASE_OFFICER, elsewhere=True)

    for part in ("", "/file", "/picture", "/credential"):
        address = f"/certificates/{certificate.token}{part}"
        assert other.get(address).status_code == 404
        assert stranger.get(address).status_code == 404
        assert client.get(address).status_code == 302
        assert press.browser(Role.MARKER).get(address).status_code == 403
    assert stranger.get(f"/certificates/credentials/{credential.token}").status_code == 404


@pytest.mark.parametrize("spelling", ["{}", "{dashed}", " {lower} "])
def test_anyone_checks_a_code_however_it_is_spelled(press, client, spelling):
    _outcome, _credential, certificate = press.issued()
    code = certificate.verify_code
    typed = spelling.format(code, dashed=spelled(code), lower=code.lower())

    answer = post(client, "/verify", code=typed)
    page = text_of(client.get(answer.location, headers={"Accept-Language": "en"}))

    assert answer.status_code == 303
    for fact in ("Valid", "工业机器人操作与维护", "67", certificate.serial, "did:web:localhost"):
        assert fact in page
    assert "王＊" in page
    assert "王芳" not in page


@pytest.mark.parametrize("code", ["ABCDEFGHJKLM", "x", "O0I1O0I1O0I1", "王芳", "%00", "a" * 300])
def test_an_unknown_code_is_told_so(press, client, code):
    answer = client.get(f"/verify/{code}", headers={"Accept-Language": "en"})

    assert answer.status_code in (400, 404)
    assert "500" not in text_of(answer)[:20]


def test_a_program_gets_the_same_as_json(press, client):
    _outcome, credential, certificate = press.issued()

    answer = client.get(
        f"/verify/{certificate.verify_code}", headers={"Accept": "application/json"}
    ).get_json()

    assert answer["status"] == "valid"
    assert answer["facts"]["score"] == "67"
    assert answer["credential_sha256"] == credential.sha256


def test_the_file_is_compared_to_its_last_byte(press, client):
    _outcome, _credential, certificate = press.issued()
    content = press.file(certificate)

    same = post(client, "/verify/file", file=(io.BytesIO(content), "a.pdf"))
    changed = post(client, "/verify/file", file=(io.BytesIO(content[:-1] + b"x"), "a.pdf"))
    none = post(client, "/verify/file")

    assert certificate.serial in text_of(same)
    assert same.status_code == 200
    assert changed.status_code == 404
    assert certificate.serial not in text_of(changed)
    assert none.status_code == 400


def test_the_name_on_the_paper_is_compared_and_never_told(press, client):
    _outcome, _credential, certificate = press.issued("王芳")
    address = f"/verify/{certificate.verify_code}"
    english = {"Accept-Language": "en"}
    token = {"csrf_token": fixtures.csrf_of(client, address)}

    right = client.post(address, data=token | {"name": "王芳"}, headers=english)
    wrong = client.post(address, data=token | {"name": "王方"}, headers=english)

    assert "The name fits the signed record." in text_of(right)
    assert "Another name stands in the signed record." in text_of(wrong)
    assert "王芳" not in text_of(wrong)


def test_a_revoked_certificate_is_told_at_once_with_the_reason(press, client):
    _outcome, credential, certificate = press.issued()
    page = f"/certificates/credentials/{credential.token}/revoke"

    without = post(press.officer, page, page)
    post(press.officer, page, page, reason="offence")
    shown = client.get(f"/verify/{certificate.verify_code}", headers={"Accept-Language": "en"})

    assert 'id="reason-error"' in text_of(without)
    assert "An offence was proven." in text_of(shown)
    with unit_of_work() as session:
        assert session.get_one(Credential, credential.id).status is CredentialStatus.REVOKED
        assert session.get_one(StatusBit, credential.status_bit_id).revoked


def test_a_suspension_has_an_end(press):
    _outcome, credential, _certificate = press.issued()
    page = f"/certificates/credentials/{credential.token}"

    post(press.officer, f"{page}/suspend", f"{page}/suspend", reason="a case is open")
    twice = post(press.officer, f"{page}/suspend", f"{page}/suspend", reason="again")
    post(press.officer, f"{page}/resume", f"{page}/resume", reason="the case is closed")

    assert 'id="reason-error"' in text_of(twice)
    with unit_of_work() as session:
        assert session.get_one(Credential, credential.id).status is CredentialStatus.ACTIVE


@pytest.mark.parametrize("role", [Role.EXAM_OFFICER, Role.APPROVER, Role.AUDITOR])
def test_only_who_issues_may_revoke(press, role):
    _outcome, credential, _certificate = press.issued()
    browser = press.browser(role)

    answer = browser.get(f"/certificates/credentials/{credential.token}/revoke")

    assert answer.status_code == 403


def test_the_lists_and_keys_stand_where_the_credential_says(press, client):
    _outcome, _credential, _certificate = press.issued()

    listed = client.get("/status/revocation/1")
    document = client.get("/.well-known/did.json").get_json()

    keys = [method["publicKeyJwk"] for method in document["verificationMethod"]]
    claims = verified_claims(listed.get_data(as_text=True), {"keys": keys})
    assert claims["id"] == "http://localhost/status/revocation/1"
    assert document["id"] == "did:web:localhost"
    assert client.get("/status/revocation/2").status_code == 404
    assert client.get("/status/else/1").status_code == 404


def test_guessing_codes_is_slowed_down(press, client):
    answers = [client.get("/verify/ABCDEFGHJKLM").status_code for _ in range(31)]

    assert answers[:30] == [404] * 30
    assert answers[30] == 429


def test_a_serial_says_the_series_and_a_place_without_order():
    assert serial_of("2026AUT", 1, 83127) == "2026AUT-01-083127"


def words_of(pdf: bytes) -> str:
    """The text of a file, as a reader would copy it."""
    read = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    return subprocess.run(read, input=pdf, capture_output=True, check=True).stdout.decode()


def told(person_id: int) -> list[str]:
    """What a person was told, in English, oldest first."""
    with unit_of_work() as session:
        notices = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)
        return [str(Sentence(each.text, each.facts)) for each in session.scalars(notices)]


def test_a_person_is_told_once_that_a_certificate_is_ready(press):
    outcome, _credential, _certificate = press.issued()
    press.issue()

    assert told(press.person_of(outcome)) == [
        "Your certificate for 工业机器人操作与维护 is ready. It lies under “My results”."
    ]


def test_several_certificates_of_a_release_are_one_notice(press):
    with press.making() as make:
        candidate = make.candidate()
        lines = [
            entry_course(make, candidate, make.course(make.paper()), make.home_series())
            for _ in range(3)
        ]
        outcomes = [make.outcome(entry_course=line, score=80) for line in lines]
        make.batch(*outcomes, status=BatchStatus.RELEASED)
        person_id = candidate.person_id

    press.issue()

    assert told(person_id) == ["3 certificates of yours are ready. They lie under “My results”."]


def test_nobody_is_told_of_a_certificate_that_could_not_be_printed(press):
    outcome = press.released(RARE)

    press.issue()

    assert told(press.person_of(outcome)) == []


def test_a_corrected_result_brings_a_notice_of_its_own(press):
    outcome, _credential, _certificate = press.issued()
    with press.making() as make:
        corrected(make, make.session.get_one(Outcome, outcome.id), Decimal(90), at=clock.now())

    press.issue()

    assert len(told(press.person_of(outcome))) == 2


def test_certificate_and_credential_name_who_the_settings_say_certifies(config):
    application = create_app(replace(config, issuer_name="示范开放大学"))
    press = Press(application)
    _outcome, credential, certificate = press.issued()

    facts = certified_facts(queries.claims_of(credential))
    assert facts["issuer"] == "示范开放大学"
    assert "示范开放大学" in words_of(press.file(certificate))

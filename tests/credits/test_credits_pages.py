"""Credits on pages: the worker's state in words, the operator's queue, the ledgers compared."""

from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.adapters.credentials import make_credential_key
from exam_centre.app import create_app
from exam_centre.credits import jobs as credit_jobs
from exam_centre.credits.models import (
    Claim,
    CodeMap,
    Difference,
    LearningAccount,
    OutboxRow,
    Reconciliation,
)
from exam_centre.credits.rules import ClaimStatus, DifferenceKind, DifferenceStatus
from exam_centre.entries.models import Candidate
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.keys import load_ring, make_key
from exam_centre.kernel.outbox import SendStatus
from exam_centre.kernel.permissions import Role
from exam_centre.papers.models import Course
from exam_centre.results.models import Outcome
from exam_centre.webkit.database import ENGINE
from tests.banks.reference import running_reference_bank
from tests.results.desk import Desk, post, run_jobs
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app


class Counter(Desk):
    """A desk with an operator, and a pass that is certified and whose account is confirmed."""

    def __init__(self, app) -> None:
        super().__init__(app)
        self.config = app.config["EXAM_CENTRE"]
        make_credential_key(self.config.keys_dir)
        self.operator = self.browser(Role.BANK_OPERATOR)
        self.page = f"/credits/series/{self.series_code}"

    def certified(self, answer: str = "match") -> Outcome:
        outcome = self.released()
        person_id = self.person_of(outcome)
        checked = clock.now() if answer else None
        with self.making() as make:
            make.save(
                LearningAccount(
                    person_id=person_id,
                    account_no=f"CB-{person_id}",
                    checked_at=checked,
                    answer=answer,
                )
            )
        officer = self.browser(Role.RELEASE_OFFICER)
        page = f"/certificates/series/{self.series_code}"
        post(officer, f"{page}/issue", page)
        run_jobs()
        return outcome

    def claimed(self) -> tuple[Outcome, Claim]:
        outcome = self.certified()
        post(self.operator, f"{self.page}/claim", self.page)
        run_jobs()
        with unit_of_work() as session:
            return outcome, session.scalars(select(Claim)).one()

    def parked(self) -> Claim:
        _outcome, claim = self.claimed()
        with unit_of_work() as session:
            row = session.scalars(select(OutboxRow)).one()
            mine = session.get_one(Claim, claim.id)
            row.move_to(SendStatus.LEASED)
            mine.move_to(ClaimStatus.SENDING)
            session.flush()
            row.move_to(SendStatus.PARKED)
            mine.move_to(ClaimStatus.RETURNED)
        return claim

    def claim_now(self, claim: Claim) -> Claim:
        with unit_of_work() as session:
            return session.get_one(Claim, claim.id)


@pytest.fixture
def counter(app) -> Counter:
    return Counter(app)


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def test_a_worker_reads_the_sum_the_certificate_and_the_state_of_the_credit(counter):
    outcome, _claim = counter.claimed()
    owner = counter.owner(outcome)

    english = text_of(owner.get("/results/mine"))
    chinese = text_of(counter.owner(outcome, "zh").get("/results/mine"))

    for words in ("67", "Passed", "Download the certificate (PDF)", "The claim waits to be sent"):
        assert words in english
    assert "下载证书（PDF）" in chinese
    file = english.split('class="button primary" href="')[1].split('"')[0]
    assert owner.get(file).data.startswith(b"%PDF")


def test_a_worker_without_an_account_is_told_what_to_do(counter):
    outcome = counter.released()

    page = text_of(counter.owner(outcome).get("/results/mine"))

    assert "No account at the credit bank is known." in page


def test_a_worker_whose_account_is_not_theirs_is_told_so(counter):
    outcome = counter.certified(answer="mismatch")

    page = text_of(counter.owner(outcome).get("/results/mine"))

    assert "does not find account" in page


def test_the_queue_counts_by_state_and_leads_to_the_message(counter):
    _outcome, claim = counter.claimed()

    queue = text_of(counter.operator.get("/credits/?status=queued"))
    shown = text_of(counter.operator.get(f"/credits/claims/{claim.token}"))

    assert "One claim" in queue
    assert "Waits to be sent" in shown
    assert "outcome/1" in shown


def test_the_series_page_names_what_is_not_credited(counter):
    counter.certified(answer="")

    page = text_of(counter.operator.get(counter.page))

    assert "the bank has not confirmed a learning account" in page
    assert "Nothing can be claimed right now." in page


@pytest.mark.parametrize("role", [Role.EXAM_OFFICER, Role.WORKER, Role.RELEASE_OFFICER])
def test_other_roles_are_kept_out_of_the_queue(counter, role):
    browser = counter.browser(role)

    for address in ("/credits/", "/credits/accounts", "/credits/codes", "/credits/comparisons"):
        assert browser.get(address).status_code == 403


def test_an_operator_of_another_branch_sees_no_claim(counter):
    _outcome, claim = counter.claimed()
    stranger = counter.browser(Role.BANK_OPERATOR, elsewhere=True)

    assert stranger.get(f"/credits/claims/{claim.token}").status_code == 404
    assert claim.token not in text_of(stranger.get("/credits/"))


def test_a_parked_message_goes_out_again_with_a_reason_alone(counter):
    claim = counter.parked()
    page = f"/credits/claims/{claim.token}/replay"

    refused = post(counter.operator, page, page)
    post(counter.operator, page, page, reason="the bank added the unit")

    assert 'id="reason-error"' in text_of(refused)
    assert counter.claim_now(claim).status is ClaimStatus.QUEUED


def test_a_returned_claim_is_made_anew_from_the_source(counter):
    claim = counter.parked()
    page = f"/credits/claims/{claim.token}/again"

    post(counter.operator, page, page, reason="the credits were wrong")
    twice = post(counter.operator, page, page, reason="once more")

    assert 'id="reason-error"' in text_of(twice)
    with unit_of_work() as session:
        assert [row.number for row in session.scalars(select(OutboxRow))] == [1, 2]


def test_a_difference_is_explained_once(counter):
    with unit_of_work() as session:
        found = Reconciliation(month="2026-11", at=clock.now(), ours=1, theirs=2)
        session.add(found)
        session.flush()
        session.add(
            Difference(
                reconciliation_id=found.id,
                stable_id="a-b",
                kind=DifferenceKind.MISSING_HERE,
                facts={"theirs": {"version": 1, "sha256": "ab" * 32, "state": "credited"}},
            )
        )
    address = f"/credits/comparisons/{found.token}"

    listed = text_of(counter.operator.get(address))
    post(counter.operator, f"{address}/a-b", f"{address}/a-b", reason="a test of the bank")

    assert "Missing here" in listed
    assert counter.operator.get(f"{address}/zzz").status_code == 404
    with unit_of_work() as session:
        assert session.scalars(select(Difference)).one().status is DifferenceStatus.EXPLAINED


@pytest.mark.parametrize("month", ["2026-13", "11-2026", "２０２６-11", "x"])
def test_a_month_that_is_none_is_refused_at_its_field(counter, month):
    answer = post(counter.operator, "/credits/comparisons", "/credits/comparisons", month=month)

    assert 'id="month-error"' in text_of(answer)


def test_an_account_is_entered_for_a_student_and_never_for_two(counter):
    counter.released("王芳")
    counter.released("李强")
    with unit_of_work() as session:
        numbers = list(session.scalars(select(Candidate.person_no).order_by(Candidate.id)))
    page = "/credits/accounts"

    kept = post(counter.operator, page, page, person_no=numbers[0], account_no="CB-1")
    taken = post(counter.operator, page, page, person_no=numbers[1], account_no="CB-1")
    nobody = post(counter.operator, page, page, person_no="nobody", account_no="CB-2")

    assert kept.status_code == 303
    assert 'id="account_no-error"' in text_of(taken)
    assert 'id="person_no-error"' in text_of(nobody)


def test_a_later_code_ends_the_one_before_and_an_earlier_one_is_refused(counter):
    page = "/credits/codes"
    fields = {"destination": "credit_bank", "topic": "level", "ours": "bachelor"}

    post(counter.operator, page, page, **fields, theirs="6", valid_from="2026-01-01")
    post(counter.operator, page, page, **fields, theirs="7", valid_from="2026-09-01")
    early = post(counter.operator, page, page, **fields, theirs="8", valid_from="2026-03-01")

    assert 'id="valid_from-error"' in text_of(early)
    with unit_of_work() as session:
        codes = session.scalars(select(CodeMap).order_by(CodeMap.id)).all()
    assert [(code.theirs, code.valid_until) for code in codes] == [
        ("6", date(2026, 9, 1)),
        ("7", None),
    ]


def test_a_claim_travels_to_the_bank_and_the_worker_reads_that_it_is_there(
    config, tmp_path_factory
):
    make_key(config.keys_dir, credit_jobs.BANK)
    key = load_ring(config.keys_dir, credit_jobs.BANK).public[1]
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key_id = f"{config.bank_code}-1"
    folder = tmp_path_factory.mktemp("bank")
    with running_reference_bank(folder, pem, key_id=key_id, issuer_id="did:web:localhost") as bank:
        application = create_app(replace(config, bank_url=bank.url))
        counter = Counter(application)
        outcome = counter.certified(answer="")
        person_id = counter.person_of(outcome)
        with unit_of_work() as session:
            person = session.get_one(Person, person_id)
            course = session.get_one(Course, counter.course_id)
        bank.open_account(f"CB-{person_id}", person.name, person.id_tail)
        bank.register_unit(course.code, "1", course.name, str(course.credits), level=6)

        accounts = "/credits/accounts"
        post(counter.operator, f"{accounts}/check", accounts)
        run_jobs()
        post(counter.operator, f"{counter.page}/claim", counter.page)
        run_jobs()
        post(counter.operator, "/credits/push", "/credits/")
        run_jobs()
        post(counter.operator, "/credits/comparisons", "/credits/comparisons")
        run_jobs()

        assert "The credit bank holds the credits." in text_of(
            counter.owner(outcome).get("/results/mine")
        )
        with unit_of_work() as session:
            found = session.scalars(select(Reconciliation)).one()
            assert (found.ours, found.theirs) == (1, 1)
            assert session.scalars(select(Difference)).all() == []
        credit_jobs.desk().bank.close()
        application.extensions[ENGINE].dispose()

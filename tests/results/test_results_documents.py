"""What results print: a sheet to sign, a release with its hash and three names, a correction."""

import subprocess
from decimal import Decimal

import pytest
from werkzeug.test import TestResponse

from exam_centre.accounts.models import Person
from exam_centre.kernel.permissions import Role
from exam_centre.papers.models import Course
from exam_centre.results.models import Outcome, ReleaseBatch
from exam_centre.results.rules import BatchStatus
from tests.results.desk import Desk
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app


@pytest.fixture
def desk(app) -> Desk:
    return Desk(app)


def text_of(answer: TestResponse) -> str:
    """The text of a PDF that was answered, as it stands on the paper."""
    assert answer.mimetype == "application/pdf", answer.status
    command = ["pdftotext", "-layout", "-", "-"]
    run = subprocess.run(command, input=answer.data, capture_output=True, check=True)
    return run.stdout.decode()


def batch_of(desk: Desk, *outcomes: Outcome, status: BatchStatus) -> ReleaseBatch:
    with desk.making() as make:
        mine = [make.session.get_one(Outcome, outcome.id) for outcome in outcomes]
        return make.batch(*mine, status=status)


def test_a_result_sheet_lists_every_outcome_of_its_batch_to_be_signed(desk):
    batch = batch_of(
        desk, desk.outcome("王芳"), desk.outcome("李强", final=20), status=BatchStatus.PREPARED
    )

    sheet = text_of(
        desk.browser(Role.EXAM_OFFICER).get(f"/results/batches/{batch.token}/result-sheet.pdf")
    )

    assert sheet.index("王芳") < sheet.index("李强")
    assert "Not passed" in sheet
    assert "Prepared by" in sheet
    assert "Page 1 of 1" in sheet


def test_a_sheet_of_one_course_leaves_the_others_out(desk):
    with desk.making() as make:
        elsewhere = make.outcome(make.entry(make.candidate(make.person("赵远"))))
    batch = batch_of(desk, desk.outcome("王芳"), elsewhere, status=BatchStatus.PREPARED)
    with desk.making() as make:
        code = make.session.get_one(Course, desk.course_id).code
    officer = desk.browser(Role.EXAM_OFFICER)

    address = f"/results/batches/{batch.token}/result-sheet.pdf"
    one = text_of(officer.get(f"{address}?course={code}"))

    assert "赵远" in text_of(officer.get(address))
    assert "赵远" not in one
    assert "王芳" in one


def test_a_release_sheet_shows_the_whole_hash_the_counts_and_three_names(desk):
    batch = batch_of(desk, desk.outcome(), desk.outcome("李强"), status=BatchStatus.RELEASED)
    with desk.making() as make:
        people = (batch.prepared_by_id, batch.approved_by_id, batch.released_by_id)
        names = [make.session.get_one(Person, key).name for key in people]

    sheet = text_of(
        desk.browser(Role.EXAM_OFFICER).get(f"/results/batches/{batch.token}/release-sheet.pdf")
    )

    assert batch.content_sha256 in "".join(sheet.split())
    assert "the same" in sheet
    assert [name in sheet for name in names] == [True, True, True]
    assert sheet.split("Outcomes", 1)[1].split()[0] == "2"


def test_a_correction_form_says_what_stands_what_should_and_who_says_so(desk):
    outcome = desk.released("王芳")
    with desk.making() as make:
        mine = make.session.get_one(Outcome, outcome.id)
        asked_by = make.person("钱立")
        token = make.correction(mine, asked_by_id=asked_by.id, final_score=Decimal("75.5")).token

    form = text_of(desk.browser(Role.APPROVER).get(f"/results/corrections/{token}/form.pdf"))

    assert "Correction form" in form
    assert "75.5" in form
    assert "a page was not counted" in form
    assert "Asked by 钱立" in " ".join(form.split())


def test_an_appeal_nobody_looked_at_prints_no_number_of_its_own(desk):
    outcome = desk.released("王芳")
    with desk.making() as make:
        mine = make.session.get_one(Outcome, outcome.id)
        token = make.correction(mine, is_appeal=True, final_score=None, evidence="").token

    form = text_of(
        desk.browser(Role.APPROVER, language="zh").get(f"/results/corrections/{token}/form.pdf")
    )

    assert "成绩复查申请表" in form
    assert form.count("不变") == 2


def test_a_name_no_font_can_draw_stops_the_sheet_with_a_sentence(desk):
    batch = batch_of(desk, desk.outcome("王\U000f1234"), status=BatchStatus.PREPARED)
    officer = desk.browser(Role.EXAM_OFFICER)

    answer = officer.get(f"/results/batches/{batch.token}/result-sheet.pdf")

    assert answer.status_code == 400
    assert answer.mimetype == "text/html"
    assert officer.get(f"/results/batches/{batch.token}/release-sheet.pdf").status_code == 200


def test_a_sheet_too_long_to_sign_is_printed_by_course(desk, monkeypatch):
    monkeypatch.setattr("exam_centre.results.views.printed.MOST_PRINTED", 1)
    batch = batch_of(desk, desk.outcome(), desk.outcome("李强"), status=BatchStatus.PREPARED)

    answer = desk.browser(Role.EXAM_OFFICER).get(f"/results/batches/{batch.token}/result-sheet.pdf")

    assert answer.status_code == 400
    assert "Print it by course" in answer.get_data(as_text=True)


def test_papers_of_another_branch_are_absent_and_other_roles_are_refused(desk):
    batch = batch_of(desk, desk.outcome(), status=BatchStatus.PREPARED)
    away = desk.browser(Role.EXAM_OFFICER, elsewhere=True)
    worker = desk.browser(Role.WORKER)

    for name in ("result-sheet.pdf", "release-sheet.pdf"):
        assert away.get(f"/results/batches/{batch.token}/{name}").status_code == 404
        assert worker.get(f"/results/batches/{batch.token}/{name}").status_code == 403


def test_the_papers_are_found_on_the_pages_they_belong_to(desk):
    batch = batch_of(desk, desk.outcome(), status=BatchStatus.PREPARED)
    with desk.making() as make:
        correction = make.correction()
    officer = desk.browser(Role.EXAM_OFFICER)

    page = officer.get(f"/results/batches/{batch.token}").get_data(as_text=True)
    assert "release-sheet.pdf" in page
    assert "result-sheet.pdf" in page
    page = officer.get(f"/results/corrections/{correction.token}").get_data(as_text=True)
    assert "form.pdf" in page

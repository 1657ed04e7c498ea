"""Files for the bank on pages: look first, sign for the numbers, fetch one's own."""

from datetime import date
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from exam_centre.accounts.models import Notice, Person
from exam_centre.credits import service
from exam_centre.credits.models import CreditExport
from exam_centre.credits.rules import Destination, Topic
from exam_centre.kernel import clock
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sealing import SECRET_FILE
from tests.factories.builder import TEST_SEAL
from tests.results.desk import Desk, post, run_jobs
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app

PAGE = "/credits/exports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Counter(Desk):
    """A desk with an operator and code maps for the file of course results."""

    def __init__(self, app) -> None:
        super().__init__(app)
        secret = app.config["EXAM_CENTRE"].keys_dir / SECRET_FILE
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.write_text(TEST_SEAL.secret.hex())
        self.operator = self.browser(Role.BANK_OPERATOR)
        with self.making() as make:
            runner = make.actor(Role.BANK_OPERATOR)
            start = date(2020, 1, 1)
            service.add_starters(make.session, runner, valid_from=start, now=clock.now())
            service.add_code(
                make.session,
                runner,
                destination=Destination.COURSE_RESULTS.value,
                topic=Topic.PROGRAMME.value,
                ours="*",
                theirs="机电一体化技术",
                valid_from=start,
                now=clock.now(),
            )

    def looked(self, destination="course_results", browser=None) -> str:
        """The address of a file that was asked for and looked at."""
        asked = post(
            browser or self.operator,
            PAGE,
            PAGE,
            destination=destination,
            series=self.series_code,
        )
        assert asked.status_code == 303
        run_jobs()
        return asked.headers["Location"]

    def row(self) -> CreditExport:
        with unit_of_work() as session:
            return session.scalars(select(CreditExport)).one()


@pytest.fixture
def counter(app) -> Counter:
    return Counter(app)


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def test_an_operator_looks_signs_and_fetches_the_workbook(counter):
    outcome = counter.released("王芳")
    person_id = counter.person_of(outcome)
    page = counter.looked()
    before = text_of(counter.operator.get(page))

    signed = post(counter.operator, page, page, reason="delivery of December")
    run_jobs()
    after = text_of(counter.operator.get(page))
    file = counter.operator.get(f"{page}/file")

    assert "Sign and write the file" in before
    assert signed.status_code == 303
    assert "Download the workbook (XLSX)" in after
    assert file.mimetype == XLSX
    rows = CalamineWorkbook.from_filelike(BytesIO(file.data)).get_sheet_by_index(0).to_python()
    with unit_of_work() as session:
        number = TEST_SEAL.open(session.get_one(Person, person_id).id_sealed)
        acts = session.scalars(select(AuditRow.act).where(AuditRow.act.like("credits.%")))
        assert {"credits.id_number_exported", "credits.export_fetched"} <= set(acts)
        notices = select(Notice).where(Notice.person_id == person_id)
        assert len(session.scalars(notices).all()) == 1
    assert rows[1][:2] == ["王芳", number]


def test_the_file_at_rest_shows_no_number(counter):
    outcome = counter.released()
    page = counter.looked()
    post(counter.operator, page, page, reason="delivery of December")
    run_jobs()

    with unit_of_work() as session:
        person = session.get_one(Person, counter.person_of(outcome))
        number = TEST_SEAL.open(person.id_sealed)
    kept = [p for p in counter.app.config["EXAM_CENTRE"].files_dir.rglob("*") if p.is_file()]
    assert kept
    assert all(number.encode() not in p.read_bytes() for p in kept)
    assert all(b"PK\x03\x04" not in p.read_bytes()[:4] for p in kept)


def test_looking_reads_no_number_and_an_empty_reason_does_not_either(counter):
    counter.released()
    page = counter.looked()

    refused = post(counter.operator, page, page, reason="")
    run_jobs()

    assert 'id="reason-error"' in text_of(refused)
    assert counter.operator.get(f"{page}/file").status_code == 404
    with unit_of_work() as session:
        assert not session.scalars(
            select(AuditRow).where(AuditRow.act == "credits.id_number_exported")
        ).all()


def test_signing_twice_writes_one_file(counter):
    counter.released()
    page = counter.looked()

    post(counter.operator, page, page, reason="delivery of December")
    post(counter.operator, page, page, reason="delivery of December")
    run_jobs()

    with unit_of_work() as session:
        written = select(AuditRow).where(AuditRow.act == "credits.export_written")
        assert len(session.scalars(written).all()) == 1


def test_what_stays_out_is_counted_and_leads_to_the_code_to_add(counter):
    counter.released("王芳")

    page = counter.looked("conversion")
    english = text_of(counter.operator.get(page))

    assert "One pass stays out" in english
    assert "Issue it first." in english
    assert "Nothing can be exported yet." in english


def test_a_missing_code_is_offered_filled_in(counter):
    code = text_of(
        counter.operator.get("/credits/codes?destination=conversion&topic=school&ours=51161")
    )

    assert '<option selected value="conversion">' in code
    assert '<option selected value="school">' in code
    assert 'value="51161"' in code


def test_somebody_elses_file_is_not_there_and_other_roles_may_not_ask(counter):
    counter.released()
    page = counter.looked()

    assert counter.browser(Role.BANK_OPERATOR).get(page).status_code == 404
    assert counter.browser(Role.BANK_OPERATOR).get(f"{page}/file").status_code == 404
    assert counter.browser(Role.AUDITOR).get(PAGE).status_code == 403
    assert counter.browser(Role.WORKER).get(page).status_code == 403


def test_a_series_out_of_reach_can_not_be_chosen(counter):
    elsewhere = counter.browser(Role.BANK_OPERATOR, elsewhere=True)

    asked = post(elsewhere, PAGE, PAGE, destination="course_results", series="NO-SUCH-SERIES")

    assert asked.status_code == 200
    assert 'id="series-error"' in text_of(asked)


def test_a_code_outside_the_banks_list_is_refused_at_its_field(counter):
    fields = {"destination": "course_results", "topic": "level", "ours": "bachelor"}
    page = "/credits/codes"

    wrong = post(counter.operator, page, page, **fields, theirs="20", valid_from="2026-09-01")
    other = post(
        counter.operator,
        page,
        page,
        **fields | {"topic": "school"},
        theirs="1",
        valid_from="2026-09-01",
    )

    assert 'id="theirs-error"' in text_of(wrong)
    assert "783 专升本" in text_of(wrong)
    assert 'id="topic-error"' in text_of(other)


def test_the_pages_speak_chinese(counter):
    counter.released()
    operator = counter.browser(Role.BANK_OPERATOR, language="zh")
    page = counter.looked(browser=operator)

    assert "签名并生成文件" in text_of(operator.get(page))
    assert "毕业结业肄业" in text_of(operator.get(PAGE))
    assert "51161" not in text_of(operator.get("/credits/codes"))


def test_codes_that_are_the_same_everywhere_come_with_one_press(app):
    desk = Desk(app)
    operator = desk.browser(Role.BANK_OPERATOR)

    pressed = post(operator, "/credits/codes/starters", "/credits/codes")

    assert pressed.status_code == 303
    page = text_of(operator.get("/credits/codes"))
    assert "1690" in page
    assert "Take over the codes" not in page

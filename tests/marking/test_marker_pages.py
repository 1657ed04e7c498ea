"""A marker's pages: codes and no names, every cell judged by itself, and nothing of others."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.adapters.spreadsheets import OutSheet, read, write_xlsx
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.entries.models import Candidate
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import Allocation, Bundle, Mark, SecretCode
from exam_centre.marking.rules import AllocationStatus
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.timetable.models import Placement
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of, open_account, token_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

PRESENT, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.ABSENT
HOLDER = 2
SEATS = 12
COMPARED = 11  # the tenth script: one seat before it is a place-holder


class Desk:
    """A marker at a browser, with a bundle of their own."""

    def __init__(self, app, *, login: str = "M1", language: str = "en") -> None:
        user = open_account(Role.MARKER, login=login, name="李明", language=language)
        with unit_of_work() as session:
            make = Make(session, TEST_SEAL)
            top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
            make._homes[UnitLevel.NATIONAL] = top
            # Two desks of one test share the database, so their numbers must not meet.
            for _ in range(2_000 * (login != "M1")):
                make.number()
            present = [ABSENT if n == HOLDER else PRESENT for n in range(1, SEATS + 1)]
            bundle = make.bundle(sat=make.sat(*present))
            marker = session.get_one(Person, user.person_id)
            self.token = make.allocation(bundle, 1, marker).token
            self.codes = [code.code for code in make.codes(bundle)]
            self.bundle_id = bundle.id
        self.browser: FlaskClient = app.test_client()
        self.browser.set_cookie("sign-in", token_of(user))
        self.csrf = csrf_of(self.browser, "/marking/mine")
        self.page = f"/marking/mine/{self.token}"

    def patch(self, *cells: dict, token: str = ""):
        headers = {"X-CSRFToken": self.csrf, "Accept": "application/json"}
        address = f"/marking/api/sheets/{token or self.token}"
        return self.browser.patch(address, json={"cells": list(cells)}, headers=headers)

    def keep(self, place: int, typed: str, version: int | None = None, tail: str = "") -> dict:
        cell = {"place": place, "typed": typed, "version": version, "tail": tail}
        return self.patch(cell).json["cells"][0]

    def post(self, path: str = "", **fields: object):
        return self.browser.post(self.page + path, data={"csrf_token": self.csrf} | fields)

    def marks(self) -> dict[int, str]:
        with unit_of_work() as session:
            rows = session.execute(
                select(SecretCode.position, Mark.score)
                .join(Mark, Mark.secret_code_id == SecretCode.id)
                .where(Mark.round == 1, Mark.score.is_not(None))
                .where(SecretCode.bundle_id == self.bundle_id)
            )
            return {place: str(score) for place, score in rows}

    def enter_all(self) -> None:
        cells = [
            {"place": n, "typed": str(50 + n), "version": None, "tail": self.codes[n - 1][-2:]}
            for n in range(1, SEATS + 1)
            if n != HOLDER
        ]
        assert all("text" in cell for cell in self.patch(*cells).json["cells"])


@pytest.fixture
def desk(app) -> Desk:
    return Desk(app)


def test_no_page_of_a_marker_tells_who_anybody_is(desk):
    desk.enter_all()
    with unit_of_work() as session:
        placed = select(Placement.person_id)
        telling = set(session.scalars(select(Person.name).where(Person.id.in_(placed))))
        telling |= set(session.scalars(select(Candidate.person_no)))
    answers = [
        desk.browser.get(address).get_data(as_text=True)
        for address in ("/marking/mine", desk.page, f"{desk.page}/proof", f"{desk.page}/file")
    ]
    answers.append(desk.patch({"place": 1, "typed": "x", "version": 1}).get_data(as_text=True))
    book = read(desk.browser.get(f"{desk.page}/sheet.xlsx").get_data())
    answers.append(" ".join(cell.text for row in book.rows for cell in row.cells))

    assert len(telling) > SEATS
    assert [text for text in answers for word in telling if word in text] == []


def test_each_cell_is_judged_by_itself_and_the_good_ones_are_kept(desk):
    answer = desk.patch(
        {"place": 1, "typed": "71", "version": None},
        {"place": 3, "typed": "８５", "version": None},
        {"place": HOLDER, "typed": "60", "version": None},
        {"place": 4, "typed": "m", "version": None},
        {"place": 99, "typed": "60", "version": None},
    ).json

    by_place = {cell["place"]: cell for cell in answer["cells"]}
    assert by_place[1] == {"place": 1, "text": "71", "version": 1}
    assert "half-width" in by_place[3]["sentence"]
    assert by_place[HOLDER]["code"] == "place_holder"
    assert by_place[4]["text"] == "missing"
    assert by_place[99]["code"] == "wrong_place"
    assert (answer["marked"], answer["scripts"], answer["total"]) == (2, SEATS - 1, "71")
    assert desk.marks() == {1: "71.00"}


def test_a_refusal_is_said_in_the_marker_s_language(app):
    assert "71." in Desk(app, language="zh").keep(1, "71.")["sentence"]
    assert (
        "no digits after the point"
        not in Desk(app, login="M2", language="zh").keep(1, "7.")["sentence"]
    )


def test_the_tenth_script_is_kept_only_with_the_end_of_its_code(desk):
    right = desk.codes[COMPARED - 1][-2:]
    wrong = f"{(int(right) + 1) % 100:02d}"

    assert desk.keep(COMPARED, "88")["code"] == "wrong_tail"
    assert desk.keep(COMPARED, "88", tail=wrong)["code"] == "wrong_tail"
    assert desk.codes[COMPARED - 1] not in desk.browser.get(desk.page).get_data(as_text=True)
    assert desk.keep(COMPARED, "88", tail=right)["text"] == "88"


def test_a_change_in_another_window_gives_both_values(desk):
    desk.keep(1, "70")

    answer = desk.keep(1, "80", version=None)

    assert answer["code"] == "mark_changed"
    assert (answer["stored"], answer["typed"], answer["version"]) == ("70", "80", 1)
    assert desk.keep(1, "80", version=1)["version"] == 2


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"cells": 5},
        {"cells": ["x"]},
        {"cells": [{"place": True, "typed": "1", "version": None}]},
        {"cells": [{"place": 1, "typed": 5, "version": None}]},
        {"cells": [{"place": 1, "typed": "5", "version": "1"}]},
    ],
)
def test_cells_that_are_none_are_refused_and_never_a_fault(desk, body):
    headers = {"X-CSRFToken": desk.csrf, "Accept": "application/json"}

    answer = desk.browser.patch(f"/marking/api/sheets/{desk.token}", json=body, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (400, "wrong_body")


def test_without_the_script_the_whole_sheet_is_posted_and_faults_stand_at_their_cells(desk):
    page = desk.post(**{"mark-1": "71", "mark-3": "101", "mark-4": "", "version-1": ""})

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "101 is above the full mark" in text
    assert 'value="101"' in text
    assert "One mark kept." in text
    assert desk.marks() == {1: "71.00"}
    assert desk.post(**{"mark-3": "100", "version-3": ""}).status_code == 303
    assert desk.marks()[3] == "100.00"


def test_submitting_locks_the_round_and_needs_every_script(desk):
    assert desk.post("/submit").status_code == 409

    desk.enter_all()
    assert "Submit 11 marks" in desk.browser.get(f"{desk.page}/proof").get_data(as_text=True)
    assert desk.post("/submit").location == "/marking/mine"

    assert desk.patch({"place": 1, "typed": "9", "version": 1}).json["code"] == "locked"
    assert desk.browser.get(desk.page).location == f"{desk.page}/proof"
    assert "Submitted and locked" in desk.browser.get(f"{desk.page}/proof").get_data(as_text=True)


def test_another_marker_s_bundle_is_not_there_and_other_roles_may_not(app, desk, signed_in):
    other = Desk(app, login="M2")

    for path in ("", "/proof", "/file", "/sheet.xlsx", "/give-back"):
        assert other.browser.get(desk.page + path).status_code == 404
    assert (
        other.patch({"place": 1, "typed": "1", "version": None}, token=desk.token).status_code
        == 404
    )
    stranger = signed_in(Role.AUDITOR, login="A1")
    assert stranger.get("/marking/mine").status_code == 403
    assert stranger.get(desk.page).status_code == 403


def test_a_marker_gives_a_bundle_back_with_a_reason(desk):
    refused = desk.post("/give-back", reason=" ")
    assert "Say why" in refused.get_data(as_text=True)

    assert desk.post("/give-back", reason="I know somebody's hand").status_code == 303

    with unit_of_work() as session:
        assert session.scalars(select(Allocation.status)).one() is AllocationStatus.RETURNED


def workbook(*rows: tuple[str, str], header: tuple[str, ...] = ("secret_code", "score")):
    book = write_xlsx([OutSheet("marks", header, rows)], clock.now())
    return (BytesIO(book), "marks.xlsx")


def test_a_file_with_names_is_refused_whole(desk):
    file = workbook((desk.codes[0], "王立", "70"), header=("secret_code", "姓名", "score"))

    page = desk.browser.post(f"{desk.page}/file", data={"csrf_token": desk.csrf, "file": file})

    assert "Column B tells who people are" in page.get_data(as_text=True)
    assert desk.marks() == {}


def test_every_row_of_a_file_has_its_verdict_and_one_fault_keeps_all_out(desk):
    file = workbook((desk.codes[0], "70"), (desk.codes[1], "50"), (desk.codes[2], "1e2"))
    page = desk.browser.post(f"{desk.page}/file", data={"csrf_token": desk.csrf, "file": file})
    text = page.get_data(as_text=True)

    assert "2 rows can not be kept" in text
    assert "1e2 is not a number" in text
    assert "is a place-holder" in text

    kept = desk.post("/file/keep", row=["2", "3"], code=[desk.codes[0], desk.codes[1]],
                     mark=["70", "50"], version=["", ""])  # fmt: skip
    assert kept.status_code == 400
    assert desk.marks() == {}


def test_a_good_file_is_kept_after_the_preview(desk):
    file = workbook((desk.codes[0], "70"), (desk.codes[1], "缺考"), (desk.codes[2], "71"))
    page = desk.browser.post(f"{desk.page}/file", data={"csrf_token": desk.csrf, "file": file})
    assert "Keep 2 marks" in page.get_data(as_text=True)

    desk.post("/file/keep", row=["2", "4"], code=[desk.codes[0], desk.codes[2]],
              mark=["70", "71"], version=["", ""])  # fmt: skip

    assert desk.marks() == {1: "70.00", 3: "71.00"}


def test_a_file_that_is_no_table_is_refused_at_the_field(desk):
    upload = (BytesIO(b"%PDF-1.7"), "marks.xlsx")

    page = desk.browser.post(f"{desk.page}/file", data={"csrf_token": desk.csrf, "file": upload})

    assert page.status_code == 200
    assert "This is a PDF file." in page.get_data(as_text=True)


def test_every_bundle_begins_unmarked(desk):
    with unit_of_work() as session:
        assert session.get_one(Bundle, desk.bundle_id).status.value == "marking"
    assert desk.marks() == {}

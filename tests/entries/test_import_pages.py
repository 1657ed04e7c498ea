"""The office uploads a file, reads its verdicts, applies it, and undoes it."""

import io
import zipfile

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import func, select

from exam_centre.accounts.service import grant_role
from exam_centre.entries.models import Candidate, ImportBatch
from exam_centre.entries.rules import ImportKind, ImportStatus
from exam_centre.entries.service import imports
from exam_centre.entries.views import imports as pages
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sealing import make_seal
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from tests.architecture import strangers
from tests.entries.files import csv_of
from tests.factories.make import Make
from tests.factories.people import resident_number
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers


@pytest.fixture
def officer(config, signed_in):
    """The browser of an exam officer; the install has its seal."""
    make_seal(config.keys_dir)
    return signed_in(Role.EXAM_OFFICER)


def person(n=1, **cells):
    facts = {
        "person_no": f"00320000{n:04d}",
        "name": "张三",
        "id_type": "ID",
        "id_no": resident_number(9000 + n),
        "phone": f"138000{n:05d}",
    }
    return facts | cells


def send(browser, rows, kind=ImportKind.PEOPLE):
    """Upload a file and return the page that follows."""
    form = {
        "csrf_token": fixtures.csrf_of(browser, "/entries/files/upload"),
        "kind": kind.value,
        "series": "",
        "file": (io.BytesIO(csv_of(rows)), "名单.csv"),
    }
    return browser.post("/entries/files/upload", data=form, follow_redirects=True)


def act(browser, name, **fields):
    """Press a button of the newest file's page and return the page that follows."""
    token = newest().token
    csrf = fixtures.csrf_of(browser, f"/entries/files/{token}")
    address = f"/entries/files/{token}/{name}"
    return browser.post(address, data={"csrf_token": csrf} | fields, follow_redirects=True)


def newest():
    with reading() as session:
        return session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()


def candidates():
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Candidate))


def test_a_file_is_looked_at_applied_and_undone(officer):
    page = send(officer, [person(1), person(2)]).get_data(as_text=True)
    assert "Apply 2 rows" in page
    assert candidates() == 0

    page = act(officer, "apply").get_data(as_text=True)
    assert "2 rows are imported." in page
    assert candidates() == 2

    page = act(officer, "undo", reason="the wrong list").get_data(as_text=True)
    assert "The file is undone." in page
    assert candidates() == 0


def test_a_wrong_cell_is_shown_with_what_would_work_and_nothing_can_be_applied(officer):
    page = send(officer, [person(1), person(2, phone="12345")]).get_data(as_text=True)

    assert "One row is wrong, so the file can not be applied." in page
    assert "12345" in page
    assert "A phone has 11 digits" in page
    assert "Apply" not in page
    assert act(officer, "apply").status_code == 409
    assert candidates() == 0


def test_an_identity_number_is_never_shown_in_full(officer):
    number = resident_number(9001)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")

    page = send(officer, [person(1, id_no=wrong)]).get_data(as_text=True)

    assert "check digit" in page
    assert wrong not in page
    assert wrong[-4:] in page


def test_a_file_that_is_none_is_refused_at_its_field(officer):
    form = {
        "csrf_token": fixtures.csrf_of(officer, "/entries/files/upload"),
        "kind": "people",
        "series": "",
        "file": (io.BytesIO(b"%PDF-1.7"), "list.csv"),
    }

    page = officer.post("/entries/files/upload", data=form).get_data(as_text=True)

    assert "This is a PDF file." in page
    assert newest() is None


def test_a_large_file_goes_through_the_runner(officer, monkeypatch):
    monkeypatch.setattr(pages, "SMALL", 10)
    monkeypatch.setattr(pages, "FEW", 1)

    page = send(officer, [person(1), person(2)])
    assert "Waiting to begin" in page.get_data(as_text=True)
    assert jobs.run_next()
    assert officer.get(page.request.path).status_code == 303

    page = act(officer, "apply").get_data(as_text=True)
    assert "The file is being imported." in page
    assert candidates() == 0
    assert jobs.run_next()
    assert candidates() == 2
    assert newest().status is ImportStatus.APPLIED


def test_the_runner_looks_again_where_things_changed(officer, config, monkeypatch):
    monkeypatch.setattr(pages, "FEW", 0)
    send(officer, [person(1), person(2)])
    first = newest()
    send(officer, [person(1)])
    act(officer, "apply")
    assert jobs.run_next()

    csrf = fixtures.csrf_of(officer, f"/entries/files/{first.token}")
    officer.post(f"/entries/files/{first.token}/apply", data={"csrf_token": csrf})
    assert jobs.run_next()

    page = officer.get(f"/entries/files/{first.token}").get_data(as_text=True)
    assert "Apply one row" in page
    assert candidates() == 1


def test_a_file_given_up_is_not_applied(officer):
    send(officer, [person(1)])

    page = act(officer, "discard").get_data(as_text=True)

    assert "The file is given up." in page
    assert newest().status is ImportStatus.DISCARDED


@pytest.mark.parametrize("kind", list(ImportKind))
def test_there_is_an_example_of_every_kind_with_its_columns(officer, kind):
    answer = officer.get(f"/entries/files/example/{kind.value}.xlsx")

    sheet = load_workbook(io.BytesIO(answer.data)).active
    header = [cell.value for cell in sheet[1]]
    assert header == [column.name for column in imports.IMPORTERS[kind].columns]
    assert len(imports.IMPORTERS[kind].example) == len(header)


def test_the_example_of_candidates_can_be_imported_once_its_places_are_known(officer):
    answer = officer.get("/entries/files/example/people.xlsx")
    form = {
        "csrf_token": fixtures.csrf_of(officer, "/entries/files/upload"),
        "kind": "people",
        "series": "",
        "file": (io.BytesIO(answer.data), "people.xlsx"),
    }

    page = officer.post("/entries/files/upload", data=form, follow_redirects=True)

    assert "There is no unit 32-04-SIP here." in page.get_data(as_text=True)


def test_photos_come_as_one_archive_and_wrong_ones_are_listed(officer):
    send(officer, [person(1, consent_date="2026-09-01")])
    act(officer, "apply")
    picture = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(picture, "PNG")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as photos:
        photos.writestr("003200000001.png", picture.getvalue())
        photos.writestr("000000000000.jpg", b"nobody's")
    form = {
        "csrf_token": fixtures.csrf_of(officer, "/entries/photos"),
        "archive": (io.BytesIO(archive.getvalue()), "photos.zip"),
    }

    page = officer.post("/entries/photos", data=form).get_data(as_text=True)

    assert "One photo is kept." in page
    assert "No candidate has this number." in page


def test_candidates_are_found_by_number_and_name(officer):
    send(officer, [person(1), person(2, name="李四")])
    act(officer, "apply")

    page = officer.get("/entries/?q=李").get_data(as_text=True)
    assert "李四" in page
    assert "张三" not in page
    page = officer.get("/entries/candidates/003200000002").get_data(as_text=True)
    assert "李四" in page
    assert "Not entered for anything yet." in page


def test_somebody_of_another_unit_finds_neither_the_file_nor_the_people(officer, app):
    send(officer, [person(1)])
    act(officer, "apply")
    token = newest().token
    stranger = _officer_of_another_unit(app)

    assert stranger.get(f"/entries/files/{token}").status_code == 404
    assert stranger.get("/entries/candidates/003200000001").status_code == 404
    assert "张三" not in stranger.get("/entries/").get_data(as_text=True)


def _officer_of_another_unit(app):
    user = fixtures.open_account(login="B2002", name="李明")
    with unit_of_work() as session:
        top = session.scalars(select(Unit).where(Unit.level == UnitLevel.NATIONAL)).one()
        province = Make(session).unit(UnitLevel.PROVINCIAL, parent=top, code="99")
        grant_role(session, fixtures.SET_UP, user, Role.EXAM_OFFICER, province, now=clock.now())
    browser = app.test_client()
    browser.set_cookie("sign-in", fixtures.token_of(user))
    return browser

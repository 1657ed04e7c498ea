"""A thesis through its pages: from the confirmed entry to the defence."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exam_centre.accounts.models import Person, User
from exam_centre.accounts.service import grant_role, open_user
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.theses.models import PanelMember, Thesis, ThesisRecord
from exam_centre.theses.rules import ThesisStatus
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of, open_account, token_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers


class Faculty:
    """An office, a supervisor, three assessors, and one entry for a thesis."""

    def __init__(self, app) -> None:
        self.app = app
        self.office = open_account(Role.EXAM_OFFICER, login="O1", name="王立")
        self.teachers = [
            open_account(Role.MARKER, login=f"T{n}", name=name)
            for n, name in enumerate(("李明", "赵静怡", "陈海", "周雪"), 1)
        ]
        with unit_of_work() as session:
            make = Make(session, TEST_SEAL)
            top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
            make._homes[UnitLevel.NATIONAL] = top
            entry = make.entry(paper=make.paper(Mode.THESIS))
            candidate = session.get_one(Candidate, entry.candidate_id)
            paper = session.get_one(Paper, entry.paper_id)
            series = session.get_one(Series, entry.series_id)
            self.begin = f"/theses/begin/{series.code}/{paper.code}/{candidate.person_no}"

    def browser(self, user: User) -> FlaskClient:
        browser = self.app.test_client()
        browser.set_cookie("sign-in", token_of(user))
        return browser

    def read(self, user: User, address: str) -> str:
        return self.browser(user).get(address).get_data(as_text=True)

    def act(self, user: User, address: str, **fields: str):
        browser = self.browser(user)
        data = {"csrf_token": csrf_of(browser, "/")} | fields
        return browser.post(address, data=data, follow_redirects=True)

    def begun(self) -> str:
        """Begin the thesis under the first teacher and return its address."""
        self.act(self.office, self.begin, title="换模时间的缩短", supervisor="T1", at_work="y")
        with unit_of_work() as session:
            return f"/theses/{session.scalars(select(Thesis.token)).one()}"

    def thesis(self) -> Thesis:
        with unit_of_work() as session:
            return session.scalars(select(Thesis)).one()


@pytest.fixture
def faculty(app) -> Faculty:
    return Faculty(app)


def test_a_thesis_goes_from_its_entry_to_the_defence_through_the_pages(faculty):
    assert "One entry without a thesis" in faculty.read(faculty.office, "/theses/")
    page = faculty.begun()
    supervisor, *panel = faculty.teachers
    for _ in range(2):
        faculty.act(supervisor, f"{page}/records", text="下一步：测量", completes="y")
    faculty.act(faculty.office, f"{page}/similarity", percent="12.5", text="R-7")
    faculty.act(supervisor, f"{page}/mark", score="82")
    faculty.act(faculty.office, f"{page}/panel", chair="T2", members="T3\nT4", secretary="")
    for teacher, score in zip(panel, ("70", "75", "80"), strict=True):
        assert "82" not in faculty.read(teacher, page).split("<h1>")[1].split("</main>")[0]
        faculty.act(teacher, f"{page}/mark", score=score)
    faculty.act(faculty.office, f"{page}/finish")

    assert faculty.thesis().status is ThesisStatus.FINAL
    shown = faculty.read(faculty.office, page)
    assert "Mark 77.80" in shown  # 82 x 40 % + 75 x 60 %
    assert "下一步：测量" in shown


def test_an_unknown_supervisor_and_a_small_panel_are_refused_at_their_fields(faculty):
    refused = faculty.act(faculty.office, faculty.begin, title="题目", supervisor="T9")
    assert "Nobody here has the staff number T9." in refused.get_data(as_text=True)
    page = faculty.begun()
    for _ in range(2):
        faculty.act(faculty.teachers[0], f"{page}/records", text="好", completes="y")
    similarity = faculty.act(faculty.office, f"{page}/similarity", percent="120")
    assert "120 is no percentage" in similarity.get_data(as_text=True)
    faculty.act(faculty.office, f"{page}/similarity", percent="30")

    small = faculty.act(faculty.office, f"{page}/panel", chair="T2", members="T3")

    assert "odd number of assessors" in small.get_data(as_text=True)
    with unit_of_work() as session:
        assert session.scalars(select(PanelMember)).all() == []


def test_guidance_is_the_supervisor_s_alone_and_never_empty(faculty):
    page = faculty.begun()

    empty = faculty.act(faculty.teachers[0], f"{page}/records", text=" ")
    assert "Write down what was agreed." in empty.get_data(as_text=True)
    assert faculty.act(faculty.teachers[1], f"{page}/records", text="x").status_code == 404

    with unit_of_work() as session:
        assert session.scalars(select(ThesisRecord)).all() == []


def test_who_neither_manages_nor_guides_nor_assesses_does_not_see_a_thesis(faculty, signed_in):
    page = faculty.begun()

    assert faculty.browser(faculty.teachers[1]).get(page).status_code == 404
    assert "换模" not in faculty.read(faculty.teachers[1], "/theses/")
    assert "换模" in faculty.read(faculty.teachers[0], "/theses/?q=换模&status=none")
    assert signed_in(Role.AUDITOR, login="A1").get("/theses/").status_code == 403
    assert faculty.browser(faculty.teachers[0]).get(faculty.begin).status_code == 403
    assert faculty.browser(faculty.office).get(faculty.begin).status_code == 404


def test_who_writes_it_reads_what_to_do_next_and_no_mark_before_the_release(faculty):
    address = faculty.begun()
    with unit_of_work() as session:
        thesis = session.scalars(select(Thesis)).one()
        entry = session.get_one(Entry, thesis.entry_id)
        writer = session.get_one(Candidate, entry.candidate_id).person_id
        own = session.get_one(Person, writer)
        top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
        now = clock.now()
        worker = open_user(session, fixtures.SET_UP, own, login="W1", now=now)
        grant_role(session, fixtures.SET_UP, worker, Role.WORKER, top, now=now)

    assert "请写开题报告" in faculty.read(worker, "/theses/mine")
    assert "请写开题报告" in faculty.read(worker, address)
    assert "你的论文已开始，指导教师：李明" in faculty.read(worker, "/me/notices")
    faculty.act(faculty.teachers[0], f"{address}/records", text="数据已核对", completes="y")
    faculty.act(faculty.teachers[0], f"{address}/records", text="初稿已交", completes="y")
    faculty.act(faculty.office, f"{address}/similarity", percent="12")
    faculty.act(faculty.teachers[0], f"{address}/mark", score="87.5")

    assert faculty.thesis().status is ThesisStatus.ADVISED
    assert "87.5" in faculty.read(faculty.office, address)
    page = faculty.read(worker, address)
    assert "请按时参加答辩" in page
    assert "数据已核对" in page
    assert "87.5" not in page
    assert faculty.act(worker, f"{address}/records", text="x").status_code == 403


def test_somebody_elses_thesis_is_no_workers_to_read(faculty):
    address = faculty.begun()
    stranger = open_account(Role.WORKER, login="W2", name="孙娜")

    assert faculty.browser(stranger).get(address).status_code == 404
    assert "No thesis to write" in faculty.read(stranger, "/theses/mine")

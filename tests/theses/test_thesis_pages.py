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
from exam_centre.theses.models import (
    DefenceSlot,
    PanelMember,
    Thesis,
    ThesisRecord,
    ThesisTopic,
)
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


def entered_worker() -> User:
    """Open an account for whoever is entered for the thesis."""
    with unit_of_work() as session:
        entry = session.scalars(
            select(Entry).join(Paper, Paper.id == Entry.paper_id).where(Paper.mode == Mode.THESIS)
        ).one()
        writer = session.get_one(Candidate, entry.candidate_id).person_id
        own = session.get_one(Person, writer)
        top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
        now = clock.now()
        worker = open_user(session, fixtures.SET_UP, own, login="W1", now=now)
        grant_role(session, fixtures.SET_UP, worker, Role.WORKER, top, now=now)
        return worker


def own_entry() -> str:
    with unit_of_work() as session:
        return session.scalars(
            select(Entry.token)
            .join(Paper, Paper.id == Entry.paper_id)
            .where(Paper.mode == Mode.THESIS)
        ).one()


def newest_topic() -> str:
    with unit_of_work() as session:
        wanted = select(ThesisTopic.token).order_by(ThesisTopic.number.desc()).limit(1)
        return f"/theses/topics/{session.scalars(wanted).one()}"


def test_a_topic_goes_from_the_workers_page_to_a_thesis_over_a_return(faculty):
    worker, supervisor = entered_worker(), faculty.teachers[0]
    propose = f"/theses/mine/{own_entry()}/propose"
    assert propose in faculty.read(worker, "/theses/mine")
    faculty.act(worker, propose, title="所有问题", about="三号线", at_work="y")
    assert "nobody named yet" in faculty.read(faculty.office, "/theses/")
    faculty.act(faculty.office, f"{newest_topic()}/supervisor", supervisor="T1")
    empty = faculty.act(supervisor, f"{newest_topic()}/return", reason=" ")
    assert "Say what should change." in empty.get_data(as_text=True)
    faculty.act(supervisor, f"{newest_topic()}/return", reason="范围太宽")
    assert "范围太宽" in faculty.read(worker, "/theses/mine")
    assert "范围太宽" in faculty.read(worker, propose)

    faculty.act(worker, propose, title="三号线毛刺", about="三号线的毛刺从哪里来", at_work="y")
    begun = faculty.act(supervisor, f"{newest_topic()}/approve")

    assert "三号线毛刺" in begun.get_data(as_text=True)
    assert faculty.thesis().title == "三号线毛刺"
    kept = faculty.read(worker, newest_topic())
    assert "所有问题" in kept
    assert faculty.browser(worker).get(propose).status_code == 404


def test_a_topic_is_for_its_people_alone(faculty):
    worker = entered_worker()
    faculty.act(worker, f"/theses/mine/{own_entry()}/propose", title="题目", about="内容")
    stranger = open_account(Role.WORKER, login="W2", name="孙娜")
    page = newest_topic()

    assert faculty.browser(stranger).get(page).status_code == 404
    assert faculty.browser(stranger).get(f"/theses/mine/{own_entry()}/propose").status_code == 404
    assert faculty.browser(faculty.teachers[0]).get(page).status_code == 404
    assert faculty.act(worker, f"{page}/approve").status_code == 403
    unknown = faculty.act(faculty.office, f"{page}/supervisor", supervisor="T9")
    assert "Nobody here has the staff number T9." in unknown.get_data(as_text=True)


def test_the_chair_sets_and_moves_the_defence_and_everybody_finds_it(faculty):
    worker, page = entered_worker(), faculty.begun()
    supervisor, chair, member, _ = faculty.teachers
    for _ in range(2):
        faculty.act(supervisor, f"{page}/records", text="好", completes="y")
    faculty.act(faculty.office, f"{page}/similarity", percent="12")
    faculty.act(faculty.office, f"{page}/panel", chair="T2", members="T3\nT4")
    when = f"{clock.now().year + 1}-06-05T09:00"
    wanted = {"starts": when, "minutes": "40", "kind": "video", "place": "会议 123", "seen": "0"}
    assert faculty.act(member, f"{page}/defence", **wanted).status_code == 403
    nowhere = faculty.act(chair, f"{page}/defence", **wanted | {"place": ""})
    assert 'id="place-error"' in nowhere.get_data(as_text=True)
    garbled = faculty.act(chair, f"{page}/defence", **wanted | {"starts": "soon", "minutes": "x"})
    assert garbled.status_code == 400

    faculty.act(chair, f"{page}/defence", **wanted)

    for who in (worker, supervisor, member):
        assert "会议 123" in faculty.read(who, "/")
        assert "会议 123" in faculty.read(who, page)
        assert "会议 123" in faculty.read(who, "/me/notices")
    assert "会议 123" in faculty.read(worker, "/theses/mine")
    assert "BEGIN:VEVENT" in faculty.read(worker, f"{page}/defence.ics")
    older = faculty.act(faculty.office, f"{page}/defence", **wanted | {"place": "会议 456"})
    assert older.status_code == 409
    moved = {"place": "会议 456", "seen": "1", "reason": "组长生病"}
    faculty.act(faculty.office, f"{page}/defence", **wanted | moved)
    assert "组长生病" in faculty.read(worker, page)
    with unit_of_work() as session:
        assert [slot.in_force for slot in session.scalars(select(DefenceSlot))] == [False, True]


def test_a_thesis_without_a_defence_has_no_calendar_file(faculty):
    page = faculty.begun()

    assert faculty.browser(faculty.office).get(f"{page}/defence.ics").status_code == 404

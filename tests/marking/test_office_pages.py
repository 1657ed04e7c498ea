"""The office's and the moderator's pages: from the coded room to the approved bundle."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exam_centre.accounts.models import Person, User
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import Allocation, Bundle, EngineMark, Moderation, SecretCode
from exam_centre.marking.rules import BundleStatus
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Placement
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

PRESENT, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.ABSENT


class Hall:
    """Everybody who marks, moderates and approves, and rooms that were sat."""

    def __init__(self, app) -> None:
        self.app = app
        self.office = open_account(Role.EXAM_OFFICER, login="O1", name="王立")
        self.markers = [
            open_account(Role.MARKER, login=f"M{n}", name=name)
            for n, name in enumerate(("李明", "赵静怡", "陈海"), 1)
        ]

    def make(self, session) -> Make:
        make = Make(session, TEST_SEAL)
        top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
        make._homes[UnitLevel.NATIONAL] = top
        return make

    def browser(self, user: User) -> FlaskClient:
        browser = self.app.test_client()
        browser.set_cookie("sign-in", token_of(user))
        return browser

    def act(self, user: User, address: str, **fields: object):
        browser = self.browser(user)
        data = {"csrf_token": csrf_of(browser, "/")} | fields
        return browser.post(address, data=data, follow_redirects=True)

    def read(self, user: User, address: str) -> str:
        return self.browser(user).get(address).get_data(as_text=True)

    def bundle(self, *marks: tuple[int, ...], status: BundleStatus) -> str:
        """A bundle with these marks, the first two rounds by M1 and M2."""
        with unit_of_work() as session:
            people = [session.get_one(Person, user.person_id) for user in self.markers[:2]]
            make = self.make(session)
            return make.marked_bundle(*marks, status=status, markers=people).token

    def status_of(self, token: str) -> BundleStatus:
        with unit_of_work() as session:
            return session.scalars(select(Bundle.status).where(Bundle.token == token)).one()


@pytest.fixture
def hall(app) -> Hall:
    return Hall(app)


def room_value(hall: Hall, *, reconciled: bool = True) -> str:
    with unit_of_work() as session:
        sat = hall.make(session).sat(PRESENT, ABSENT, PRESENT, reconciled=reconciled)
        return f"{sat.room_session.token}-{sat.paper.code}"


def bundles() -> list[Bundle]:
    with unit_of_work() as session:
        return list(session.scalars(select(Bundle)))


def test_a_reconciled_room_is_coded_and_both_rounds_are_given_out_at_once(hall):
    value = room_value(hall)
    assert "One room to code" in hall.read(hall.office, "/marking/office")

    page = hall.act(hall.office, "/marking/office/code", room=value).get_data(as_text=True)
    assert "One bundle coded." in page
    token = bundles()[0].token
    offered = hall.read(hall.office, "/marking/office/allocate")
    chosen = [part.split('"')[0] for part in offered.split(" selected>")[0].split('value="')][-1]
    assert len(chosen) == 22

    with unit_of_work() as session:
        first, second = (session.get_one(Person, m.person_id).token for m in hall.markers[:2])
    fields = {f"{token}-1": first, f"{token}-2": second}
    hall.act(hall.office, "/marking/office/allocate", **fields)

    with unit_of_work() as session:
        rounds = session.execute(select(Allocation.round, Allocation.marker_id)).all()
    assert sorted(tuple(row) for row in rounds) == [
        (1, hall.markers[0].person_id),
        (2, hall.markers[1].person_id),
    ]
    assert "李明" in hall.read(hall.office, "/marking/office")


def test_one_person_for_both_rounds_is_refused_at_the_second_and_nothing_is_given(hall):
    hall.act(hall.office, "/marking/office/code", room=room_value(hall))
    token = bundles()[0].token
    with unit_of_work() as session:
        same = session.get_one(Person, hall.markers[0].person_id).token

    page = hall.act(
        hall.office, "/marking/office/allocate", **{f"{token}-1": same, f"{token}-2": same}
    ).get_data(as_text=True)

    assert f'href="#{token}-2"' in page
    assert "took an earlier step" in page
    with unit_of_work() as session:
        assert session.scalars(select(Allocation)).all() == []


def test_a_suggestion_leaves_out_who_is_tied_to_somebody_in_the_bundle(hall):
    hall.act(hall.office, "/marking/office/code", room=room_value(hall))
    with unit_of_work() as session:
        candidate = session.scalars(select(Placement.person_id)).first()
        make = hall.make(session)
        for _ in range(500):
            make.number()
        tied = session.get_one(Person, hall.markers[0].person_id)
        make.conflict(tied, session.get_one(Person, candidate))

    page = hall.read(hall.office, "/marking/office/allocate")

    assert "赵静怡" in page
    assert "李明" not in page


def test_a_room_that_is_not_reconciled_is_shown_and_not_coded(hall):
    value = room_value(hall, reconciled=False)

    page = hall.act(hall.office, "/marking/office/code", room=value)

    assert page.status_code == 409
    assert "Reconcile the room first" in hall.read(hall.office, "/marking/office")
    assert bundles() == []


def test_disputes_go_to_a_third_marker_and_the_marks_become_final(hall):
    token = hall.bundle((70, 71), (60, 82), status=BundleStatus.COMPARED)
    address = f"/marking/bundles/{token}"
    assert "One script in dispute" in hall.read(hall.office, address)
    with unit_of_work() as session:
        third = session.get_one(Person, hall.markers[2].person_id).token
        disputed = session.scalars(select(SecretCode).where(SecretCode.position == 2)).one().code

    hall.act(hall.office, f"{address}/third", marker=third)
    with unit_of_work() as session:
        allocation = session.scalars(select(Allocation.token).where(Allocation.round == 3)).one()
    sheet = hall.read(hall.markers[2], f"/marking/mine/{allocation}")
    assert f"{disputed[:4]} {disputed[4:]}" in sheet
    assert "82" not in sheet.split('class="grid"')[1].split("</ol>")[0].replace(disputed[4:], "")
    hall.act(hall.markers[2], f"/marking/mine/{allocation}", **{"mark-2": "66"})
    hall.act(hall.markers[2], f"/marking/mine/{allocation}/submit")
    hall.act(hall.office, f"{address}/finalise")

    assert hall.status_of(token) is BundleStatus.FINAL


def test_nobody_reads_marks_before_the_rounds_are_compared(hall):
    token = hall.bundle((93, 94), status=BundleStatus.MARKING)

    page = hall.read(hall.office, f"/marking/bundles/{token}")
    assert "Scripts by code" not in page
    compared = hall.act(hall.office, f"/marking/bundles/{token}/compare").get_data(as_text=True)

    assert "Scripts by code" in compared
    assert hall.status_of(token) is BundleStatus.COMPARED


def test_a_moderator_reads_blind_then_sees_both_and_another_one_approves(hall):
    token = hall.bundle((70, 71), (80, 80), status=BundleStatus.FINAL)
    moderator = open_account(Role.MODERATOR, login="D1", name="郑一")
    approver = open_account(Role.APPROVER, login="P1", name="钱五")
    address = f"/marking/samples/{token}"
    assert "Type a seed" in hall.act(moderator, f"{address}/draw", seed=" ").get_data(as_text=True)

    hall.act(moderator, f"{address}/draw", seed="dice 4 2 6")
    blind = hall.read(moderator, address)
    assert "First marker" not in blind
    with unit_of_work() as session:
        codes = list(
            session.scalars(select(SecretCode.code).join(Moderation).order_by(SecretCode.position))
        )
    wrong = hall.act(moderator, address, code=codes[0], score="7o").get_data(as_text=True)
    assert "7o is not a number" in wrong
    hall.act(moderator, address, code=codes[0], score="70")
    seen = hall.read(moderator, address)
    assert "First marker" in seen
    assert hall.act(moderator, f"{address}/end").status_code == 409
    hall.act(moderator, address, code=codes[1], score="79")
    hall.act(moderator, f"{address}/end")
    hall.act(approver, f"/marking/bundles/{token}/approve")

    assert hall.status_of(token) is BundleStatus.APPROVED


def test_what_the_moderator_disagrees_with_is_sent_back_by_the_office(hall):
    token = hall.bundle((70, 71), status=BundleStatus.FINAL)
    moderator = open_account(Role.MODERATOR, login="D1", name="郑一")
    hall.act(moderator, f"/marking/samples/{token}/draw", seed="1")
    with unit_of_work() as session:
        code = session.scalars(select(SecretCode.code)).one()
    hall.act(moderator, f"/marking/samples/{token}", code=code, score="40")
    hall.act(moderator, f"/marking/samples/{token}/end")
    address = f"/marking/bundles/{token}/send-back"

    assert "Say why" in hall.act(hall.office, address, reason="").get_data(as_text=True)
    hall.act(hall.office, address, reason="30 marks apart")

    assert hall.status_of(token) is BundleStatus.MARKING


def test_the_figures_show_each_marker_s_mean_and_drift(hall):
    hall.bundle(*[(60, 60)] * 10, *[(70, 60)] * 10, status=BundleStatus.COMPARED)

    page = hall.read(hall.office, "/marking/office/markers")

    assert "李明" in page
    assert "65.0" in page
    assert "+10.0" in page


def engine_file(*rows: tuple[str, str]) -> tuple[BytesIO, str]:
    lines = ["person_no,score", *(f"{number},{mark}" for number, mark in rows)]
    return BytesIO("\n".join(lines).encode()), "engine.csv"


def test_the_engine_s_file_is_previewed_kept_whole_and_checked_by_somebody_else(hall):
    with unit_of_work() as session:
        make = hall.make(session)
        sat = make.sat(PRESENT, ABSENT, PRESENT, paper=make.paper(Mode.COMPUTER))
        room = sat.room_session.token
        numbers = [
            session.scalars(
                select(Candidate.person_no).join(Entry).where(Entry.id == placement.entry_id)
            ).one()
            for placement in sat.placements
        ]
    address = f"/marking/engine/{room}"
    wrong = engine_file((numbers[0], "88.5"), (numbers[1], "40"), ("999", "50"))
    page = hall.act(hall.office, address, file=wrong).get_data(as_text=True)
    assert "2 rows can not be kept" in page
    assert "The register says absent" in page

    good = engine_file((numbers[0], "88.5"), (numbers[1], "缺考"), (numbers[2], "61"))
    page = hall.act(hall.office, address, file=good).get_data(as_text=True)
    assert "2 marks, sum 149.5." in page
    hall.act(hall.office, f"{address}/keep", person_no=numbers, mark=["88.5", "缺考", "61"])
    assert hall.act(hall.office, f"{address}/check").status_code == 409
    other = open_account(Role.EXAM_OFFICER, login="O2", name="周雪")
    hall.act(other, f"{address}/check")

    with unit_of_work() as session:
        checked = set(session.scalars(select(EngineMark.checked_by_id)))
    assert checked == {other.person_id}


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        (Role.MARKER, "/marking/office", 403),
        (Role.MARKER, "/marking/office/allocate", 403),
        (Role.MARKER, "/marking/office/markers", 403),
        (Role.MARKER, "/marking/engine", 403),
        (Role.MARKER, "/marking/samples", 403),
        (Role.EXAM_OFFICER, "/marking/mine", 403),
        (Role.EXAM_OFFICER, "/marking/approvals", 403),
        (Role.EXAM_OFFICER, "/marking/office", 200),
        (Role.EXAM_OFFICER, "/marking/office?series=nowhere&status=none&page=x", 200),
        (Role.EXAM_OFFICER, "/marking/bundles/" + "A" * 22, 404),
        (Role.EXAM_OFFICER, "/marking/engine/" + "A" * 22, 404),
        (Role.MODERATOR, "/marking/samples/" + "A" * 22, 404),
        (Role.MODERATOR, "/marking/samples", 200),
        (Role.APPROVER, "/marking/approvals", 200),
    ],
)
def test_each_page_opens_for_its_role_alone(signed_in, role, address, status):
    assert signed_in(role).get(address).status_code == status


def test_an_office_elsewhere_does_not_see_the_bundle(hall):
    token = hall.bundle((70, 71), status=BundleStatus.COMPARED)
    with unit_of_work() as session:
        elsewhere = hall.make(session).home(UnitLevel.NATIONAL)
        foreign = Make(session, TEST_SEAL).unit(
            UnitLevel.PROVINCIAL, elsewhere, code="ELSEWHERE", name="Elsewhere"
        )
        path = foreign.id
    officer = open_account(login="E1", name="外地")
    with unit_of_work() as session:
        fixtures.grant_role(
            session,
            fixtures.SET_UP,
            session.get_one(User, officer.id),
            Role.EXAM_OFFICER,
            session.get_one(Unit, path),
            now=fixtures.clock.now(),
        )
    browser = hall.browser(officer)

    assert browser.get(f"/marking/bundles/{token}").status_code == 404
    assert "Nothing to mark yet" in browser.get("/marking/office").get_data(as_text=True)

"""An auditor's pages: the search, four timelines, the verification of the trail, the pick."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from exam_centre.accounts.service import grant_role
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel import audit, clock, jobs
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.keys import make_key
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.overview.rules import ROOM_PICKED, TRAIL_BROKEN, TRAIL_WHOLE
from exam_centre.papers.models import Course, Paper
from exam_centre.timetable.models import RoomSession
from tests.factories.awards import entry_course, seated
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit.fixtures import SET_UP, csrf_of, open_account, token_of

PICK = {"seed": "642153", "count": "1"}


@pytest.fixture
def auditor(signed_in):
    return signed_in(Role.AUDITOR, name="Ada Wong")


@pytest.fixture
def world(auditor):
    """One candidate with one seat and two acts; the addresses of everything about them."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make._homes[UnitLevel.NATIONAL] = session.scalars(
            select(Unit).where(Unit.parent_id.is_(None))
        ).one()
        for _ in range(1000):  # past the numbers of whoever was made before
            make.number()
        line = entry_course(make)
        placement = seated(make, line)
        entry = session.get_one(Entry, line.entry_id)
        candidate = session.get_one(Candidate, entry.candidate_id)
        officer = make.actor(Role.EXAM_OFFICER)
        now = clock.now() - timedelta(days=400)
        audit.record(session, officer, "entries.entered", entry, now)
        audit.record(session, officer, "timetable.placed", placement, clock.now(), reason="<moved>")
        paper = session.get_one(Paper, entry.paper_id)
        series = make.home_series().code
        room = session.get_one(RoomSession, placement.room_session_id).token
        course = session.get_one(Course, line.course_id).code
        return {
            "person_no": candidate.person_no,
            "series": series,
            "candidate": f"/audit/candidates/{candidate.person_no}",
            "paper": f"/audit/series/{series}/papers/{paper.code}",
            "room": f"/audit/rooms/{room}",
            "mark": f"/audit/marks/{entry.token}/{course}",
            "pick": f"/audit/series/{series}/pick",
        }


def narrowed(app, role=Role.AUDITOR, login="A2002"):
    """A browser of somebody whose role reaches a county without anybody in it."""
    user = open_account(login=login, name="Nobody Here")
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        for _ in range(5000):
            make.number()
        make._homes[UnitLevel.NATIONAL] = session.scalars(
            select(Unit).where(Unit.parent_id.is_(None))
        ).one()
        unit = make.unit(UnitLevel.PROVINCIAL)
        grant_role(session, SET_UP, session.merge(user), role, unit, now=clock.now())
    browser = app.test_client()
    browser.set_cookie("sign-in", token_of(user))
    return browser


def page(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.get_data(as_text=True)


def post(browser, address, **fields):
    return browser.post(address, data={"csrf_token": csrf_of(browser, "/audit/verify")} | fields)


def run_jobs():
    while jobs.run_next():
        pass


def rows_of(*acts):
    with reading() as session:
        return session.scalars(select(AuditRow).where(AuditRow.act.in_(acts))).all()


def test_timelines_tell_the_acts_in_words(auditor, world):
    for name in ("candidate", "paper"):
        told = page(auditor, world[name])
        assert told.index("Entry made") < told.index("Seat given"), name
    assert "&lt;moved&gt;" in page(auditor, world["candidate"])
    assert "Seat given" in page(auditor, world["room"])
    page(auditor, world["mark"])


def test_a_timeline_is_narrowed_by_its_address_and_nonsense_narrows_nothing(auditor, world):
    entries = page(auditor, f"{world['candidate']}?kind=entries")
    assert "Entry made" in entries
    assert "Seat given" not in entries
    assert "The trail says nothing here" in page(auditor, f"{world['candidate']}?day=2020-01-01")
    for nonsense in ("kind=%25", "day=2026-02-31", "day=%EF%BC%91", "page=x"):
        assert "Entry made" in page(auditor, f"{world['candidate']}?{nonsense}"), nonsense


def test_the_one_thing_a_search_finds_is_opened_at_once(auditor, world):
    answer = auditor.get(f"/audit?q={world['person_no']}")

    assert (answer.status_code, answer.location) == (303, world["candidate"])
    assert "Nothing found" in page(auditor, "/audit?q=nobody-like-this")


def test_an_auditor_of_another_place_finds_nothing_there(app, world):
    elsewhere = narrowed(app)

    for name in ("candidate", "paper", "room", "mark"):
        assert elsewhere.get(world[name]).status_code == 404, name
    assert "Nothing found" in page(elsewhere, f"/audit?q={world['person_no']}")
    assert "No rooms to pick from" in page(elsewhere, world["pick"])


def test_the_trail_is_for_auditors(signed_in, world):
    officer = signed_in(Role.EXAM_OFFICER, login="A3003")

    for address in ("/audit", "/audit/verify", *(world[n] for n in ("candidate", "pick", "mark"))):
        assert officer.get(address).status_code == 403, address
    assert "Search the audit trail" not in page(officer, "/")
    assert "Search the audit trail" not in page(officer, f"/pipeline/{world['series']}")


def test_home_and_the_pipeline_lead_an_auditor_to_the_trail(auditor, world):
    assert 'href="/audit"' in page(auditor, "/")
    assert f'href="{world["pick"]}"' in page(auditor, f"/pipeline/{world['series']}")


def test_a_whole_trail_is_said_to_be_whole_and_the_trail_keeps_it(auditor, world, config):
    make_key(config.keys_dir, "audit")
    assert "Not verified here yet" in page(auditor, "/audit/verify")

    assert post(auditor, "/audit/verify").status_code == 303
    post(auditor, "/audit/verify")
    assert "Verifying the trail" in page(auditor, "/audit/verify")
    run_jobs()

    told = page(auditor, "/audit/verify")
    assert "The trail is whole" in told
    assert "Ada Wong" in told
    assert len(rows_of(TRAIL_WHOLE)) == 1, "two presses of the button are one verification"
    assert rows_of(TRAIL_BROKEN) == []


def test_a_changed_row_is_named_with_its_meaning_and_what_to_do(app, auditor, world, config):
    make_key(config.keys_dir, "audit")
    with unit_of_work() as session:
        session.execute(text("DROP TRIGGER audit_row_is_final_on_update"))
        session.execute(
            text("UPDATE audit_rows SET reason = 'another' WHERE act = 'timetable.placed'")
        )
    post(auditor, "/audit/verify")
    run_jobs()

    told = page(auditor, "/audit/verify")
    assert "One thing is wrong with the trail." in told
    assert "First broken row" in told
    assert "What the row says is not what was written" in told
    assert "Copy the database before anybody else writes" in told
    assert len(rows_of(TRAIL_BROKEN)) == 1
    beyond = page(narrowed(app), "/audit/verify")
    assert "In a chain outside your reach" in beyond
    assert "unit:" not in beyond


def test_without_a_signing_key_the_page_says_that_it_stopped(auditor, world):
    post(auditor, "/audit/verify")
    with pytest.raises(FileNotFoundError):
        run_jobs()

    assert "Verifying stopped" in page(auditor, "/audit/verify")


def test_picked_rooms_are_listed_and_come_again(auditor, world):
    answer = auditor.post(
        world["pick"], data={"csrf_token": csrf_of(auditor, world["pick"])} | PICK
    )

    assert answer.status_code == 303
    told = page(auditor, world["pick"])
    assert "One room, seed 642153" in told
    assert "gives the same rooms" in told
    assert world["room"] in told
    assert [row.reason for row in rows_of(ROOM_PICKED)] == ["642153"]
    assert "Room picked at random for an audit" in page(auditor, world["room"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"seed": "123"}, "Type at least 6 characters"),
        ({"seed": ""}, "Type a seed."),
        ({"count": "51"}, "Pick 1 to 50 rooms."),
        ({"count": "0"}, "Pick 1 to 50 rooms."),
        ({"count": "２"}, "Not a valid integer value."),
    ],
)
def test_a_pick_that_can_not_be_meant_is_refused_at_its_field(auditor, world, typed, said):
    token = csrf_of(auditor, world["pick"])

    answer = auditor.post(world["pick"], data={"csrf_token": token} | PICK | typed)

    assert answer.status_code == 200
    assert said in answer.get_data(as_text=True)
    assert rows_of(ROOM_PICKED) == []


def test_in_chinese_no_act_speaks_english(app, world):
    user = open_account(Role.AUDITOR, login="A4004", name="严审计", language="zh")
    browser = app.test_client()
    browser.set_cookie("sign-in", token_of(user))

    told = page(browser, world["candidate"])

    assert "提交了报考" in told
    assert "安排了座位" in told
    assert "Entry made" not in told

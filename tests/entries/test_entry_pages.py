"""The office sees who may sit and why not; a single entry is confirmed, withdrawn or barred."""

import pytest

from exam_centre.entries import jobs as room_jobs
from exam_centre.entries.models import Candidate
from exam_centre.entries.rules import EntryStatus
from exam_centre.entries.views import eligibility
from exam_centre.kernel import jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from tests.architecture import strangers
from tests.entries.people import Campus
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers


@pytest.fixture
def campus(app) -> Campus:
    return Campus(app)


def test_a_series_is_assessed_and_its_eligible_entries_are_confirmed(campus):
    fine = campus.entry(status=EntryStatus.REQUESTED)
    bad = campus.entry(status=EntryStatus.REQUESTED, paper=unready_paper(campus))
    address = f"/entries/series/{campus.series.code}"

    page = campus.act(campus.officer, f"{address}/assess").get_data(as_text=True)
    assert "2 entries are assessed." in page
    assert "The paper has no scheme. Headquarters has to set one." in page

    page = campus.act(campus.officer, f"{address}/confirm").get_data(as_text=True)
    assert "One entry is confirmed." in page
    assert campus.entry_of(fine).status is EntryStatus.CONFIRMED
    assert campus.entry_of(bad).status is EntryStatus.INELIGIBLE


def test_entries_are_filtered_by_the_reason_against_them_and_found_by_number(campus):
    campus.entry(own=True, status=EntryStatus.REQUESTED, paper=unready_paper(campus))
    other = campus.entry(status=EntryStatus.REQUESTED)
    address = f"/entries/series/{campus.series.code}"
    campus.act(campus.officer, f"{address}/assess")

    assert "王芳" in campus.read(campus.officer, f"{address}?status=ineligible&rule=scheme")
    assert "王芳" not in campus.read(campus.officer, f"{address}?status=ineligible&rule=consent")
    assert "王芳" in campus.read(campus.officer, f"{address}?q=26320")
    assert f"/entries/{other}" not in campus.read(campus.officer, f"{address}?q=26320")
    chinese = fixtures.open_account(Role.EXAM_OFFICER, login="Z1", name="严审", language="zh")
    assert "没有计分方案" in campus.read(chinese, f"{address}?status=ineligible")


def test_a_large_series_is_worked_through_part_by_part_by_the_runner(campus, monkeypatch):
    monkeypatch.setattr(eligibility, "FEW", 0)
    monkeypatch.setattr(room_jobs, "AT_ONCE", 2)
    tokens = [campus.entry(status=EntryStatus.REQUESTED) for _ in range(3)]
    address = f"/entries/series/{campus.series.code}"

    page = campus.act(campus.officer, f"{address}/assess").get_data(as_text=True)
    assert "Assessing entries" in page
    assert campus.entry_of(tokens[2]).status is EntryStatus.REQUESTED
    campus.act(campus.officer, f"{address}/assess")
    assert jobs.run_next()
    assert not jobs.run_next()
    assert {campus.entry_of(token).status for token in tokens} == {EntryStatus.ELIGIBLE}

    campus.act(campus.officer, f"{address}/confirm")
    assert jobs.run_next()
    assert {campus.entry_of(token).status for token in tokens} == {EntryStatus.CONFIRMED}


def test_one_entry_is_assessed_and_confirmed_at_once(campus):
    token = campus.entry(status=EntryStatus.REQUESTED)

    page = campus.act(campus.officer, f"/entries/{token}/assess").get_data(as_text=True)
    assert "The entry is eligible." in page
    page = campus.act(campus.officer, f"/entries/{token}/confirm").get_data(as_text=True)
    assert "The entry is confirmed." in page
    assert campus.act(campus.officer, f"/entries/{token}/confirm").status_code == 409


def test_a_worker_reads_what_to_do_about_their_own_entry_and_sees_nobody_elses(campus):
    own = campus.entry(own=True, status=EntryStatus.REQUESTED, paper=unready_paper(campus))
    foreign = campus.entry()
    campus.act(campus.officer, f"/entries/{own}/assess")

    page = campus.read(campus.worker, "/entries/mine")
    assert "Headquarters works on it; you need do nothing." in page
    assert "学习中心" not in page
    browser = campus.browser(campus.worker)
    assert browser.get(f"/entries/{own}").status_code == 200
    assert browser.get(f"/entries/{foreign}").status_code == 404
    assert browser.get("/entries/series").status_code == 403


def test_a_worker_agrees_to_the_use_of_their_data_and_becomes_eligible(campus):
    token = campus.entry(own=True, status=EntryStatus.REQUESTED)
    _take_consent(campus)
    campus.act(campus.officer, f"/entries/{token}/assess")
    assert campus.entry_of(token).status is EntryStatus.INELIGIBLE
    assert "Do you agree" in campus.read(campus.worker, "/entries/mine")

    campus.act(campus.worker, "/entries/candidates/2632000001/agree")
    campus.act(campus.officer, f"/entries/{token}/assess")

    assert campus.entry_of(token).status is EntryStatus.ELIGIBLE
    assert "Do you agree" not in campus.read(campus.worker, "/entries/mine")


def test_nobody_agrees_in_another_persons_name(campus):
    _take_consent(campus)

    answer = campus.act(campus.officer, "/entries/candidates/2632000001/agree")

    assert answer.status_code == 404
    assert "Do you agree" in campus.read(campus.worker, "/entries/mine")


def test_a_bar_needs_a_reason_is_listed_with_it_and_is_lifted_with_one(campus):
    token = campus.entry()

    page = campus.act(campus.officer, f"/entries/{token}/bar", reason=" ").get_data(as_text=True)
    assert "Say why" in page
    assert campus.entry_of(token).status is EntryStatus.CONFIRMED

    campus.act(campus.officer, f"/entries/{token}/bar", reason="替考，处理决定 14 号")
    assert campus.entry_of(token).status is EntryStatus.BARRED
    page = campus.read(campus.officer, f"/entries/series/{campus.series.code}?status=barred")
    assert "替考，处理决定 14 号" in page

    campus.act(campus.officer, f"/entries/{token}/lift", reason="申诉成立")
    assert campus.entry_of(token).status is EntryStatus.CONFIRMED
    assert campus.act(campus.liaison, f"/entries/{token}/bar", reason="x").status_code == 403


def test_a_worker_withdraws_their_own_entry_and_it_says_why(campus):
    token = campus.entry(own=True)

    page = campus.act(campus.worker, f"/entries/{token}/withdraw", reason="岗位调动")

    assert "The entry is withdrawn." in page.get_data(as_text=True)
    assert campus.entry_of(token).status is EntryStatus.WITHDRAWN
    assert "岗位调动" in campus.read(campus.officer, f"/entries/{token}")


def test_an_office_of_another_province_finds_no_entry_and_no_act(campus):
    token = campus.entry(status=EntryStatus.REQUESTED)
    stranger = campus.stranger()

    assert campus.browser(stranger).get(f"/entries/{token}").status_code == 404
    for act in ("assess", "confirm", "withdraw", "bar"):
        assert campus.act(stranger, f"/entries/{token}/{act}", reason="x").status_code == 404
    assert campus.entry_of(token).status is EntryStatus.REQUESTED


def unready_paper(campus):
    """Make a paper that lacks its scheme."""
    with unit_of_work() as session:
        paper = campus.building(session).paper(scheme=False)
        session.flush()
        session.refresh(paper)
        session.expunge(paper)
        return paper


def _take_consent(campus):
    with unit_of_work() as session:
        session.get_one(Candidate, campus.own.id).consented_on = None

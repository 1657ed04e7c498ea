"""The pages of results: what they show, to whom, and that three people release a batch."""

import pytest
from sqlalchemy import select

from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.jobs import Job, JobStatus
from exam_centre.kernel.permissions import Role
from exam_centre.results.models import Correction, ReleaseBatch, ReviewSample
from exam_centre.results.rules import BatchStatus, CorrectionStatus, OutcomeStatus
from tests.results.desk import Desk, post, run_jobs
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app


@pytest.fixture
def desk(app) -> Desk:
    return Desk(app)


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


def the_batch() -> ReleaseBatch:
    with unit_of_work() as session:
        return session.scalars(select(ReleaseBatch).order_by(ReleaseBatch.id.desc())).first()


def the_correction() -> Correction:
    with unit_of_work() as session:
        return session.scalars(select(Correction)).one()


def test_a_series_shows_its_law_its_counts_and_how_the_scores_fall(desk):
    desk.outcome(final=61)
    desk.outcome("李强", final=20)

    page = text_of(desk.browser(Role.EXAM_OFFICER).get(f"/results/series/{desk.series_code}"))

    assert "In balance" in page
    assert "Prepare the release of 2 outcomes" in page
    assert page.count('class="passed"') == 1
    assert page.count('class="failed"') == 1


def test_a_list_is_narrowed_by_status_and_words(desk):
    desk.outcome("王芳")
    desk.released("李强")
    officer = desk.browser(Role.EXAM_OFFICER)
    address = f"/results/series/{desk.series_code}/outcomes"

    by_status = text_of(officer.get(f"{address}?status=released"))
    by_words = text_of(officer.get(f"{address}?q=王芳"))
    nonsense = officer.get(f"{address}?status=x&verdict=y&page=-3")

    assert "李强" in by_status
    assert "王芳" not in by_status
    assert "王芳" in by_words
    assert "李强" not in by_words
    assert nonsense.status_code == 200


@pytest.mark.parametrize("path", ["", "/outcomes", "/holds", "/reviews", "/batches"])
def test_a_series_of_another_branch_shows_none_of_its_people(desk, path):
    outcome = desk.outcome("王芳")
    stranger = desk.browser(Role.EXAM_OFFICER, elsewhere=True)

    answer = stranger.get(f"/results/series/{desk.series_code}{path}")

    assert answer.status_code in (200, 404)
    assert "王芳" not in text_of(answer)
    assert stranger.get(f"/results/outcomes/{outcome.token}").status_code == 404


@pytest.mark.parametrize("role", [Role.MARKER, Role.BANK_OPERATOR, Role.DOOR_STAFF])
def test_other_roles_are_kept_out(desk, role):
    outcome = desk.released()
    browser = desk.browser(role)

    for address in ("/results/", "/results/corrections", f"/results/outcomes/{outcome.token}"):
        assert browser.get(address).status_code == 403


def test_the_series_is_computed_by_one_job_however_often_it_is_asked_for(desk):
    desk.outcome()
    officer = desk.browser(Role.EXAM_OFFICER)
    page = f"/results/series/{desk.series_code}"

    post(officer, f"{page}/compute", page)
    running = text_of(officer.get(page))
    post(officer, f"{page}/compute", page)

    assert "Computing the outcomes" in running
    assert run_jobs() == 1
    with unit_of_work() as session:
        assert session.scalars(select(Job)).one().status is JobStatus.DONE


def test_three_people_release_a_batch_and_its_stamp_names_them(desk):
    outcome = desk.outcome()
    officer, approver = desk.browser(Role.EXAM_OFFICER), desk.browser(Role.APPROVER)
    releaser = desk.browser(Role.RELEASE_OFFICER)
    page = f"/results/series/{desk.series_code}/batches"

    assert post(officer, page, page).status_code == 303
    batch = f"/results/batches/{the_batch().token}"
    assert post(approver, f"{batch}/approve", batch).status_code == 303
    assert post(releaser, f"{batch}/release", batch).status_code == 303

    assert desk.fresh(outcome).status is OutcomeStatus.RELEASED
    shown = text_of(officer.get(batch))
    assert "stamp" in shown
    assert the_batch().content_sha256 in shown


def test_one_person_in_two_steps_is_told_so_before_and_after_trying(desk):
    outcome = desk.outcome()
    both = desk.browser(Role.EXAM_OFFICER, Role.APPROVER)
    page = f"/results/series/{desk.series_code}/batches"
    post(both, page, page)
    batch = f"/results/batches/{the_batch().token}"

    shown = text_of(both.get(batch))
    answer = post(both, f"{batch}/approve", batch)

    assert "You took an earlier step of this batch" in shown
    assert f"{batch}/approve" not in shown
    assert answer.status_code == 409
    assert "Someone else must do this one" in text_of(answer)
    assert desk.fresh(outcome).status is OutcomeStatus.COMPUTED


def test_a_held_outcome_keeps_the_batch_back_and_says_why(desk):
    outcome = desk.outcome("王芳")
    with desk.making() as make:
        make.save(ReviewSample(outcome_id=outcome.id, tier="centre", seed="s"))
    officer = desk.browser(Role.EXAM_OFFICER)
    page = f"/results/series/{desk.series_code}/batches"

    answer = post(officer, page, page)

    assert answer.status_code == 409
    assert "Drawn for review and not read yet." in text_of(answer)
    assert the_batch() is None
    assert "王芳" in text_of(officer.get(f"/results/series/{desk.series_code}/holds"))


def test_a_batch_under_embargo_waits_for_its_moment(desk):
    outcome = desk.outcome()
    people = [desk.browser(r) for r in (Role.EXAM_OFFICER, Role.APPROVER, Role.RELEASE_OFFICER)]
    page = f"/results/series/{desk.series_code}/batches"
    post(people[0], page, page, embargo_until="2099-01-01T08:00")
    batch = f"/results/batches/{the_batch().token}"
    post(people[1], f"{batch}/approve", batch)

    answer = post(people[2], f"{batch}/release", batch)

    assert answer.status_code == 409
    assert "Under embargo until 2099-01-01 00:00" in text_of(answer)
    assert desk.fresh(outcome).status is OutcomeStatus.APPROVED


def test_a_batch_is_discarded_only_with_a_reason(desk):
    desk.outcome()
    officer = desk.browser(Role.EXAM_OFFICER)
    page = f"/results/series/{desk.series_code}/batches"
    post(officer, page, page)
    batch = f"/results/batches/{the_batch().token}"

    refused = post(officer, f"{batch}/discard", f"{batch}/discard")
    post(officer, f"{batch}/discard", f"{batch}/discard", reason="one more is coming")

    assert "Say why" in text_of(refused)
    assert the_batch().status is BatchStatus.DISCARDED


def test_an_outcome_opens_into_the_steps_of_its_sum(desk):
    outcome = desk.released(final=61)

    page = text_of(desk.browser(Role.EXAM_OFFICER).get(f"/results/outcomes/{outcome.token}"))
    chinese = text_of(desk.owner(outcome, "zh").get(f"/results/outcomes/{outcome.token}"))

    for words in ("Formative part 80 x 30 %", "Final part 61 x 70 %", "42.7", "66.7", "67"):
        assert words in page
    assert "形考 80 × 30%" in chinese


def test_a_worker_sees_their_own_released_outcome_and_no_other(desk):
    mine, other, early = desk.released(), desk.released("李强"), desk.outcome("张伟")

    browser = desk.owner(mine)

    assert browser.get(f"/results/outcomes/{mine.token}").status_code == 200
    assert browser.get(f"/results/outcomes/{other.token}").status_code == 404
    assert desk.owner(early).get(f"/results/outcomes/{early.token}").status_code == 404


def test_a_worker_appeals_once_and_is_told_the_second_time(desk):
    outcome = desk.released()
    worker = desk.owner(outcome, "zh")
    address = f"/results/outcomes/{outcome.token}/appeal"

    first = post(worker, address, address, reason="第三页没有计分")
    second = post(worker, address, address, reason="再看一次")

    assert first.status_code == 303
    assert the_correction().is_appeal
    assert 'class="error"' in text_of(second)


def test_a_correction_goes_from_one_person_to_another_and_becomes_a_version(desk):
    outcome = desk.released(final=61)
    asker, decider = desk.browser(Role.EXAM_OFFICER), desk.browser(Role.APPROVER)
    address = f"/results/outcomes/{outcome.token}/correct"

    fields = {"reason": "a page was missed", "evidence": "page 3"}
    refused = post(asker, address, address, final_score="85.", **fields)
    post(asker, address, address, final_score="75", **fields)
    correction = f"/results/corrections/{the_correction().token}"
    own = post(asker, f"{correction}/decide", correction, decision="approve")

    assert 'id="final_score-error"' in text_of(refused)
    assert own.status_code == 409
    assert the_correction().status is CorrectionStatus.FILED
    found = text_of(decider.get(correction))
    assert "75" in found
    assert "a page was missed" in found


@pytest.mark.parametrize("percent", ["", "abc", "101", "１０"])
def test_a_sample_needs_a_percentage(desk, percent):
    desk.outcome()
    officer = desk.browser(Role.EXAM_OFFICER)
    address = f"/results/series/{desk.series_code}/reviews"

    answer = post(officer, address, address, tier="centre", percent=percent, seed="7")

    assert 'id="percent-error"' in text_of(answer)


def test_a_drawn_outcome_is_read_by_an_approver(desk):
    outcome = desk.outcome()
    officer, approver = desk.browser(Role.EXAM_OFFICER), desk.browser(Role.APPROVER)
    address = f"/results/series/{desk.series_code}/reviews"
    post(officer, address, address, tier="branch", percent="100", seed="7")
    review = f"/results/outcomes/{outcome.token}/review/branch"

    kept = post(approver, review, review, agrees="yes")

    assert kept.status_code == 303
    assert approver.get(f"/results/outcomes/{outcome.token}/review/centre").status_code == 404
    with unit_of_work() as session:
        assert session.scalars(select(ReviewSample)).one().agrees is True

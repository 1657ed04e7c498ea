"""What people ask for stands on pages until somebody else decides it."""

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Notice
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries.models import AccessArrangement, Deferral
from exam_centre.entries.rules import EntryStatus, RequestStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.timetable.models import Unplaced
from exam_centre.timetable.rules import UnplacedReason
from tests.architecture import strangers
from tests.entries.people import Campus
from tests.factories.times import MINUTE
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers

ASK = "/entries/requests/deferrals/ask"
DEFERRALS = "/entries/requests/deferrals"
OWN_ACCESS = "/entries/candidates/2632000001/access"


@pytest.fixture
def campus(app) -> Campus:
    return Campus(app)


def asked(kind):
    """Return the newest request of a kind."""
    with reading() as session:
        row = session.scalars(select(kind).order_by(kind.id.desc())).first()
        session.expunge_all()
        return row


def ask_access(campus, user=None, **fields):
    wanted = {
        "series": campus.series.code,
        "kind": "extra_time",
        "extra_percent": "25",
        "evidence": "医院证明，9 月 3 日",
    }
    return campus.act(user or campus.worker, OWN_ACCESS, **wanted | fields).get_data(as_text=True)


def test_a_worker_asks_for_more_time_and_the_office_reads_what_it_changes(campus):
    campus.entry(own=True)

    page = ask_access(campus)
    assert "waits for a decision" in page
    address = f"/entries/requests/access/{asked(AccessArrangement).token}"
    assert "王芳" in campus.read(campus.officer, "/entries/requests")
    page = campus.read(campus.officer, address)
    assert "90 min" in page
    assert "112.5 min" in page

    page = campus.act(campus.officer, address, decision="approve").get_data(as_text=True)
    assert "The arrangement is approved." in page
    assert asked(AccessArrangement).status is RequestStatus.APPROVED
    assert "is approved; the plan keeps to it." in campus.read(campus.worker, "/me/notices")


def test_a_request_that_can_not_be_decided_is_refused_at_its_field(campus):
    assert "Extra time is more than 0 and up to 100 percent" in ask_access(campus, extra_percent="")
    assert "half-width digits" in ask_access(campus, extra_percent="２５")
    assert "Name the document that proves it." in ask_access(campus, evidence=" ")
    assert asked(AccessArrangement) is None

    ask_access(campus)
    assert "This was asked for already." in ask_access(campus)


def test_after_the_deadline_nothing_is_asked_for(campus):
    with unit_of_work() as session:
        past = clock.now() - MINUTE
        campus.building(session).deadline(campus.series, DeadlineKind.ACCESS, at=past)

    assert "The deadline for access arrangements was" in ask_access(campus)
    assert asked(AccessArrangement) is None


def test_who_asked_does_not_decide_and_a_refusal_says_why(campus):
    ask_access(campus, campus.officer)
    address = f"/entries/requests/access/{asked(AccessArrangement).token}"

    assert "You asked for this. Someone else decides." in campus.read(campus.officer, address)
    campus.act(campus.officer, address, decision="approve")
    assert asked(AccessArrangement).status is RequestStatus.REQUESTED

    page = campus.act(campus.colleague, address, decision="refuse").get_data(as_text=True)
    assert "error-summary" in page
    campus.act(campus.colleague, address, decision="refuse", reason="证明过期")
    assert asked(AccessArrangement).status is RequestStatus.REFUSED
    assert "证明过期" in campus.read(campus.worker, address)
    assert campus.act(campus.colleague, address, decision="approve").status_code == 409


def test_an_arrangement_is_given_up_by_its_candidate(campus):
    ask_access(campus)
    address = f"/entries/requests/access/{asked(AccessArrangement).token}"

    campus.act(campus.worker, f"{address}/withdraw", reason="已康复")

    assert asked(AccessArrangement).status is RequestStatus.WITHDRAWN
    assert campus.browser(campus.stranger()).get(address).status_code == 404


def test_a_worker_asks_to_sit_later_and_another_person_approves(campus):
    token = campus.entry(own=True)

    page = campus.act(campus.worker, ASK, entry=token, reason="夜班").get_data(as_text=True)
    assert "Somebody asked to defer it." in page
    campus.act(campus.officer, DEFERRALS, deferral=asked(Deferral).token, decision="approve")

    assert campus.entry_of(token).status is EntryStatus.DEFERRED
    assert "is deferred: you do not sit it" in campus.read(campus.worker, "/me/notices")


def test_an_entry_that_found_no_seat_is_deferred_from_the_plans_own_page(campus):
    with unit_of_work() as session:
        make = campus.building(session)
        plan = make.plan(campus.series)
        waiting = make.entry()
        reason = {"reason": UnplacedReason.NO_SEAT, "text": "Open another room.", "facts": {}}
        make.save(Unplaced(plan_id=plan.id, entry_id=waiting.id, **reason))
        token, address = waiting.token, f"/timetable/plans/{plan.token}/unplaced"

    page = campus.read(campus.officer, address)
    assert "results of the series can not be released while one is left" in page
    assert f'value="{token}"' in page
    campus.act(campus.officer, ASK, entry=token, reason="座位不足")
    page = campus.read(campus.officer, address)
    assert "deferral asked for, waits for a decision" in page
    assert f'value="{token}"' not in page
    campus.act(campus.colleague, DEFERRALS, deferral=_tokens(), decision="approve")

    assert "needs a place" not in campus.read(campus.officer, address)
    assert campus.entry_of(token).status is EntryStatus.DEFERRED


def test_many_entries_are_asked_for_at_once_and_another_person_approves_several(campus):
    tokens = [campus.entry() for _ in range(3)]
    withdrawn = campus.entry(status=EntryStatus.WITHDRAWN)

    chosen = "&".join(f"entry={token}" for token in [*tokens, withdrawn])
    page = campus.read(campus.officer, f"{ASK}?{chosen}")
    assert "Ask for 3 entries" in page
    assert "withdrawn" in page
    campus.act(campus.officer, ASK, entry=[*tokens, withdrawn], reason="座位不足")
    assert len(_tokens()) == 3

    everything = _tokens()
    page = campus.act(campus.officer, DEFERRALS, deferral=everything, decision="approve")
    assert campus.entry_of(tokens[0]).status is EntryStatus.CONFIRMED
    page = campus.act(campus.colleague, DEFERRALS, deferral=everything[:2], decision="approve")
    assert "2 entries are deferred." in page.get_data(as_text=True)
    assert [campus.entry_of(token).status for token in tokens] == [
        EntryStatus.DEFERRED,
        EntryStatus.DEFERRED,
        EntryStatus.CONFIRMED,
    ]


def test_a_deferral_is_refused_with_a_reason_or_not_at_all(campus):
    token = campus.entry(own=True)
    campus.act(campus.worker, ASK, entry=token, reason="夜班")
    request = asked(Deferral).token

    page = campus.act(campus.officer, DEFERRALS, deferral=request, decision="refuse")
    assert "error-summary" in page.get_data(as_text=True)
    assert campus.act(campus.liaison, DEFERRALS, deferral=request).status_code == 403
    campus.act(campus.officer, DEFERRALS, deferral=request, decision="refuse", reason="可调班")

    assert campus.entry_of(token).status is EntryStatus.CONFIRMED
    assert "可调班" in campus.read(campus.worker, "/me/notices")


def test_nobody_asks_or_decides_about_entries_of_another_province(campus):
    token = campus.entry(own=True)
    campus.act(campus.worker, ASK, entry=token, reason="夜班")
    stranger = campus.stranger()

    assert "No entry was chosen" in campus.read(stranger, f"{ASK}?entry={token}")
    page = campus.act(
        stranger, DEFERRALS, deferral=asked(Deferral).token, decision="approve"
    ).get_data(as_text=True)
    assert "Choose at least one request" not in page or "王芳" not in page
    assert campus.entry_of(token).status is EntryStatus.CONFIRMED


def test_a_letter_about_a_deferral_is_sent_once(campus):
    token = campus.entry(own=True)
    campus.act(campus.worker, ASK, entry=token, reason="夜班")
    request = asked(Deferral).token
    campus.act(campus.officer, DEFERRALS, deferral=request, decision="approve")

    again = campus.act(campus.officer, DEFERRALS, deferral=request, decision="approve")

    assert again.status_code == 409
    with reading() as session:
        wanted = select(func.count()).where(Notice.person_id == campus.worker.person_id)
        assert session.scalar(wanted.select_from(Notice)) == 1


def _tokens() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Deferral.token).order_by(Deferral.id)))

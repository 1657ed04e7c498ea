"""Incidents from a phone, resolved and reopened; offence cases step by step to the end."""

import pytest
from sqlalchemy import select

from exam_centre.conduct.models import CaseStep, Incident, OffenceCase
from exam_centre.conduct.rules import CaseStatus, IncidentKind, IncidentStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from tests.architecture import strangers
from tests.factories.times import EXAM_DAY, MINUTE, NINE
from tests.invigilation.staged import Hands, Member, stage
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
NEW = {"kind": "illness", "what": "考生头晕，送医务室。", "at": "09:12", "seat": ""}


@pytest.fixture
def staged(app, monkeypatch):
    monkeypatch.setattr(clock, "now", Hands(NINE + 20 * MINUTE).now)
    return stage()


@pytest.fixture
def invigilator(app, staged):
    return Member(app, staged.staff(Role.INVIGILATOR, "I1", "第一监考"))


@pytest.fixture
def chief(app, staged):
    return Member(app, staged.staff(Role.CHIEF, "C1", "主考"))


@pytest.fixture
def manager(app, staged):
    return Member(app, staged.staff(Role.VENUE_MANAGER, "V1", "考点负责人"))


def one(model):
    with reading() as session:
        return session.scalars(select(model)).one()


def in_room(staged):
    return f"/conduct/rooms/{staged.room_session.token}/incidents/new"


def test_an_incident_is_recorded_with_its_room_and_seat_known(staged, invigilator):
    seat = staged.placements[1]
    page = invigilator.get(f"{in_room(staged)}?seat=2").get_data(as_text=True)
    assert f'<option selected value="{seat.token}"' in page

    sent = invigilator.post(in_room(staged), **NEW | {"seat": seat.token})

    assert sent.status_code == 303
    row = one(Incident)
    assert (row.kind, row.placement_id) == (IncidentKind.ILLNESS, seat.id)
    assert row.happened_at == NINE + 12 * MINUTE
    assert row.facts == {"words": "考生头晕，送医务室。"}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": ""}, "kind-error"),
        ({"kind": "meteor"}, "kind-error"),
        ({"what": ""}, "what-error"),
        ({"at": "25:99"}, "at-error"),
        ({"seat": "x"}, "seat-error"),
    ],
)
def test_what_can_not_be_meant_is_told_at_its_field(staged, invigilator, wrong, error):
    page = invigilator.post(in_room(staged), **NEW | wrong)

    assert page.status_code == 200
    assert f'id="{error}"' in page.get_data(as_text=True)


def test_open_incidents_stand_first_and_are_found_by_their_words(staged, chief, invigilator):
    invigilator.post(in_room(staged), **NEW)
    invigilator.post(in_room(staged), **NEW | {"kind": "power", "what": "停电两分钟"})
    token = _token_of(1)
    chief.post(f"/conduct/incidents/{token}/resolve", resolution="已返回座位")

    listed = chief.get("/conduct/incidents").get_data(as_text=True)
    found = chief.get("/conduct/incidents?q=停电").get_data(as_text=True)

    assert listed.index("No. 2") < listed.index("No. 1")
    assert "No. 2" in found
    assert "No. 1 " not in found


def test_the_chief_resolves_and_reopens_and_an_invigilator_does_not(staged, chief, invigilator):
    invigilator.post(in_room(staged), **NEW)
    address = f"/conduct/incidents/{_token_of(1)}"

    assert invigilator.post(f"{address}/resolve", resolution="好了").status_code == 403
    assert chief.post(f"{address}/resolve", resolution="").status_code == 409
    assert chief.post(f"{address}/resolve", resolution="已处理").status_code == 303
    assert one(Incident).status is IncidentStatus.RESOLVED
    assert chief.post(f"{address}/reopen", reason="又发作").status_code == 303
    assert one(Incident).status is IncidentStatus.OPEN


def test_who_recorded_a_doubt_about_a_person_does_not_resolve_it(staged, chief):
    chief.post(in_room(staged), **NEW | {"kind": "identity_doubt"})

    page = chief.post(f"/conduct/incidents/{_token_of(1)}/resolve", resolution="是本人")

    assert "Someone else must do this one." in page.get_data(as_text=True)
    assert one(Incident).status is IncidentStatus.OPEN


def test_a_case_goes_from_the_room_to_a_decision_with_its_witness(
    app, staged, invigilator, chief, manager
):
    staged.staff(Role.INVIGILATOR, "I2", "第二监考")
    invigilator.post(in_room(staged), **NEW | {"kind": "offence"})
    opened = invigilator.post(
        f"/conduct/incidents/{_token_of(1)}/case",
        seat=staged.placements[0].token,
        offence="cheating",
        text="夹带纸条一张",
    )
    case = opened.headers["Location"]

    alone = invigilator.post(f"{case}/refused-to-sign", text="拒绝签字")
    assert 'id="second_login-error"' in alone.get_data(as_text=True)
    told = invigilator.post(
        f"{case}/refused-to-sign", text="拒绝签字", second_login="I2", second_password=PASSWORD
    )
    assert told.status_code == 303
    assert invigilator.post(f"{case}/steps/venue_signed", text="x").status_code == 403
    assert chief.post(f"{case}/steps/venue_signed", text="情况属实").status_code == 303
    assert manager.post(f"{case}/steps/under_review", text="已听取陈述").status_code == 303
    incomplete = manager.post(f"{case}/steps/decided", text="认定作弊").get_data(as_text=True)
    assert 'id="article-error"' in incomplete
    manager.post(f"{case}/steps/decided", text="认定作弊", article="第六条", sanction="成绩取消")

    assert one(OffenceCase).status is CaseStatus.DECIDED
    with reading() as session:
        steps = session.scalars(select(CaseStep).order_by(CaseStep.seq)).all()
        assert [s.reached.value for s in steps] == [
            "recorded",
            "told",
            "venue_signed",
            "under_review",
            "decided",
        ]
        assert steps[1].witness_id is not None
    page = manager.get(case).get_data(as_text=True)
    assert "第二监考" in page
    assert "第六条" in page
    assert manager.get(f"{case}/record.pdf").data.startswith(b"%PDF")
    assert manager.get(f"{case}/steps/told").status_code == 404


def test_what_happened_at_another_venue_is_nowhere(app, staged, invigilator):
    invigilator.post(in_room(staged), **NEW)
    stranger = Member(app, staged.staff(Role.CHIEF, "C9", elsewhere=True))
    clerk = Member(app, staged.staff(Role.MARKER, "M1"))

    for address in (f"/conduct/incidents/{_token_of(1)}", in_room(staged)):
        assert stranger.get(address).status_code == 404
        assert clerk.get(address).status_code == 403
    assert "No. 1" not in stranger.get("/conduct/incidents").get_data(as_text=True)


def test_the_incident_log_of_a_day_is_printed(staged, chief, invigilator):
    invigilator.post(in_room(staged), **NEW)

    log = chief.get(f"/conduct/venues/{staged.venue.token}/incident-log/{EXAM_DAY}.pdf")

    assert log.mimetype == "application/pdf"
    assert log.data.startswith(b"%PDF")


@pytest.mark.parametrize("address", ["/conduct/incidents/new", "/conduct/cases"])
def test_pages_without_anything_to_show_say_what_they_are_for(chief, address):
    assert chief.get(address).status_code == 200


def test_a_time_that_has_not_come_today_was_yesterday(staged, invigilator):
    invigilator.post(in_room(staged), **NEW | {"at": "23:50"})

    assert one(Incident).happened_at < NINE


def _token_of(number):
    with unit_of_work() as session:
        return session.scalars(select(Incident.token).where(Incident.number == number)).one()

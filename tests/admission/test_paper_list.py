"""A room's paper list is keyed back in with the checks and times of a scan, and overwrites none."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from exam_centre.admission import service
from exam_centre.admission.models import Attendance, PaperLine
from exam_centre.admission.rules import (
    AttendanceStatus,
    DoorStillOpen,
    Identity,
    NotCompared,
    PaperFact,
    PaperOutcome,
    PaperVerdict,
    ReasonMissing,
    RegisterClosed,
    TimeAhead,
    TimeMissing,
)
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentKind
from exam_centre.kernel import audit, clock
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.database import reading
from exam_centre.kernel.errors import Forbidden, NotFound, SamePerson
from exam_centre.kernel.permissions import Role
from tests.factories.times import HOUR, MINUTE, NINE
from tests.webkit.fixtures import PASSWORD

P, S, V = PaperOutcome, AttendanceStatus, PaperVerdict
MATCH, UNSURE, MISMATCH = Identity.MATCH, Identity.UNSURE, Identity.MISMATCH
EVENING = NINE + 8 * HOUR


@pytest.fixture
def day(session, make):
    """A room at nine: two people who run it, and a way to key lines in in the evening."""

    class Day:
        first, second = make.invigilator(), make.invigilator()
        placement = make.placement()

        def key(self, *facts, now=EVENING, second=None, first=None):
            return service.key_paper(
                session,
                first or self.first,
                self.placement.room_session_id,
                facts,
                second=second or self.second,
                now=now,
            )

        def came(self, at=NINE - 8 * MINUTE, identity=MATCH):
            return PaperFact(self.placement.id, P.PRESENT, at, identity)

        def absent(self):
            return PaperFact(self.placement.id, P.ABSENT)

        def refused(self, reason="no documents"):
            return PaperFact(self.placement.id, P.REFUSED, reason=reason)

        @property
        def row(self):
            return session.get_one(Attendance, self.placement.id)

        @property
        def incidents(self):
            return list(session.scalars(select(Incident).order_by(Incident.id)))

    return Day()


def scanned(session, make, day, at=NINE - 8 * MINUTE, identity=MATCH):
    """Let a device scan the person in."""
    staff, device = make.door_staff(), make.device()
    fact = make.fact(day.placement, at, identity=identity)
    service.record_scan(session, staff, device, fact, None, now=at)


def test_a_minute_on_paper_counts_as_a_scan_of_that_minute(day):
    [line] = day.key(day.came(NINE + 7 * MINUTE))

    assert line.verdict is V.RECORDED
    assert day.row.status is S.PRESENT
    assert day.row.admitted_at == NINE + 7 * MINUTE
    assert day.row.minutes_late == 7
    assert day.row.identity is MATCH
    assert day.row.admitted_by_scan is None
    assert day.incidents == []


def test_what_was_keyed_says_from_where_and_by_which_two(session, day):
    [line] = day.key(day.came())

    assert (line.keyed_by_id, line.confirmed_by_id) == (
        day.first.person_id,
        day.second.person_id,
    )
    acts = session.scalars(
        select(audit.AuditRow).where(audit.AuditRow.act == "admission.admitted_from_paper")
    ).all()
    assert [row.reason for row in acts] == [f"paper list (second person: {day.second.person_id})"]


@pytest.mark.parametrize("minutes", [-30, 30])
def test_both_ends_of_the_door_are_inside_on_paper_too(day, minutes):
    [line] = day.key(day.came(NINE + minutes * MINUTE))
    assert line.verdict is V.RECORDED


@pytest.mark.parametrize("minutes", [-31, 31])
def test_whoever_came_while_the_door_was_shut_is_a_conflict_and_not_present(day, minutes):
    [line] = day.key(day.came(NINE + minutes * MINUTE))

    assert line.verdict is V.CONFLICT
    assert day.row.status is S.EXPECTED
    [incident] = day.incidents
    assert line.incident_id == incident.id
    assert "when the door was not open" in incident.text
    assert incident.facts["opens"] != incident.facts["closed"]


def test_a_doubt_on_paper_seats_the_person_and_opens_an_incident(day):
    day.key(day.came(identity=UNSURE))

    assert day.row.status is S.PRESENT
    assert day.row.identity is UNSURE
    assert [each.kind for each in day.incidents] == [IncidentKind.IDENTITY_DOUBT]


def test_somebody_else_on_the_seat_is_admitted_by_no_list(day):
    [line] = day.key(day.came(identity=MISMATCH))

    assert line.verdict is V.CONFLICT
    assert day.row.status is S.EXPECTED
    assert [each.kind for each in day.incidents] == [IncidentKind.IDENTITY_DOUBT]


def test_an_absence_on_paper_is_said_by_the_two_who_sign(day):
    day.key(day.absent())

    assert day.row.status is S.ABSENT
    assert day.row.absent_noted_by_id == day.first.person_id
    assert day.row.absent_confirmed_by_id == day.second.person_id


def test_nobody_is_absent_on_paper_while_the_door_is_open(day):
    with pytest.raises(DoorStillOpen):
        day.key(day.absent(), now=NINE + 30 * MINUTE)


def test_a_refusal_on_paper_stands_with_its_reason(session, day):
    day.key(day.refused())

    assert day.row.status is S.REFUSED
    reasons = session.scalars(
        select(audit.AuditRow.reason).where(audit.AuditRow.act == "admission.refused")
    ).all()
    assert [reason.split(" (")[0] for reason in reasons] == ["no documents"]


def test_the_same_sheet_keyed_twice_changes_nothing(session, day):
    day.key(day.came(NINE + 31 * MINUTE))
    before = session.scalar(select(func.count(audit.AuditRow.id)))

    assert day.key(day.came(NINE + 31 * MINUTE), day.came(NINE + 31 * MINUTE)) == []

    assert session.scalar(select(func.count(audit.AuditRow.id))) == before
    assert len(day.incidents) == 1
    assert session.scalar(select(func.count(PaperLine.id))) == 1


def test_a_list_that_agrees_with_a_scan_leaves_the_scan_alone(session, make, day):
    scanned(session, make, day, NINE - 8 * MINUTE)
    scan = day.row.admitted_by_scan

    [line] = day.key(day.came(NINE - 3 * MINUTE))

    assert line.verdict is V.AGREES
    assert day.row.admitted_by_scan == scan
    assert day.row.admitted_at == NINE - 8 * MINUTE
    assert day.incidents == []


@pytest.mark.parametrize(
    ("outcome", "at", "identity", "kind"),
    [
        (P.PRESENT, NINE - 2 * MINUTE, MATCH, IncidentKind.OTHER),
        (P.PRESENT, NINE - 8 * MINUTE, UNSURE, IncidentKind.IDENTITY_DOUBT),
        (P.ABSENT, None, Identity.NOT_CHECKED, IncidentKind.OTHER),
        (P.REFUSED, None, Identity.NOT_CHECKED, IncidentKind.OTHER),
    ],
)
def test_a_list_that_differs_from_a_scan_becomes_an_incident_and_the_scan_stands(
    session, make, day, outcome, at, identity, kind
):
    scanned(session, make, day)

    [line] = day.key(PaperFact(day.placement.id, outcome, at, identity, "no documents"))

    assert line.verdict is V.CONFLICT
    assert line.register_said is S.PRESENT
    assert day.row.status is S.PRESENT
    assert day.row.identity is MATCH
    [incident] = day.incidents
    assert incident.kind is kind
    assert incident.placement_id == day.placement.id


def test_a_scan_that_arrives_after_the_list_is_judged_against_it(session, make, day):
    day.key(day.absent())

    scanned(session, make, day)

    assert day.row.status is S.ABSENT


def test_a_second_list_that_says_otherwise_is_a_conflict_with_the_first(day):
    day.key(day.came())
    [line] = day.key(day.absent())

    assert line.verdict is V.CONFLICT
    assert day.row.status is S.PRESENT


def test_an_unfinished_line_keeps_the_whole_sheet_out(session, make, day):
    bare = PaperFact(day.placement.id, P.PRESENT)
    uncompared = PaperFact(day.placement.id, P.PRESENT, NINE)
    for fact, refusal in (
        (bare, TimeMissing),
        (PaperFact(day.placement.id, P.ABSENT, NINE), TimeMissing),
        (uncompared, NotCompared),
        (day.refused(" "), ReasonMissing),
        (day.came(EVENING + MINUTE), TimeAhead),
        (PaperFact(make.placement(room=make.room()).id, P.ABSENT), NotFound),
    ):
        with pytest.raises(refusal):
            day.key(fact)
    assert session.scalar(select(func.count(PaperLine.id))) == 0


def test_one_person_or_somebody_from_outside_keys_nothing_in(make, day):
    with pytest.raises(SamePerson):
        day.key(day.came(), second=day.first)
    with pytest.raises(Forbidden):
        day.key(day.came(), second=make.door_staff())
    with pytest.raises(Forbidden):
        day.key(day.came(), first=make.actor(Role.EXAM_OFFICER))


def test_a_closed_register_takes_no_list(session, day):
    day.key(day.came())
    day.row.closed_at = EVENING
    session.flush()

    with pytest.raises(RegisterClosed):
        day.key(day.absent())
    assert day.key(day.came()) == []


def sheet(doors, guest, **fields):
    """Key one line in as a browser does; return the page that follows."""
    address = f"/admission/rooms/{doors.room}/paper"
    named = {
        f"{name}_{guest.token}": value for name, value in fields.items() if "second" not in name
    }
    signed = {"second_login": "second", "second_password": PASSWORD} | {
        name: value for name, value in fields.items() if "second" in name
    }
    answer = doors.send("door", address, **named, **signed)
    if answer.status_code == 303:
        answer = doors.browser("door").get(address)
    return answer.get_data(as_text=True)


def minute_ago():
    return at_venue(clock.now() - timedelta(minutes=1), "Asia/Shanghai").strftime("%H:%M")


def test_the_page_keys_a_seat_in_and_shows_what_it_did(doors):
    guest = doors.guests[0]
    assert f"/admission/rooms/{doors.room}/paper" in doors.browser("door").get(
        f"/admission/rooms/{doors.room}/register"
    ).get_data(as_text=True)

    page = sheet(doors, guest, says="present", at=minute_ago().replace(":", "："), identity="match")

    assert "One line was keyed in." in page
    assert "Now in the register" in page
    assert doors.status(guest) is S.PRESENT
    again = sheet(doors, guest, says="present", at=minute_ago(), identity="match")
    assert "keyed in" in again


def test_the_page_says_what_a_line_lacks_at_its_field(doors):
    guest = doors.guests[0]

    assert "Give the minute of entry, such as 08:52." in sheet(doors, guest, says="present", at="9")
    assert "Say what comparing gave." in sheet(doors, guest, says="present", at="08:52")
    assert "Only who came in has a minute of entry." in sheet(
        doors, guest, says="absent", at="08:52"
    )
    assert "No seat was keyed in." in sheet(doors, guest)
    assert "second" in sheet(doors, guest, says="absent", second_password="wrong")
    assert doors.status(guest) is S.EXPECTED


def test_a_difference_is_shown_on_the_page_with_its_incident(doors):
    guest = doors.guests[0]
    doors.admit(guest)

    page = sheet(doors, guest, says="refused", reason="no documents")

    assert "One line differs." in page
    assert "Differs: the register stands, an incident is open" in page
    with reading() as session:
        assert session.scalar(select(func.count(Incident.id))) == 1
    assert doors.status(guest) is S.PRESENT


def test_only_who_runs_the_room_opens_the_page(doors):
    address = f"/admission/rooms/{doors.room}/paper"

    assert doors.browser("chief").get(address).status_code == 200
    assert doors.browser("officer").get(address).status_code == 403
    assert doors.browser("stranger").get(address).status_code == 404

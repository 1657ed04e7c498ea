"""What each kind of file may say, and what comes of it."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Conflict, Person, StaffAbsence, StaffMember, User
from exam_centre.accounts.rules import Relation
from exam_centre.accounts.service import actor_of
from exam_centre.calendar.models import Period
from exam_centre.calendar.rules import SeriesStatus
from exam_centre.entries.rules import (
    ImportKind,
    RowsInTheWay,
)
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Shift
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.papers.queries import scheme_of
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.queries import layout_of, seats_of
from exam_centre.venues.rules import VenueStatus
from tests.entries.files import csv_of
from tests.factories.people import resident_number
from tests.factories.times import HOUR, NINE


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


# Organisation and calendar


def test_a_unit_stands_under_one_of_the_same_file_or_of_the_records(make, office):
    top = make.home(UnitLevel.NATIONAL)
    rows = [
        {"org_code": "32", "parent_code": top.code, "level": "provincial", "name": "江苏"},
        {"org_code": "32-01", "parent_code": "32", "level": "prefectural", "name": "南京"},
        {"org_code": "33-01", "parent_code": "33", "level": "prefectural", "name": "杭州"},
        {"org_code": "32-02", "parent_code": "32-01", "level": "provincial", "name": "?"},
        {"org_code": "34", "parent_code": "", "level": "provincial", "name": "安徽"},
    ]

    said = [office.says(row) for row in office.rows(office.preview(ImportKind.UNITS, csv_of(rows)))]

    assert said[:2] == ["new : ", "new : "]
    assert said[2].startswith("wrong parent_code: There is no unit 33 here")
    assert said[3].startswith("wrong parent_code: A unit of level provincial needs a parent")
    assert said[4].startswith("wrong parent_code: A unit of level provincial needs a parent")


def shift(office, **cells):
    facts = {
        "enterprise": office.make.home_enterprise().code,
        "team": "A",
        "date": "2026-12-16",
        "starts": "20:00",
        "ends": "08:00",
    }
    return facts | cells


def test_a_shift_that_ends_before_it_starts_ends_the_next_day(session, office):
    office.load(ImportKind.SHIFTS, csv_of([shift(office)]))

    night = session.scalars(select(Shift)).one()
    assert night.ends_at - night.starts_at == 12 * HOUR
    again = office.only_row(ImportKind.SHIFTS, csv_of([shift(office)]))
    assert office.says(again) == "same : "


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"starts": "07:00", "date": "2026-12-17", "ends": "12:00"}, "wrong starts: There is a"),
        ({"starts": "08:00", "date": "2026-12-17", "ends": "12:00"}, "new : "),
        ({"team": "B"}, "new : "),
        ({"team": ""}, "wrong team: A shift belongs to a team or to one worker"),
        ({"ends": "09:00"}, "changed : "),
        ({"starts": "24:00"}, "wrong starts: 24:00 is no time of day"),
    ],
)
def test_a_shift_beside_a_known_night_shift(office, cells, says):
    office.load(ImportKind.SHIFTS, csv_of([shift(office)]))

    row = office.only_row(ImportKind.SHIFTS, csv_of([shift(office, **cells)]))

    assert office.says(row).startswith(says)


def test_shifts_of_one_file_may_not_overlap_either(office):
    rows = [shift(office), shift(office, starts="23:00", ends="06:00"), shift(office, team="B")]

    said = [office.says(r) for r in office.rows(office.preview(ImportKind.SHIFTS, csv_of(rows)))]

    assert said[0] == said[2] == "new : "
    assert said[1].startswith("wrong starts: There is a shift from 2026-12-16 20:00 to")


def test_a_changed_shift_gets_its_end_back(session, office):
    office.load(ImportKind.SHIFTS, csv_of([shift(office)]))
    batch = office.load(ImportKind.SHIFTS, csv_of([shift(office, ends="09:30")]))
    night = session.scalars(select(Shift)).one()
    assert night.ends_at - night.starts_at == 13.5 * HOUR

    office.undo(batch)

    assert night.ends_at - night.starts_at == 12 * HOUR


def period(of, **cells):
    facts = {
        "series": of.code,
        "period": "P01",
        "date": "2026-12-12",
        "starts": "08:30",
        "ends": "10:00",
    }
    return facts | cells


def test_periods_keep_the_clock_of_their_series_and_start_once(session, make, office):
    series = make.home_series()
    rows = [period(series), period(series, period="P02"), period(series, series="2099")]
    first, second, third = office.rows(office.preview(ImportKind.PERIODS, csv_of(rows)))
    assert office.says(first).startswith("wrong starts: Rows 2, 3")
    assert office.says(second).startswith("wrong starts: Rows 2, 3")
    assert office.says(third).startswith("wrong series: There is no series 2099 here")

    batch = office.load(ImportKind.PERIODS, csv_of([period(series)]))

    found = session.scalars(select(Period)).one()
    assert found.starts_at == NINE - HOUR / 2
    office.undo(batch)
    assert count(session, Period) == 0


def test_a_closed_series_takes_no_periods(make, office):
    series = make.series(status=SeriesStatus.CLOSED)

    row = office.only_row(ImportKind.PERIODS, csv_of([period(series)]))

    assert office.says(row).startswith(f"wrong series: Series {series.code} is closed")


# Papers and courses


def paper_row(**cells):
    facts = {
        "paper_code": "1000",
        "name": "机械制图",
        "mode": "paper",
        "minutes": "60",
        "book_rule": "half-open",
        "formative_ratio": "50",
        "double_pass": "no",
        "pass_mark": "60",
        "precision": "0",
    }
    return facts | cells


def test_a_changed_scheme_is_its_next_version_and_undo_makes_one_more(session, office):
    office.load(ImportKind.PAPERS, csv_of([paper_row()]))
    paper = session.scalars(select(Paper)).one()

    batch = office.load(ImportKind.PAPERS, csv_of([paper_row(formative_ratio="40")]))
    assert (scheme_of(session, paper.id).version, scheme_of(session, paper.id).source) == (
        2,
        "file.csv",
    )
    office.undo(batch)

    newest = scheme_of(session, paper.id)
    assert (newest.version, newest.formative_percent) == (3, Decimal(50))
    assert count(session, Scheme) == 3


def test_a_new_paper_stays_because_its_scheme_is_final(office):
    batch = office.load(ImportKind.PAPERS, csv_of([paper_row()]))

    with pytest.raises(RowsInTheWay) as refused:
        office.undo(batch)

    assert str(refused.value.rows[2]) == "its scheme is final, so the paper stays"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"mode": "assignment", "minutes": "0"}, "new : "),
        ({"mode": "assignment", "minutes": ""}, "new : "),
        ({"mode": "assignment"}, "wrong minutes: A paper that is sat"),
        ({"minutes": "0"}, "wrong minutes: A paper that is sat"),
        ({"minutes": "６０"}, "wrong minutes: ６０ is no whole number"),
        ({"formative_ratio": "101"}, "wrong formative_ratio: The formative percent"),
        ({"double_pass": "maybe"}, "wrong double_pass: maybe is not known here"),
        ({"book_rule": "开卷"}, "new : "),
    ],
)
def test_a_paper_is_what_can_be_sat(office, cells, says):
    row = office.only_row(ImportKind.PAPERS, csv_of([paper_row(**cells)]))

    assert office.says(row).startswith(says)


def test_a_course_is_called_like_its_paper_and_keeps_it(session, make, office):
    paper, other = make.paper(code="2000", name="数控"), make.paper(code="2001")
    row = {
        "course_code": "C2000A", "paper_code": paper.code, "level": "diploma",
        "learning_area": "专业技能", "credits": "0.5",
    }  # fmt: skip
    office.load(ImportKind.COURSES, csv_of([row]))

    course = session.scalars(select(Course).where(Course.code == "C2000A")).one()
    moved = office.only_row(ImportKind.COURSES, csv_of([row | {"paper_code": other.code}]))
    worth = office.only_row(ImportKind.COURSES, csv_of([row | {"credits": "0.7"}]))

    assert (course.name, course.credits) == ("数控", Decimal("0.5"))
    assert course.learning_area == "specialised skills"
    assert office.says(moved).startswith("wrong paper_code: The course belongs to another paper")
    assert office.says(worth).startswith("wrong credits: Credits go from 0.5 to 100")


# Venues and rooms


def test_a_venue_on_the_list_is_recorded_as_approved_by_headquarters_alone(session, make, office):
    row = {
        "venue_code": "SIP-V1", "park_code": make.home_park().code, "name": "考点",
        "kind": "formal", "lat": "31.33657", "lon": "120.69307",
    }  # fmt: skip
    province = make.actor(Role.EXAM_OFFICER, unit=make.home(UnitLevel.PROVINCIAL))
    with pytest.raises(Forbidden):
        office.preview(ImportKind.VENUES, csv_of([row]), actor=province)

    batch = office.load(ImportKind.VENUES, csv_of([row]), name="list.csv")

    venue = session.scalars(select(Venue).where(Venue.code == "SIP-V1")).one()
    assert venue.status is VenueStatus.APPROVED
    act = session.scalars(
        select(AuditRow).where(AuditRow.act == "venues.recorded_as_approved")
    ).one()
    assert (act.reason, act.person_id) == ("list.csv", office.actor.person_id)
    office.undo(batch)
    assert session.scalar(select(Venue).where(Venue.code == "SIP-V1")) is None


def room_row(office, **cells):
    facts = {
        "venue_code": office.make.home_venue().code,
        "room_code": "101",
        "floor": "1",
        "type": "standard",
        "rows": "5",
        "cols": "5",
        "pattern": "S",
        "capacity": "24",
        "blocked": "3-5",
        "attributes": "wheelchair;left-handed",
        "door": "front-right",
    }
    return facts | cells


def room_of(session, code="101"):
    return session.scalars(select(Room).where(Room.code == code)).one()


def test_a_room_is_drawn_with_its_missing_and_special_desks(session, office):
    office.load(ImportKind.ROOMS, csv_of([room_row(office)]))

    seats = {(s.grid_row, s.grid_column): s for s in seats_of(session, room_of(session).id)}
    assert len(seats) == 24
    assert (3, 5) not in seats
    assert seats[1, 5].number == 1  # the door is in front on the right
    assert {desk for desk, seat in seats.items() if seat.wheelchair} == {
        (1, column) for column in range(1, 6)
    }
    assert {desk for desk, seat in seats.items() if seat.left_handed} == {
        (row, 1) for row in range(1, 6)
    }


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"capacity": "25"}, "wrong capacity: The drawing has 24 desks, the capacity is 25"),
        ({"blocked": "3/5"}, "wrong blocked: 3/5 is no desk"),
        ({"blocked": "6-5"}, "wrong blocked: There is no desk in row 6, column 5"),
        ({"rows": "0"}, "wrong rows: A room has 1 to 40 rows"),
        ({"attributes": "sofa"}, "wrong attributes: sofa is not known here"),
        ({"pattern": "Z"}, "wrong pattern: Z is not known here"),
        ({"attributes": "wheelchair:1-1"}, "new : "),
        ({"type": "机房", "door": "左前"}, "new : "),
    ],
)
def test_a_room_whose_drawing_contradicts_itself_is_wrong(office, cells, says):
    row = office.only_row(ImportKind.ROOMS, csv_of([room_row(office, **cells)]))

    assert office.says(row).startswith(says)


def test_a_room_drawn_anew_is_drawn_as_before_by_undo(session, office):
    office.load(ImportKind.ROOMS, csv_of([room_row(office)]))
    changed = room_row(office, blocked="", capacity="25", pattern="N")
    batch = office.load(ImportKind.ROOMS, csv_of([changed]))
    room = room_of(session)
    assert layout_of(session, room.id).version == 2

    office.undo(batch)

    assert layout_of(session, room.id).version == 3
    assert len(seats_of(session, room.id)) == 24
    again = office.only_row(ImportKind.ROOMS, csv_of([room_row(office)]))
    assert office.says(again) == "same : "


def test_new_rooms_are_taken_back_with_their_desks(session, office):
    batch = office.load(ImportKind.ROOMS, csv_of([room_row(office)]))

    office.undo(batch)

    assert count(session, Room) == 0


# Staff


def staff_row(office, n=1, **cells):
    facts = {
        "staff_no": f"S320000{n}",
        "name": "马刚欣",
        "id_no": resident_number(7001),
        "org_code": office.make.home().code,
        "roles": "invigilator;chief",
        "trained_until": "2027-06-30",
        "unavailable": "",
        "relatives": "",
    }
    return facts | cells


def test_one_human_under_two_staff_numbers_stays_one_human(session, office):
    rows = [staff_row(office, 1), staff_row(office, 2, roles="marker")]
    batch = office.load(ImportKind.STAFF, csv_of(rows))

    members = session.scalars(select(StaffMember)).all()
    assert len(members) == 2
    assert len({member.person_id for member in members}) == 1
    users = session.scalars(select(User).where(User.login.like("S320000%"))).all()
    roles = [{grant.role for grant in actor_of(session, user).grants} for user in users]
    assert roles == [{Role.INVIGILATOR, Role.CHIEF}, {Role.MARKER}]
    people = count(session, Person)
    office.undo(batch)
    assert count(session, Person) == people - 1
    assert count(session, StaffMember) == 0


def test_relatives_and_days_off_of_staff_are_kept(session, make, office):
    candidate = make.candidate()
    row = staff_row(
        office, unavailable="2026-12-16;2026-12-17", relatives=candidate.person_no,
        roles="checkin;coordinator",
    )  # fmt: skip

    batch = office.load(ImportKind.STAFF, csv_of([row]))

    member = session.scalars(select(StaffMember)).one()
    tie = session.scalars(select(Conflict)).one()
    assert {tie.person_id, tie.other_id} == {member.person_id, candidate.person_id}
    assert tie.relation is Relation.RELATIVE
    assert count(session, StaffAbsence) == 2
    user = session.scalars(select(User).where(User.login == "S3200001")).one()
    assert {g.role for g in actor_of(session, user).grants} == {
        Role.DOOR_STAFF,
        Role.EXAM_OFFICER,
    }
    again = office.only_row(ImportKind.STAFF, csv_of([row]))
    assert office.says(again) == "same : "
    office.undo(batch)
    assert count(session, Conflict) == count(session, StaffAbsence) == 0


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"relatives": "0099999999"}, "wrong relatives: There is no candidate 0099999999 here"),
        ({"roles": "king"}, "wrong roles: king is not known here"),
        ({"roles": ""}, "wrong roles: The cell is empty"),
        ({"name": "另一个"}, "wrong name: The records know this ID number under another name"),
        ({"trained_until": "2028-06-30"}, "changed : "),
        ({"roles": "invigilator;marker"}, "changed : "),
        ({"roles": "invigilator"}, "same : "),
    ],
)
def test_a_staff_row_beside_a_known_number(office, cells, says):
    office.load(ImportKind.STAFF, csv_of([staff_row(office)]))

    row = office.only_row(ImportKind.STAFF, csv_of([staff_row(office, **cells)]))

    assert office.says(row).startswith(says)


def test_a_changed_staff_member_is_described_as_before_by_undo(session, office):
    office.load(ImportKind.STAFF, csv_of([staff_row(office)]))
    changed = staff_row(office, trained_until="2028-06-30", roles="invigilator;chief;marker")
    batch = office.load(ImportKind.STAFF, csv_of([changed]))

    office.undo(batch)

    again = office.only_row(ImportKind.STAFF, csv_of([staff_row(office)]))
    more = office.only_row(ImportKind.STAFF, csv_of([changed]))
    assert (office.says(again), office.says(more)) == ("same : ", "changed : ")

"""People added one by one, and names put right."""

import pytest
from sqlalchemy import func, select

from exam_centre.accounts import service
from exam_centre.accounts.models import Employment, Notice, Person, StaffMember
from exam_centre.accounts.rules import (
    IdType,
    NameDiffers,
    ReasonMissing,
    WrongName,
    WrongPhone,
)
from exam_centre.accounts.service import Registration
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import ConflictOfInterest, Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import CodeTaken, UnitLevel
from tests.factories.people import resident_number
from tests.factories.times import NINE

NUMBER = resident_number(901)


def who(name: str = "孙新来", id_no: str = NUMBER, phone: str = "") -> Registration:
    return Registration(name, IdType.RESIDENT, id_no, phone)


def take_on(session, make, seal, registration=None, staff_no="S901", **of):
    return service.take_on_staff(
        session,
        of.get("actor") or make.actor(Role.ADMINISTRATOR),
        seal,
        registration or who(),
        of.get("unit") or make.home(),
        staff_no=staff_no,
        trained_until=None,
        subjects="",
        now=NINE,
    )


def test_somebody_new_is_registered_with_a_staff_number_in_one_act(session, make, seal):
    person = take_on(session, make, seal, who(phone="138 1234-5678"))

    assert person.phone == "13812345678"
    staff = session.scalars(select(StaffMember).where(StaffMember.person_id == person.id)).one()
    assert (staff.staff_no, staff.unit_id) == ("S901", make.home().id)


def test_the_same_document_is_the_same_human_and_keeps_the_phone_it_has(session, make, seal):
    first = take_on(session, make, seal, who(phone="13812345678"))

    again = take_on(session, make, seal, who(phone="13900000000"), staff_no="S902")

    assert again is first
    assert first.phone == "13812345678"
    numbers = select(func.count()).select_from(StaffMember).where(StaffMember.person_id == first.id)
    assert session.scalar(numbers) == 2


def test_what_contradicts_the_records_is_refused(session, make, seal):
    take_on(session, make, seal)

    with pytest.raises(NameDiffers):
        take_on(session, make, seal, who("另一个人"), staff_no="S903")
    with pytest.raises(CodeTaken):
        take_on(session, make, seal, who("周另外", resident_number(902)))
    with pytest.raises(WrongPhone):
        take_on(session, make, seal, who("吴话机", resident_number(903), "not a phone"))


def test_nobody_is_added_to_the_staff_of_a_unit_beyond_ones_reach(session, make, seal):
    local = make.actor(Role.ADMINISTRATOR, unit=make.home())

    with pytest.raises(Forbidden):
        take_on(session, make, seal, actor=local, unit=make.home(UnitLevel.PROVINCIAL))


def test_a_worker_is_registered_with_their_work_in_one_act(session, make, seal):
    person = service.take_on_worker(
        session,
        make.actor(Role.ADMINISTRATOR),
        seal,
        who(),
        make.home_enterprise(),
        work_no="W9",
        team="C",
        now=NINE,
    )

    work = session.scalars(select(Employment).where(Employment.person_id == person.id)).one()
    assert (work.work_no, work.team, work.until) == ("W9", "C", None)


def correct(session, make, person: Person, name: str, reason: str = "看过身份证", **of):
    actor = of.get("actor") or make.actor(Role.ADMINISTRATOR)
    service.correct_name(session, actor, person, name=name, reason=reason, now=NINE)


def test_a_corrected_name_is_kept_with_the_one_before_and_the_person_is_told(session, make):
    person = make.person("王小明")

    correct(session, make, person, "王晓明")

    row = session.scalars(select(AuditRow).where(AuditRow.act == "accounts.name_corrected")).one()
    assert row.changes["name"][1] == "王晓明"
    notice = session.scalars(select(Notice).where(Notice.person_id == person.id)).one()
    assert notice.facts["before"] == "王小明"


def test_a_name_is_not_corrected_without_a_reason_nor_to_no_name(session, make):
    person = make.person("王小明")

    with pytest.raises(ReasonMissing):
        correct(session, make, person, "王晓明", " ")
    with pytest.raises(WrongName):
        correct(session, make, person, " ")
    assert person.name == "王小明"


def test_nobody_corrects_their_own_name_or_that_of_a_relative(session, make):
    human, relative = make.person(), make.person()
    make.conflict(human, relative)
    administrator = make.actor(Role.ADMINISTRATOR, person=human)

    for person in (human, relative):
        with pytest.raises(ConflictOfInterest):
            correct(session, make, person, "新名字", actor=administrator)

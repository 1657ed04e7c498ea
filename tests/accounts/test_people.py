"""A person is the human of an ID document, whatever numbers and names they come with."""

from datetime import date

import pytest
from sqlalchemy import select

from exam_centre.accounts import queries, service
from exam_centre.accounts.models import Employment, Person
from exam_centre.accounts.rules import (
    IdType,
    NameDiffers,
    Relation,
    TieToOneself,
    WrongIdNumber,
    WrongName,
    is_same_name,
    read_id_number,
    read_name,
)
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import ConflictOfInterest, Forbidden, NotFound, SamePerson
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import CodeTaken
from tests.factories.people import resident_number
from tests.factories.times import DAY, HOUR, NINE

NUMBER = resident_number(4711)


def register(session, make, seal, actor=None, name="王小明", id_no=NUMBER, **facts):
    return service.register_person(
        session,
        actor or make.actor(Role.LIAISON),
        seal,
        name=name,
        id_type=facts.pop("id_type", IdType.RESIDENT),
        id_no=id_no,
        now=NINE,
        **facts,
    )


def test_one_document_is_one_human_however_it_was_typed(session, make, seal):
    with_x = next(n for n in map(resident_number, range(1000)) if n.endswith("X"))
    person = register(session, make, seal, id_no=with_x)

    assert register(session, make, seal, id_no=f" {with_x.lower()} ") is person
    assert person.id_tail == with_x[-4:]
    assert seal.open(person.id_sealed) == with_x


def test_a_document_that_comes_with_another_name_is_looked_at_by_a_person(session, make, seal):
    register(session, make, seal, name="王小明")

    with pytest.raises(NameDiffers) as refusal:
        register(session, make, seal, name="李小明")
    assert "王小明" not in str(refusal.value)  # who guesses a number does not learn the name


def test_who_registers_a_known_person_again_does_not_change_their_phone(session, make, seal):
    person = register(session, make, seal, phone="")

    assert register(session, make, seal, phone="13900000000") is person
    assert person.phone == ""


def test_the_same_digits_on_another_kind_of_document_are_another_human(session, make, seal):
    passport = register(session, make, seal, id_type=IdType.PASSPORT, id_no="E12345678")
    permit = register(session, make, seal, id_type=IdType.PERMIT, id_no="E12345678")

    assert passport.id != permit.id


def test_the_trail_does_not_say_an_id_number(session, make, seal):
    officer = make.actor(Role.EXAM_OFFICER)
    register(session, make, seal, officer)

    [row] = session.scalars(select(AuditRow).filter_by(act="accounts.person_registered"))
    assert NUMBER not in str(row.changes)
    assert row.changes["id_sealed"] == ["(kept private)", "(changed)"]


@pytest.mark.parametrize(
    "number",
    [
        "",
        NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2"),
        "3.20506E+17",
        NUMBER[:15],
        "３２０５０６１９８００１０５７１１０",
        NUMBER[:17],
    ],
)
def test_an_id_number_is_never_guessed(number):
    with pytest.raises(WrongIdNumber):
        read_id_number(IdType.RESIDENT, number)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("买买提·艾力", "买买提•艾力"),
        ("买买提·艾力", "买买提.艾力"),
        ("Li  Wei", "LI WEI"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_spellings_of_one_name_are_one_name(one, other):
    assert is_same_name(one, other)
    assert not is_same_name(one, other + "娜")


@pytest.mark.parametrize("name", ["", "  ", "王\n小明", "王\x00"])
def test_a_name_is_something_a_document_could_print(name):
    with pytest.raises(WrongName):
        read_name(name)


def test_a_candidate_registers_nobody(session, make, seal):
    with pytest.raises(Forbidden):
        register(session, make, seal, make.actor(Role.WORKER))


def test_new_work_ends_the_work_before(session, make):
    person, liaison = make.person(), make.actor(Role.LIAISON)
    old_place, new_place = make.home_enterprise(), make.enterprise()
    work = {"work_no": "W1", "team": "C"}
    old = service.employ(session, liaison, person, old_place, now=NINE - DAY, **work)
    again = service.employ(session, liaison, person, old_place, now=NINE, **work)
    # Half past midnight in China, still the day before in UTC.
    night = NINE + 15 * HOUR + HOUR / 2
    new = service.employ(session, liaison, person, new_place, now=night, **work)

    assert again is old
    assert (old.until, new.since) == (date(2026, 12, 13), date(2026, 12, 13))
    assert queries.current_employment(session, person.id) is new
    assert len(session.scalars(select(Employment)).all()) == 2


def test_the_same_human_under_a_second_staff_number_takes_no_second_step(session, make, seal):
    administrator = make.actor(Role.ADMINISTRATOR)
    one = register(session, make, seal)
    two = register(session, make, seal)
    for staff_no, person in (("S1", one), ("S2", two)):
        service.add_staff(session, administrator, person, make.home(), staff_no=staff_no, now=NINE)
    first = make.actor(Role.EXAM_OFFICER, person=one)
    second = make.actor(Role.EXAM_OFFICER, person=two)

    earlier = service.other_human(session, first, None)

    assert first.user_id != second.user_id
    with pytest.raises(SamePerson) as refusal:
        service.other_human(session, second, None, earlier)
    assert "王小明" in str(refusal.value)
    assert service.other_human(session, make.actor(Role.EXAM_OFFICER), earlier)


def test_two_people_never_share_a_staff_number(session, make):
    staff, administrator = make.staff(), make.actor(Role.ADMINISTRATOR)

    with pytest.raises(CodeTaken):
        service.add_staff(
            session, administrator, make.person(), make.home(), staff_no=staff.staff_no, now=NINE
        )


def test_a_declared_tie_binds_both_ways_round(session, make):
    one, other, third = make.person(), make.person(), make.person()
    service.declare_conflict(
        session, make.actor(person=one), other, one, Relation.LINE_MANAGER, now=NINE
    )

    service.ensure_no_tie(session, third.id, [one.id, other.id])
    for person, about in ((one, other), (other, one)):
        with pytest.raises(ConflictOfInterest) as refusal:
            service.ensure_no_tie(session, person.id, [third.id, about.id])
        assert "line manager" in str(refusal.value)


def test_people_of_one_current_team_are_tied_and_those_who_left_are_not(session, make):
    one, mate, alone, other_alone = (make.person() for _ in range(4))
    make.employment(one)
    makes_ties = make.employment(mate)
    make.employment(alone, team="")
    make.employment(other_alone, team="")
    elsewhere = make.employment(enterprise=make.enterprise())

    with pytest.raises(ConflictOfInterest):
        service.ensure_no_tie(session, one.id, [mate.id])
    service.ensure_no_tie(session, one.id, [elsewhere.person_id])
    service.ensure_no_tie(session, alone.id, [other_alone.id])
    makes_ties.until = date(2026, 1, 1)
    service.ensure_no_tie(session, one.id, [mate.id])


def test_nobody_decides_about_themselves(session, make):
    person = make.person()

    with pytest.raises(ConflictOfInterest):
        service.ensure_no_tie(session, person.id, [person.id])


def test_a_tie_is_declared_by_those_it_ties_or_who_keeps_accounts(session, make):
    one, other = make.person(), make.person()

    with pytest.raises(Forbidden):
        service.declare_conflict(
            session, make.actor(Role.EXAM_OFFICER), one, other, Relation.RELATIVE, now=NINE
        )
    declared = service.declare_conflict(
        session, make.actor(Role.ADMINISTRATOR), one, other, Relation.RELATIVE, now=NINE
    )
    again = service.declare_conflict(
        session, make.actor(person=other), other, one, Relation.RELATIVE, now=NINE
    )
    assert again is declared
    with pytest.raises(TieToOneself):
        service.declare_conflict(
            session, make.actor(person=one), one, one, Relation.RELATIVE, now=NINE
        )


def test_a_person_is_found_by_themselves_and_by_the_administrators_of_where_they_work(
    session, make
):
    person = make.employment(make.person()).person_id
    token = session.get_one(Person, person).token
    here = make.actor(Role.ADMINISTRATOR, unit=make.home())
    elsewhere = make.actor(Role.ADMINISTRATOR, unit=make.unit())

    assert queries.access_person(session, here, token).id == person
    with pytest.raises(NotFound):
        queries.access_person(session, elsewhere, token)

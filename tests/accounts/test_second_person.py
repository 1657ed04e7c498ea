"""A second person proves who they are beside the first, and is not signed in by it."""

import pytest
from sqlalchemy import func, select

from exam_centre.accounts import service
from exam_centre.accounts.models import SignIn
from exam_centre.accounts.rules import WrongSignIn
from exam_centre.accounts.service import PasswordCost
from exam_centre.kernel.errors import SamePerson
from exam_centre.kernel.permissions import Role
from tests.factories.times import NINE

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PASSWORD = "a long enough secret"


def open_user(session, make, login="S00017", person=None):
    return service.open_user(
        session,
        make.actor(Role.ADMINISTRATOR),
        person or make.person(),
        login=login,
        password=PASSWORD,
        now=NINE,
        cost=CHEAP,
    )


def prove(session, first, login="S00017", password=PASSWORD):
    return service.second_person(session, first, login=login, password=password, cost=CHEAP)


def test_the_second_person_acts_with_their_own_roles_and_opens_no_sign_in(session, make):
    user = open_user(session, make)
    service.grant_role(
        session, make.actor(Role.ADMINISTRATOR), user, Role.INVIGILATOR, make.home(), now=NINE
    )

    second = prove(session, make.invigilator())

    assert (second.person_id, second.user_id) == (user.person_id, user.id)
    assert [grant.role for grant in second.grants] == [Role.INVIGILATOR]
    assert session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_one_human_is_not_two_people_under_two_numbers(session, make):
    person = make.person()
    open_user(session, make, login="S00018", person=person)

    with pytest.raises(SamePerson):
        prove(session, make.invigilator(person=person), login="S00018")


@pytest.mark.parametrize(("login", "password"), [("S00017", "wrong password"), ("S9", PASSWORD)])
def test_a_wrong_password_and_an_unknown_number_sound_alike(session, make, login, password):
    open_user(session, make)

    with pytest.raises(WrongSignIn):
        prove(session, make.invigilator(), login, password)


def test_a_disabled_user_signs_nothing(session, make):
    user = open_user(session, make)
    service.disable_user(session, make.actor(Role.ADMINISTRATOR), user, now=NINE)

    with pytest.raises(WrongSignIn):
        prove(session, make.invigilator())

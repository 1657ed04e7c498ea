"""A new user's way in: a code on paper, right once, for one user and for a few days."""

import pytest
from sqlalchemy import select

from exam_centre.accounts import service
from exam_centre.accounts.models import Notice, User
from exam_centre.accounts.rules import (
    CODE_GUESSES,
    FIRST_CODE_LASTS,
    CodePurpose,
    OwnRole,
    UserKeptOut,
    WeakPassword,
)
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from tests.factories.times import MINUTE, NINE

CHEAP = service.PasswordCost(passes=1, memory_kib=8, lanes=1)
OWN = "a sentence of my own"


def hand_out(session, make, user: User, **of) -> str:
    actor = of.pop("actor", None) or make.actor(Role.ADMINISTRATOR)
    return service.hand_out_code(session, actor, user, now=NINE)


def use(session, user: User, code: str, at=NINE + MINUTE, password: str = OWN):
    return service.take_first_password(
        session, login=user.login, code=code, password=password, now=at, cost=CHEAP
    )


def test_the_code_opens_once_and_the_password_is_the_persons_own(session, make):
    user = make.user()
    code = hand_out(session, make, user)

    opened = use(session, user, code)

    assert opened is not None
    assert service.actor_of_token(session, opened[0], NINE + 2 * MINUTE)
    assert service.sign_in(session, login=user.login, password=OWN, now=NINE, cost=CHEAP)
    assert use(session, user, code, password="somebody else's words") is None


def test_the_code_of_one_user_opens_no_other_of_the_same_human(session, make):
    person = make.person()
    low, high = make.user(person), make.user(person)
    code = hand_out(session, make, low)

    assert use(session, high, code) is None
    assert use(session, low, code) is not None


def test_the_code_is_over_after_three_days_and_after_a_few_guesses(session, make):
    user, other = make.user(), make.user()
    code, second = hand_out(session, make, user), hand_out(session, make, other)

    assert use(session, user, code, at=NINE + FIRST_CODE_LASTS) is None
    wrong = f"{(int(second) + 1) % 10**10:010d}"
    assert [use(session, other, wrong) for _ in range(CODE_GUESSES)] == [None] * CODE_GUESSES
    assert use(session, other, second) is None


def test_a_new_code_takes_the_place_of_the_old_one(session, make):
    user = make.user()
    old, new = hand_out(session, make, user), hand_out(session, make, user)

    assert use(session, user, old) is None
    assert use(session, user, new) is not None


def test_a_weak_password_leaves_the_code_unused(session, make):
    user = make.user()
    code = hand_out(session, make, user)

    with pytest.raises(WeakPassword):
        use(session, user, code, password="short")
    assert use(session, user, code) is not None


def test_whoever_was_signed_in_is_out_once_the_new_password_stands(session, make):
    user = make.user()
    code = hand_out(session, make, user)
    stolen, _ = use(session, user, code)

    use(session, user, hand_out(session, make, user))

    assert service.actor_of_token(session, stolen, NINE + 2 * MINUTE) is None


def test_the_person_is_told_who_handed_it_out(session, make):
    user = make.user()
    administrator = make.actor(Role.ADMINISTRATOR, person=make.person("周管理"))
    hand_out(session, make, user, actor=administrator)

    notice = session.scalars(select(Notice).where(Notice.person_id == user.person_id)).one()
    assert (notice.facts["name"], notice.facts["login"]) == ("周管理", user.login)


def test_nobody_makes_a_way_into_their_own_user_or_one_beyond_their_reach(session, make):
    human = make.person()
    with pytest.raises(OwnRole):
        hand_out(
            session, make, make.user(human), actor=make.actor(Role.ADMINISTRATOR, person=human)
        )

    mighty = make.user()
    province = make.home(UnitLevel.PROVINCIAL)
    service.grant_role(
        session, make.actor(Role.ADMINISTRATOR), mighty, Role.APPROVER, province, now=NINE
    )
    local = make.actor(Role.ADMINISTRATOR, unit=make.home())
    with pytest.raises(Forbidden):
        hand_out(session, make, mighty, actor=local)
    with pytest.raises(Forbidden):
        hand_out(session, make, make.user(), actor=make.actor(Role.EXAM_OFFICER))


def test_who_is_kept_out_gets_no_code_and_a_code_from_before_opens_nothing(session, make):
    user = make.user()
    code = hand_out(session, make, user)
    service.disable_user(session, make.actor(Role.ADMINISTRATOR), user, now=NINE)

    with pytest.raises(UserKeptOut):
        hand_out(session, make, user)
    assert use(session, user, code) is None


def test_codes_on_paper_do_not_count_among_the_messages_of_an_hour(session, make):
    user = make.user(make.person(phone="13800000000"))
    for _ in range(6):
        hand_out(session, make, user)

    sent = service.send_code(session, login=user.login, purpose=CodePurpose.SIGN_IN, now=NINE)
    assert sent is not None

"""Signing in, staying in, and being out at the very next request."""

import pytest
from sqlalchemy import select

from exam_centre.accounts import service
from exam_centre.accounts.models import Message, OneTimeCode, SignIn
from exam_centre.accounts.rules import (
    CODE_GUESSES,
    CODE_LASTS,
    CODES_AN_HOUR,
    ROOM_IDLE,
    ROOM_ROLES,
    SIGN_IN_LASTS,
    STAFF_IDLE,
    CodePurpose,
    WeakPassword,
    WrongSignIn,
)
from exam_centre.accounts.service import PasswordCost
from exam_centre.accounts.service.passwords import is_outdated, is_right
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import CodeTaken
from tests.factories.times import HOUR, MINUTE, NINE

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
DEARER = PasswordCost(passes=2, memory_kib=8, lanes=1)
PASSWORD = "a long enough secret"


def open_user(session, make, role=Role.EXAM_OFFICER, login="S00017"):
    administrator = make.actor(Role.ADMINISTRATOR)
    user = service.open_user(
        session, administrator, make.person(), login=login, password=PASSWORD, now=NINE, cost=CHEAP
    )
    if role:
        service.grant_role(session, administrator, user, role, make.home(), now=NINE)
    return user


def sign_in(session, login="S00017", password=PASSWORD, cost=CHEAP):
    return service.sign_in(session, login=login, password=password, now=NINE, cost=cost)


def test_who_signs_in_acts_with_their_roles(session, make):
    user = open_user(session, make)

    token, signed_in = sign_in(session, login=" S00017 ")

    actor = service.actor_of_token(session, token, NINE + MINUTE)
    assert signed_in is user
    assert (actor.user_id, actor.person_id) == (user.id, user.person_id)
    assert [(g.role, g.unit_path) for g in actor.grants] == [(Role.EXAM_OFFICER, make.home().path)]
    assert actor.stream == f"unit:{make.home().id}"


def test_the_database_holds_no_token_that_signs_in(session, make):
    open_user(session, make)
    token, _ = sign_in(session)

    [row] = session.scalars(select(SignIn))
    assert token not in (row.token_hash, str(row.id))
    assert service.actor_of_token(session, row.token_hash, NINE) is None


@pytest.mark.parametrize(("login", "password"), [("S00017", "wrong secret"), ("S9", PASSWORD)])
def test_a_wrong_password_and_an_unknown_number_sound_the_same(session, make, login, password):
    open_user(session, make)

    with pytest.raises(WrongSignIn) as refusal:
        sign_in(session, login, password)
    assert str(refusal.value) == str(WrongSignIn())


def test_a_user_without_a_password_signs_in_with_none(session, make):
    user = make.user()

    for password in ("", "nobody's password"):
        with pytest.raises(WrongSignIn):
            sign_in(session, user.login, password)


def test_a_hash_made_more_cheaply_is_made_anew_at_the_next_sign_in(session, make):
    user = open_user(session, make)

    sign_in(session, cost=DEARER)

    assert not is_outdated(user.password_hash, DEARER)
    assert is_right(user.password_hash, PASSWORD, DEARER)


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_is_long_enough_and_not_endless(session, make, password):
    with pytest.raises(WeakPassword):
        service.open_user(
            session,
            make.actor(Role.ADMINISTRATOR),
            make.person(),
            login="S1",
            password=password,
            now=NINE,
            cost=CHEAP,
        )


def test_two_users_never_share_a_login(session, make):
    open_user(session, make)

    with pytest.raises(CodeTaken):
        open_user(session, make)


def test_who_signs_out_is_out_at_the_next_request(session, make):
    open_user(session, make)
    token, _ = sign_in(session)
    other, _ = sign_in(session)

    service.sign_out(session, token, NINE)

    assert service.actor_of_token(session, token, NINE) is None
    assert service.actor_of_token(session, other, NINE) is not None


def test_a_disabled_user_is_out_everywhere_at_once_and_stays_out(session, make):
    user, administrator = open_user(session, make), make.actor(Role.ADMINISTRATOR)
    tokens = [sign_in(session)[0] for _ in range(2)]

    service.disable_user(session, administrator, user, now=NINE)

    assert [service.actor_of_token(session, token, NINE) for token in tokens] == [None, None]
    with pytest.raises(WrongSignIn):
        sign_in(session)
    service.enable_user(session, administrator, user, now=NINE)
    assert service.actor_of_token(session, tokens[0], NINE) is None
    assert sign_in(session)


def test_staff_who_do_nothing_for_half_an_hour_are_out(session, make):
    open_user(session, make)
    token, _ = sign_in(session)

    assert service.actor_of_token(session, token, NINE + STAFF_IDLE - MINUTE)
    assert service.actor_of_token(session, token, NINE + 2 * STAFF_IDLE - 2 * MINUTE)
    assert service.actor_of_token(session, token, NINE + 3 * STAFF_IDLE - 2 * MINUTE) is None


@pytest.mark.parametrize("role", sorted(ROOM_ROLES))
def test_who_watches_a_paper_of_three_hours_is_still_in_at_its_end(session, make, role):
    open_user(session, make, role)
    token, _ = sign_in(session)

    assert service.actor_of_token(session, token, NINE + 3 * HOUR)
    assert service.actor_of_token(session, token, NINE + 3 * HOUR + ROOM_IDLE) is None


def test_one_role_in_an_office_brings_the_half_hour_back(session, make):
    user = open_user(session, make, Role.INVIGILATOR)
    administrator = make.actor(Role.ADMINISTRATOR)
    service.grant_role(session, administrator, user, Role.EXAM_OFFICER, make.home(), now=NINE)
    token, _ = sign_in(session)

    assert service.actor_of_token(session, token, NINE + STAFF_IDLE - MINUTE)
    assert service.actor_of_token(session, token, NINE + 2 * STAFF_IDLE) is None


def test_an_invigilator_is_out_after_twelve_hours_however_busy(session, make):
    open_user(session, make, Role.INVIGILATOR)
    token, _ = sign_in(session)

    for hour in range(1, 12):
        assert service.actor_of_token(session, token, NINE + hour * HOUR)
    assert service.actor_of_token(session, token, NINE + SIGN_IN_LASTS) is None


@pytest.mark.parametrize("role", [Role.WORKER, None])
def test_a_worker_may_pause_but_nobody_is_in_for_more_than_twelve_hours(session, make, role):
    open_user(session, make, role)
    token, _ = sign_in(session)

    assert service.actor_of_token(session, token, NINE + SIGN_IN_LASTS - MINUTE)
    assert service.actor_of_token(session, token, NINE + SIGN_IN_LASTS) is None


def test_twelve_busy_hours_end_too(session, make):
    open_user(session, make)
    token, _ = sign_in(session)

    for n in range(1, 48):
        assert service.actor_of_token(session, token, NINE + n * HOUR / 4)
    assert service.actor_of_token(session, token, NINE + 12 * HOUR) is None


def test_a_new_password_signs_every_browser_out(session, make):
    user = open_user(session, make)
    token, _ = sign_in(session)
    actor = service.actor_of_token(session, token, NINE)
    change = {"old": PASSWORD, "new": "another long secret", "now": NINE, "cost": CHEAP}

    with pytest.raises(WrongSignIn):
        service.change_password(session, make.actor(), user, **change)
    with pytest.raises(WrongSignIn):
        service.change_password(session, actor, user, **change | {"old": "wrong secret"})
    service.change_password(session, actor, user, **change)

    assert service.actor_of_token(session, token, NINE) is None
    assert sign_in(session, password="another long secret")


def send_code(session, user, now=NINE):
    return service.send_code(session, login=user.login, purpose=CodePurpose.SIGN_IN, now=now)


def use_code(session, user, code, now=NINE):
    return service.sign_in_with_code(session, login=user.login, code=code, now=now)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_goes_to_the_phone_and_opens_once(session, make):
    user = make.user()
    code = send_code(session, user)

    [message] = session.scalars(select(Message))
    [kept] = session.scalars(select(OneTimeCode))
    assert code in message.body
    assert code not in kept.code_hash
    token, signed_in = use_code(session, user, code)
    assert signed_in is user
    assert service.actor_of_token(session, token, NINE).person_id == user.person_id
    assert use_code(session, user, code) is None


def test_a_code_works_for_five_minutes(session, make):
    user = make.user()
    late, in_time = make.user(), NINE + CODE_LASTS - MINUTE

    assert use_code(session, late, send_code(session, late), NINE + CODE_LASTS) is None
    assert use_code(session, user, send_code(session, user), in_time) is not None


def test_after_five_wrong_guesses_the_right_code_does_not_open(session, make):
    user, lucky = make.user(), make.user()
    code, other = send_code(session, user), send_code(session, lucky)

    for _ in range(CODE_GUESSES):
        assert use_code(session, user, wrong(code)) is None
    for _ in range(CODE_GUESSES - 1):
        use_code(session, lucky, wrong(other))

    assert use_code(session, user, code) is None
    assert use_code(session, lucky, other) is not None


def test_a_new_code_ends_the_one_before(session, make):
    user = make.user()
    first, second = send_code(session, user), send_code(session, user)
    [old, new] = session.scalars(select(OneTimeCode).order_by(OneTimeCode.id))

    assert (old.used_at, new.used_at) == (NINE, None)
    assert first == second or use_code(session, user, first) is None
    assert use_code(session, user, second) is not None


def test_a_code_of_one_person_does_not_open_for_another(session, make):
    user, thief = make.user(), make.user()
    send_code(session, thief)

    assert use_code(session, thief, send_code(session, user)) is None


def test_no_code_goes_to_nobody_to_a_disabled_user_or_without_a_phone(session, make):
    gone, silent = make.user(), make.user(make.person(phone=""))
    service.disable_user(session, make.actor(Role.ADMINISTRATOR), gone, now=NINE)
    nobody = service.send_code(session, login="?", purpose=CodePurpose.SIGN_IN, now=NINE)

    assert [send_code(session, gone), send_code(session, silent), nobody] == [None] * 3
    assert len(session.scalars(select(Message)).all()) == 0


def test_a_phone_is_not_flooded_with_codes(session, make):
    user = make.user()
    sent = [send_code(session, user, NINE + n * MINUTE) for n in range(CODES_AN_HOUR + 1)]

    assert [code is None for code in sent] == [False] * CODES_AN_HOUR + [True]
    assert send_code(session, user, NINE + 61 * MINUTE) is not None

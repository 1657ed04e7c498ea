"""A new user's way in: a code on paper, typed once, for a password nobody else ever saw."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.models import User
from exam_centre.accounts.queries import find_user
from exam_centre.accounts.rules import (
    FIRST_CODE_DIGITS,
    FIRST_CODE_LASTS,
    CodePurpose,
    OwnRole,
    UserKeptOut,
    UserStatus,
)
from exam_centre.accounts.service.actors import actor_of
from exam_centre.accounts.service.codes import make_code, use_code
from exam_centre.accounts.service.notices import notify
from exam_centre.accounts.service.passwords import STANDARD, PasswordCost, hash_password
from exam_centre.accounts.service.sign_ins import begin, end_sign_ins
from exam_centre.accounts.service.users import require_over
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import say


def hand_out_code(session: Session, actor: Actor, user: User, *, now: datetime) -> str:
    """Return a code to hand over on paper, with which the user chooses a password of their own.

    For a new user, or one whose password is forgotten; the old password works until then. The
    person is told, in case they did not ask. A code opens the one user it was made for.
    Raises UserKeptOut, and OwnRole where one would make a way into one's own user.
    """
    require_over(session, actor, user)
    if actor.person_id == user.person_id:
        raise OwnRole
    if user.status is not UserStatus.ACTIVE:
        raise UserKeptOut(user.login)
    code = make_code(
        session,
        user.person_id,
        CodePurpose.FIRST_SIGN_IN,
        FIRST_CODE_DIGITS,
        now,
        now + FIRST_CODE_LASTS,
        bound_to=_bond(user),
    )
    audit.record(session, actor, "accounts.first_code_handed_out", user, now)
    notify(
        session,
        user.person_id,
        say(
            "{name} handed out a first code for the number {login}. "
            "Was it not for you? Go to your study centre at once.",
            name=actor.name,
            login=user.login,
        ),
        now,
        by_phone=True,
    )
    return code


def take_first_password(
    session: Session,
    *,
    login: str,
    code: str,
    password: str,
    now: datetime,
    cost: PasswordCost = STANDARD,
) -> tuple[str, User] | None:
    """Return (the token for the cookie, the user), or None where the code does not open.

    A wrong guess returns, it does not raise: it is counted, and the count must be committed.
    Raises WeakPassword, which leaves the code unused.
    """
    # Hashed before anybody is looked up: an unknown number takes as long as a known one.
    kept = hash_password(password, cost)
    user = find_user(session, login)
    if user is None or user.status is not UserStatus.ACTIVE:
        return None
    purpose = CodePurpose.FIRST_SIGN_IN
    if not use_code(session, user.person_id, purpose, code, now, bound_to=_bond(user)):
        return None
    user.password_hash = kept
    end_sign_ins(session, user, now)
    audit.record(session, actor_of(session, user), "accounts.first_password_taken", user, now)
    return begin(session, user, now), user


def _bond(user: User) -> str:
    """Return what keeps a code for one user from opening another one of the same human."""
    return f"{user.id}:"

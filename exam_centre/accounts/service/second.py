"""A second person at the same page: proven by their own number and password, not signed in."""

from sqlalchemy.orm import Session

from exam_centre.accounts.queries import find_user
from exam_centre.accounts.rules import UserStatus, WrongSignIn
from exam_centre.accounts.service.actors import actor_of
from exam_centre.accounts.service.passwords import STANDARD, PasswordCost, is_right
from exam_centre.accounts.service.ties import other_human
from exam_centre.kernel.permissions import Actor


def second_person(
    session: Session,
    first: Actor,
    *,
    login: str,
    password: str,
    cost: PasswordCost = STANDARD,
) -> Actor:
    """Return who signs beside `first`, proven as at a sign-in; no sign-in is opened.

    Only reads: prove the second person before the unit of work, so that no writer waits for the
    time a password takes. An unknown number takes as long as a wrong password, and sounds the same.
    Raises WrongSignIn; SamePerson where it is the same human, under whatever number.
    """
    user = find_user(session, login)
    fits = is_right(user.password_hash if user else "", password, cost)
    if user is None or not fits or user.status is not UserStatus.ACTIVE:
        raise WrongSignIn
    second = actor_of(session, user)
    other_human(session, second, first.person_id)
    return second

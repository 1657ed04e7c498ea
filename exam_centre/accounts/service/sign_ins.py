"""Signing in by password, staying signed in, signing out."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exam_centre.accounts.models import SignIn, User
from exam_centre.accounts.queries import find_user
from exam_centre.accounts.rules import (
    SEEN_STEP,
    SIGN_IN_LASTS,
    UserStatus,
    WrongSignIn,
    idle_time,
)
from exam_centre.accounts.service.actors import actor_of
from exam_centre.accounts.service.passwords import (
    STANDARD,
    PasswordCost,
    hash_password,
    is_outdated,
    is_right,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor

TOKEN_BYTES = 32  # 256 bits


def sign_in(
    session: Session,
    *,
    login: str,
    password: str,
    now: datetime,
    cost: PasswordCost = STANDARD,
) -> tuple[str, User]:
    """Return (the token for the cookie, the user); only the token's hash is kept here.

    An unknown number takes as long as a wrong password, and sounds the same.
    Raises WrongSignIn.
    """
    user = find_user(session, login)
    fits = is_right(user.password_hash if user else "", password, cost)
    if user is None or not fits or user.status is not UserStatus.ACTIVE:
        raise WrongSignIn
    if is_outdated(user.password_hash, cost):
        user.password_hash = hash_password(password, cost)
    return begin(session, user, now), user


def begin(session: Session, user: User, now: datetime) -> str:
    """Sign a user in whom the caller has proven, and return the token for the cookie."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = SignIn(token_hash=_hash(token), user_id=user.id, began_at=now, seen_at=now)
    session.add(row)
    audit.record(session, actor_of(session, user), "accounts.signed_in", row, now)
    return token


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End the sign-in of this token at once; an unknown or ended one is left as it is."""
    row = session.scalar(select(SignIn).where(SignIn.token_hash == _hash(token)))
    if row is not None and row.ended_at is None:
        row.ended_at = now
        user = session.get_one(User, row.user_id)
        audit.record(session, actor_of(session, user), "accounts.signed_out", row, now)


def actor_of_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Return who is signed in with this token, or None: unknown, ended, too old or idle.

    How long they may be idle hangs on their roles, by `idle_time`; nobody is signed in for longer
    than SIGN_IN_LASTS. Writes when they were seen, at most once in SEEN_STEP.
    """
    found = session.execute(
        select(SignIn, User)
        .join(User, User.id == SignIn.user_id)
        .where(
            SignIn.token_hash == _hash(token),
            SignIn.ended_at.is_(None),
            User.status == UserStatus.ACTIVE,
        )
    ).one_or_none()
    if found is None:
        return None
    row, user = found
    if now - row.began_at >= SIGN_IN_LASTS:
        return None
    actor = actor_of(session, user)
    if now - row.seen_at >= idle_time(grant.role for grant in actor.grants):
        return None
    if now - row.seen_at >= SEEN_STEP:
        row.seen_at = now
    return actor


def end_sign_ins(session: Session, user: User, now: datetime) -> None:
    """End whatever a user is signed in with."""
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def _hash(token: str) -> str:
    # A random token of 256 bits can not be guessed, so a plain digest keeps it safe.
    return hashlib.sha256(token.encode()).hexdigest()

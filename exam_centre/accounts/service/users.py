"""Users, what they may do, and where: opened, given roles, disabled, let in again."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, RoleGrant, User
from exam_centre.accounts.queries import grants_of
from exam_centre.accounts.rules import (
    Narrowing,
    OpensNothing,
    OwnRole,
    UserStatus,
    WrongSignIn,
    reach_of,
)
from exam_centre.accounts.service.passwords import STANDARD, PasswordCost, hash_password, is_right
from exam_centre.accounts.service.sign_ins import end_sign_ins
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place, Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.queries import place_of_unit
from exam_centre.organisation.rules import CodeTaken


def open_user(
    session: Session,
    actor: Actor,
    person: Person,
    *,
    login: str,
    password: str = "",
    now: datetime,
    cost: PasswordCost = STANDARD,
) -> User:
    """Let a human sign in as `login`, a staff or student number.

    password  "" for a user who signs in by one-time codes alone.
    Raises    CodeTaken, WeakPassword.
    """
    actor.require(Permission.RUN_ACCOUNTS)
    name = login.strip()
    if session.scalar(select(exists().where(User.login == name))):
        raise CodeTaken(name)
    kept = hash_password(password, cost) if password else ""
    user = User(person_id=person.id, login=name, password_hash=kept)
    session.add(user)
    audit.record(session, actor, "accounts.user_opened", user, now)
    return user


def change_password(
    session: Session,
    actor: Actor,
    user: User,
    *,
    old: str,
    new: str,
    now: datetime,
    cost: PasswordCost = STANDARD,
) -> None:
    """Give one's own user another password; every browser signs in again.

    Raises WrongSignIn where the user is not one's own or `old` is wrong, WeakPassword.
    """
    if not is_right(user.password_hash, old, cost) or user.person_id != actor.person_id:
        raise WrongSignIn
    user.password_hash = hash_password(new, cost)
    end_sign_ins(session, user, now)
    audit.record(session, actor, "accounts.password_changed", user, now)


def grant_role(
    session: Session,
    actor: Actor,
    user: User,
    role: Role,
    unit: Unit,
    *,
    venue_id: int = 0,
    series_id: int = 0,
    room_id: int = 0,
    now: datetime,
) -> RoleGrant:
    """Give a user a role within a unit, narrowed by ids other than 0; twice is once.

    Raises OwnRole where the human would be giving it to themselves, under whatever user, and
    OpensNothing where the narrowing leaves nothing of it.
    """
    place = Place(unit.path, venue_id or None, series_id or None, room_id or None)
    actor.require(Permission.RUN_ACCOUNTS, place)
    if actor.person_id == user.person_id:
        raise OwnRole
    scope = {"venue_id": venue_id, "series_id": series_id, "room_id": room_id}
    narrowed = [kind for kind in Narrowing if scope[f"{kind.value}_id"]]
    if not reach_of(role, narrowed).will:
        raise OpensNothing
    known = session.scalar(
        select(RoleGrant)
        .filter_by(user_id=user.id, role=role, unit_id=unit.id, **scope)
        .where(RoleGrant.revoked_at.is_(None))
    )
    if known is not None:
        return known
    grant = RoleGrant(
        user_id=user.id,
        person_id=user.person_id,
        role=role,
        unit_id=unit.id,
        granted_by_id=actor.person_id,
        granted_at=now,
        **scope,
    )
    session.add(grant)
    audit.record(session, actor, "accounts.role_granted", grant, now)
    return grant


def revoke_role(session: Session, actor: Actor, grant: RoleGrant, *, now: datetime) -> None:
    """Take a role away, from the user's very next request; twice is once. Raises OwnRole."""
    unit = place_of_unit(session, grant.unit_id)
    actor.require(
        Permission.RUN_ACCOUNTS,
        Place(
            unit.unit_path, grant.venue_id or None, grant.series_id or None, grant.room_id or None
        ),
    )
    if actor.person_id == grant.person_id:
        raise OwnRole
    if grant.revoked_at is None:
        grant.revoked_at = now
        audit.record(session, actor, "accounts.role_revoked", grant, now)


def disable_user(session: Session, actor: Actor, user: User, *, now: datetime) -> None:
    """Keep a user out: all their sign-ins end now. Raises IllegalMove where they are out."""
    require_over(session, actor, user)
    user.move_to(UserStatus.DISABLED)
    end_sign_ins(session, user, now)
    audit.record(session, actor, "accounts.user_disabled", user, now)


def enable_user(session: Session, actor: Actor, user: User, *, now: datetime) -> None:
    """Let a disabled user sign in again, with the roles they had. Raises IllegalMove."""
    require_over(session, actor, user)
    user.move_to(UserStatus.ACTIVE)
    audit.record(session, actor, "accounts.user_enabled", user, now)


def require_over(session: Session, actor: Actor, user: User) -> None:
    """Keep the administrators of a part of the tree from users who reach beyond it."""
    actor.require(Permission.RUN_ACCOUNTS)
    for _, held in grants_of(session, user.id):
        place = Place(held.unit_path, held.venue_id, held.series_id, held.room_id)
        actor.require(Permission.RUN_ACCOUNTS, place)

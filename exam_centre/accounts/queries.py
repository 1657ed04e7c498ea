"""People, users, roles, ties and notices, read only."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import (
    Conflict,
    Employment,
    Notice,
    Person,
    PhoneChange,
    RoleGrant,
    StaffMember,
    User,
)
from exam_centre.accounts.rules import RELATION_SENTENCES, PhoneChangeStatus, Relation
from exam_centre.kernel.database import pieces
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Grant, Permission, Role, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Enterprise, Park, Unit

GRANT_KEY = 16  # hexadecimal digits


def access_person(session: Session, actor: Actor, token: str) -> Person:
    """Return the person: oneself, or someone who works or is employed within the actor's reach."""
    oneself = false() if actor.person_id is None else Person.id == actor.person_id
    found = session.scalar(
        select(Person).where(Person.token == token, or_(oneself, _reached(actor)))
    )
    if found is None:
        raise NotFound(say("person"))
    return found


def access_user(session: Session, actor: Actor, token: str) -> User:
    """Return the user of somebody within the actor's reach, or raise NotFound."""
    found = session.scalar(
        select(User)
        .join(Person, Person.id == User.person_id)
        .where(User.token == token, _reached(actor))
    )
    if found is None:
        raise NotFound(say("user"))
    return found


def access_phone_change(session: Session, actor: Actor, token: str) -> PhoneChange:
    """Return the request for a new phone of somebody within the actor's reach."""
    found = session.scalar(
        select(PhoneChange)
        .join(Person, Person.id == PhoneChange.person_id)
        .where(PhoneChange.token == token, _reached(actor))
    )
    if found is None:
        raise NotFound(say("request"))
    return found


def _reached(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Person: on the staff, employed, or with a role, within reach."""
    reach = within(actor, [Permission.RUN_ACCOUNTS], unit_path=Unit.path)
    on_staff = (
        select(StaffMember.id)
        .join(Unit, Unit.id == StaffMember.unit_id)
        .where(StaffMember.person_id == Person.id, reach)
    )
    employed = (
        select(Employment.id)
        .join(Enterprise, Enterprise.id == Employment.enterprise_id)
        .join(Park, Park.id == Enterprise.park_id)
        .join(Unit, Unit.id == Park.unit_id)
        .where(Employment.person_id == Person.id, Employment.until.is_(None), reach)
    )
    in_a_role = (
        select(RoleGrant.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None), reach)
    )
    return or_(on_staff.exists(), employed.exists(), in_a_role.exists())


@dataclass(frozen=True)
class PersonLine:
    """Somebody in a list: the numbers they sign in with, and where they work, "" where nowhere."""

    person: Person
    logins: list[str]
    work: str


def list_people(
    session: Session, actor: Actor, *, text: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[PersonLine], int]:
    """Return (one page of the people within the actor's reach, by name; how many were found).

    text  part of the name, the beginning of a staff, student or work number, or the last four
          characters of the ID number.
    """
    found = select(Person).where(_reached(actor))
    if text:
        by_login = select(User.person_id).where(User.login.istartswith(text, autoescape=True))
        by_staff = select(StaffMember.person_id).where(
            StaffMember.staff_no.istartswith(text, autoescape=True)
        )
        by_work = select(Employment.person_id).where(
            Employment.work_no.istartswith(text, autoescape=True)
        )
        found = found.where(
            or_(
                Person.name.contains(text, autoescape=True),
                Person.id_tail == text.upper(),
                Person.id.in_(by_login),
                Person.id.in_(by_staff),
                Person.id.in_(by_work),
            )
        )
    total = session.scalars(select(func.count()).select_from(found.subquery())).one()
    people = session.scalars(
        found.order_by(Person.name, Person.id).offset(offset).limit(limit)
    ).all()
    ids = [person.id for person in people]
    logins: dict[int, list[str]] = {}
    users = select(User).where(User.person_id.in_(ids)).order_by(User.login)
    for user in session.scalars(users):
        logins.setdefault(user.person_id, []).append(user.login)
    employers = session.execute(
        select(Employment.person_id, Enterprise.name)
        .join(Enterprise, Enterprise.id == Employment.enterprise_id)
        .where(Employment.person_id.in_(ids), Employment.until.is_(None))
    )
    work = {row.person_id: row.name for row in employers}
    lines = [PersonLine(p, logins.get(p.id, []), work.get(p.id, "")) for p in people]
    return lines, total


def work_of(session: Session, person_id: int) -> list[tuple[Employment, str]]:
    """Return (employment, enterprise's name) of a person, the current one first."""
    rows = session.execute(
        select(Employment, Enterprise.name)
        .join(Enterprise, Enterprise.id == Employment.enterprise_id)
        .where(Employment.person_id == person_id)
        .order_by(Employment.until.is_not(None), Employment.id.desc())
    )
    return [(work, name) for work, name in rows]


def staff_of(session: Session, person_id: int) -> list[tuple[StaffMember, str]]:
    """Return (staff number, unit's name) of a person."""
    rows = session.execute(
        select(StaffMember, Unit.name)
        .join(Unit, Unit.id == StaffMember.unit_id)
        .where(StaffMember.person_id == person_id)
        .order_by(StaffMember.staff_no)
    )
    return [(staff, name) for staff, name in rows]


def users_of(session: Session, person_id: int) -> list[User]:
    """Return the ways a person signs in, by number."""
    wanted = User.person_id == person_id
    return list(session.scalars(select(User).where(wanted).order_by(User.login)))


def key_of_grant(user: User, grant: RoleGrant) -> str:
    """Return a role's public name among those of its user; it tells nothing about other rows."""
    return hashlib.sha256(f"{user.token}:{grant.id}".encode()).hexdigest()[:GRANT_KEY]


def access_grant(session: Session, actor: Actor, user: str, key: str) -> RoleGrant:
    """Return a current role of a user within the actor's reach, by its public name."""
    owner = access_user(session, actor, user)
    for grant, _scope in grants_of(session, owner.id):
        if key_of_grant(owner, grant) == key:
            return grant
    raise NotFound(say("role"))


def conflicts_of(session: Session, person_id: int) -> list[tuple[Conflict, Person]]:
    """Return (declared tie, the other person) of somebody, oldest first."""
    rows = session.scalars(
        select(Conflict)
        .where(or_(Conflict.person_id == person_id, Conflict.other_id == person_id))
        .order_by(Conflict.id)
    ).all()
    others = [r.other_id if r.person_id == person_id else r.person_id for r in rows]
    people = {p.id: p for p in session.scalars(select(Person).where(Person.id.in_(others)))}
    return [(row, people[other]) for row, other in zip(rows, others, strict=True)]


def open_phone_change(session: Session, person_id: int) -> PhoneChange | None:
    """Return the request for a new phone that waits for somebody, or None."""
    return session.scalar(
        select(PhoneChange).where(
            PhoneChange.person_id == person_id, PhoneChange.status == PhoneChangeStatus.ASKED
        )
    )


def phone_changes_waiting(session: Session, actor: Actor) -> list[tuple[PhoneChange, Person]]:
    """Return (request, whose phone it is) of those that wait within reach, oldest first."""
    rows = session.execute(
        select(PhoneChange, Person)
        .join(Person, Person.id == PhoneChange.person_id)
        .where(PhoneChange.status == PhoneChangeStatus.ASKED, _reached(actor))
        .order_by(PhoneChange.id)
        .limit(200)
    )
    return [(change, person) for change, person in rows]


def find_user(session: Session, login: str) -> User | None:
    """Return the user who signs in as `login`, or None."""
    return session.scalar(select(User).where(User.login == login.strip()))


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Return {person id: name} of those who exist."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(person_ids))))
    return {row.id: row.name for row in rows}


def grants_of(session: Session, user_id: int) -> list[tuple[RoleGrant, Grant]]:
    """Return a user's current roles, oldest first, as stored and as the actor carries them."""
    rows = session.execute(
        select(RoleGrant, Unit.path)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.user_id == user_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return [(row, as_grant(row, path)) for row, path in rows]


class Holding(Protocol):
    """A stored role: a RoleGrant, or its columns."""

    role: Role
    unit_id: int
    venue_id: int
    series_id: int
    room_id: int


class Named(Protocol):
    """A human: a Person, or its columns."""

    id: int
    name: str
    language: str


def actor_with(person: Named, user_id: int, held: Sequence[tuple[Holding, Grant]]) -> Actor:
    """Return a user as an actor with roles that were looked up already, oldest first.

    The trail goes to the venue where every role is of that one venue, else to the first role's
    unit; those without a role share a stream of their own.
    """
    venues = {row.venue_id for row, _ in held}
    if not held:
        stream = "workers"
    elif len(venues) == 1 and 0 not in venues:
        stream = f"venue:{venues.pop()}"
    else:
        stream = f"unit:{held[0][0].unit_id}"
    return Actor(
        person_id=person.id,
        user_id=user_id,
        name=person.name,
        grants=tuple(grant for _, grant in held),
        stream=stream,
        language=person.language,
    )


def as_grant(row: Holding, path: str) -> Grant:
    """Return a stored role as the actor carries it; path is that of its unit."""
    return Grant(
        row.role,
        path,
        venue_id=row.venue_id or None,
        series_id=row.series_id or None,
        room_id=row.room_id or None,
    )


def current_employment(session: Session, person_id: int) -> Employment | None:
    """Return where a person works now, or None."""
    return session.scalar(
        select(Employment).where(Employment.person_id == person_id, Employment.until.is_(None))
    )


def people_by_fingerprint(session: Session, fingerprints: Iterable[str]) -> dict[str, Person]:
    """Return {fingerprint of the document: the human}, of those the records know."""
    return {
        person.id_fingerprint: person
        for piece in pieces(fingerprints)
        for person in session.scalars(select(Person).where(Person.id_fingerprint.in_(piece)))
    }


def employments_of(session: Session, person_ids: Iterable[int]) -> dict[int, Employment]:
    """Return {person id: where they work now}, of those who work anywhere."""
    return {
        row.person_id: row
        for piece in pieces(person_ids)
        for row in session.scalars(
            select(Employment).where(Employment.person_id.in_(piece), Employment.until.is_(None))
        )
    }


def taken_logins(session: Session, logins: Iterable[str]) -> dict[str, User]:
    """Return {login: its user}, of those that somebody has."""
    return {
        user.login: user
        for piece in pieces(logins)
        for user in session.scalars(select(User).where(User.login.in_(piece)))
    }


def people_tied_to(session: Session, person_id: int) -> dict[int, Sentence]:
    """Return {other person: the tie in words}: declared conflicts, and the current shift team."""
    of_team, of_declared = _asking_ties()
    whom = {"person": person_id}
    ties = dict.fromkeys(session.scalars(of_team, whom), RELATION_SENTENCES[Relation.SAME_TEAM])
    for one, other, relation in session.execute(of_declared, whom):
        ties[other if one == person_id else one] = RELATION_SENTENCES[relation]
    return ties


@cache
def _asking_ties() -> tuple[Select[int], Select[int, int, Relation]]:
    """Return who is in a person's team and what was declared, with the person left open.

    Built once: this is asked at every mark and every scan, and building costs more than asking.
    """
    person = bindparam("person", type_=Integer)
    mine, theirs = aliased(Employment), aliased(Employment)
    of_team = (
        select(theirs.person_id)
        .join(mine, and_(mine.enterprise_id == theirs.enterprise_id, mine.team == theirs.team))
        .where(
            mine.person_id == person,
            mine.until.is_(None),
            theirs.until.is_(None),
            mine.team != "",
            theirs.person_id != person,
        )
    )
    of_declared = select(Conflict.person_id, Conflict.other_id, Conflict.relation).where(
        or_(Conflict.person_id == person, Conflict.other_id == person)
    )
    return of_team, of_declared


def notices_of(session: Session, person_id: int) -> list[Notice]:
    """Return what a person was told, newest first."""
    return list(
        session.scalars(
            select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc())
        )
    )

"""People, users, roles, ties and notices, read only."""

from collections.abc import Iterable

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import (
    Conflict,
    Employment,
    Notice,
    Person,
    RoleGrant,
    StaffMember,
    User,
)
from exam_centre.accounts.rules import RELATION_SENTENCES, Relation
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Grant, Permission, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Enterprise, Park, Unit


def access_person(session: Session, actor: Actor, token: str) -> Person:
    """Return the person: oneself, or someone who works or is employed within the actor's reach."""
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
    oneself = false() if actor.person_id is None else Person.id == actor.person_id
    found = session.scalar(
        select(Person).where(
            Person.token == token, or_(oneself, on_staff.exists(), employed.exists())
        )
    )
    if found is None:
        raise NotFound(say("person"))
    return found


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
    return [
        (
            row,
            Grant(
                row.role,
                path,
                venue_id=row.venue_id or None,
                series_id=row.series_id or None,
                room_id=row.room_id or None,
            ),
        )
        for row, path in rows
    ]


def current_employment(session: Session, person_id: int) -> Employment | None:
    """Return where a person works now, or None."""
    return session.scalar(
        select(Employment).where(Employment.person_id == person_id, Employment.until.is_(None))
    )


def people_tied_to(session: Session, person_id: int) -> dict[int, Sentence]:
    """Return {other person: the tie in words}: declared conflicts, and the current shift team."""
    mine, theirs = aliased(Employment), aliased(Employment)
    colleagues = session.scalars(
        select(theirs.person_id)
        .join(
            mine,
            and_(
                mine.enterprise_id == theirs.enterprise_id,
                mine.team == theirs.team,
                mine.person_id == person_id,
            ),
        )
        .where(
            mine.until.is_(None),
            theirs.until.is_(None),
            mine.team != "",
            theirs.person_id != person_id,
        )
    )
    ties = dict.fromkeys(colleagues, RELATION_SENTENCES[Relation.SAME_TEAM])
    declared = session.scalars(
        select(Conflict).where(or_(Conflict.person_id == person_id, Conflict.other_id == person_id))
    )
    for conflict in declared:
        other = conflict.other_id if conflict.person_id == person_id else conflict.person_id
        ties[other] = RELATION_SENTENCES[conflict.relation]
    return ties


def notices_of(session: Session, person_id: int) -> list[Notice]:
    """Return what a person was told, newest first."""
    return list(
        session.scalars(
            select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc())
        )
    )

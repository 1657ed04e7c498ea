"""Whole rosters at once: people, their work, their users, staff; and what was added by mistake."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import (
    Conflict,
    Employment,
    Person,
    RoleGrant,
    StaffAbsence,
    StaffMember,
    User,
)
from exam_centre.accounts.queries import employments_of, people_by_fingerprint, taken_logins
from exam_centre.accounts.rules import (
    IdType,
    NameDiffers,
    id_key,
    is_same_name,
    read_id_number,
    read_name,
)
from exam_centre.kernel import audit, clock
from exam_centre.kernel.permissions import Actor, Permission, Place, Role
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation.models import Enterprise, Unit
from exam_centre.organisation.queries import place_of_unit, places_of_enterprises
from exam_centre.organisation.rules import HOME_ZONE, CodeTaken

TAIL = 4  # characters of the number that are kept readable, to compare at the door
Takeable = Person | Employment | StaffMember | StaffAbsence | User | RoleGrant | Conflict


@dataclass(frozen=True)
class Registration:
    """What a document and its holder say."""

    name: str
    id_type: IdType
    id_no: str
    phone: str = ""
    gender: str = ""


@dataclass(frozen=True)
class Work:
    """Where a person is to work; team is "" where they are in none."""

    person: Person
    enterprise: Enterprise
    work_no: str
    team: str


def register_people(
    session: Session, actor: Actor, seal: Seal, people: Sequence[Registration], *, now: datetime
) -> list[Person]:
    """Return the humans of these documents, in order, made now unless the records know them.

    A known person is returned as they are: whoever registers somebody again must not be able to
    put another phone in place of the one that codes go to.
    Raises WrongIdNumber, WrongName, NameDiffers where a document has another name here.
    """
    require_keeper(actor, None)
    numbers = [read_id_number(each.id_type, each.id_no) for each in people]
    prints = [
        seal.fingerprint(id_key(each.id_type, number))
        for each, number in zip(people, numbers, strict=True)
    ]
    known = people_by_fingerprint(session, prints)
    new: list[Person] = []
    for each, number, fingerprint in zip(people, numbers, prints, strict=True):
        name = read_name(each.name)
        if fingerprint in known:
            if not is_same_name(known[fingerprint].name, name):
                raise NameDiffers(name)
            continue
        person = Person(
            name=name,
            id_type=each.id_type,
            id_fingerprint=fingerprint,
            id_sealed=seal.close(number),
            id_tail=number[-TAIL:],
            gender=each.gender,
            phone=each.phone,
        )
        known[fingerprint] = person
        new.append(person)
    session.add_all(new)
    audit.record_all(session, actor, "accounts.person_registered", new, now)
    return [known[fingerprint] for fingerprint in prints]


def employ_all(
    session: Session, actor: Actor, works: Sequence[Work], *, now: datetime
) -> list[Employment]:
    """Make these the people's current work, from today; earlier work ends today.

    The same work again changes nothing.
    """
    places = places_of_enterprises(session, {work.enterprise.id for work in works})
    for place in set(places.values()):
        require_keeper(actor, place)
    today = clock.at_venue(now, HOME_ZONE).date()
    current = employments_of(session, [work.person.id for work in works])
    changed = []
    for work in works:
        known = current.get(work.person.id)
        wanted = (work.enterprise.id, work.work_no, work.team)
        if known is not None and (known.enterprise_id, known.work_no, known.team) == wanted:
            continue
        if known is not None:
            known.until = today
        changed.append(work)
    session.flush()  # Only one row may be current, so the old ones end first.
    for work in changed:
        current[work.person.id] = Employment(
            person_id=work.person.id,
            enterprise_id=work.enterprise.id,
            work_no=work.work_no,
            team=work.team,
            since=today,
        )
    new = [current[work.person.id] for work in changed]
    session.add_all(new)
    audit.record_all(session, actor, "accounts.employed", new, now)
    return [current[work.person.id] for work in works]


def open_workers(
    session: Session,
    actor: Actor,
    workers: Sequence[tuple[Person, Unit, str]],
    *,
    now: datetime,
) -> list[tuple[User, RoleGrant | None]]:
    """Let workers of units sign in by codes to their phone, under (person, unit, login).

    They see their own things and nothing else, so whoever enters candidates may open them.
    Returns each user with the role made now; None where this human had the login already.
    Raises  CodeTaken where another human has it.
    """
    for path in {unit.path for _, unit, _ in workers}:
        require_keeper(actor, Place(path))
    taken = taken_logins(session, [login for *_, login in workers])
    fresh: dict[str, tuple[User, Unit]] = {}
    users: list[User] = []
    for person, unit, login in workers:
        known = taken.get(login)
        if known is not None and known.person_id != person.id:
            raise CodeTaken(login)
        if known is None:
            known = taken[login] = User(person_id=person.id, login=login)
            fresh[login] = (known, unit)
        users.append(known)
    opened = [user for user, _ in fresh.values()]
    session.add_all(opened)
    audit.record_all(session, actor, "accounts.user_opened", opened, now)
    grants = {
        user.login: RoleGrant(
            user_id=user.id,
            person_id=user.person_id,
            role=Role.WORKER,
            unit_id=unit.id,
            # One's own sign-in as a worker is nothing anybody needs to be given by another.
            granted_by_id=None if user.person_id == actor.person_id else actor.person_id,
            granted_at=now,
        )
        for user, unit in fresh.values()
    }
    session.add_all(grants.values())
    audit.record_all(session, actor, "accounts.role_granted", list(grants.values()), now)
    return [(user, grants.get(user.login)) for user in users]


def note_absence(
    session: Session, actor: Actor, staff: StaffMember, day: date, *, now: datetime
) -> StaffAbsence:
    """Note a day on which a staff member takes no duty; twice is once."""
    actor.require(Permission.RUN_ACCOUNTS, place_of_unit(session, staff.unit_id))
    known = session.scalar(select(StaffAbsence).filter_by(staff_member_id=staff.id, day=day))
    if known is not None:
        return known
    absence = StaffAbsence(staff_member_id=staff.id, day=day)
    session.add(absence)
    audit.record(session, actor, "accounts.absence_noted", absence, now)
    return absence


def correct_staff(
    session: Session,
    actor: Actor,
    staff: StaffMember,
    unit: Unit,
    *,
    trained_until: date | None,
    subjects: str,
    now: datetime,
) -> None:
    """Correct where a staff member belongs, until when they are trained, and in what."""
    actor.require(Permission.RUN_ACCOUNTS, place_of_unit(session, staff.unit_id))
    actor.require(Permission.RUN_ACCOUNTS, Place(unit.path))
    staff.unit_id, staff.trained_until, staff.subjects = unit.id, trained_until, subjects
    audit.record(session, actor, "accounts.staff_corrected", staff, now)


def take_back(
    session: Session, actor: Actor, rows: Sequence[Takeable], *, reason: str, now: datetime
) -> None:
    """Take back rows of one kind that were added by mistake; the trail keeps that they were.

    What anything else stands on is refused by the database, as PromiseBroken.
    """
    places = _places(session, rows) or {None}
    for place in places:
        if any(_is_of_staff(row) for row in rows):
            actor.require(Permission.RUN_ACCOUNTS, place)
        else:
            require_keeper(actor, place)
    audit.record_all(session, actor, "accounts.taken_back", rows, now, reason=reason)
    for row in rows:
        session.delete(row)
    session.flush()


def _is_of_staff(row: Takeable) -> bool:
    if isinstance(row, RoleGrant):
        return row.role is not Role.WORKER
    return isinstance(row, StaffMember | StaffAbsence | Conflict)


def _places(session: Session, rows: Iterable[Takeable]) -> set[Place | None]:
    units = {row.unit_id for row in rows if isinstance(row, StaffMember | RoleGrant)}
    paths = session.scalars(select(Unit.path).where(Unit.id.in_(units)))
    return {Place(path) for path in paths}


def require_keeper(actor: Actor, place: Place | None) -> None:
    """Let those in who keep accounts and those who enter candidates."""
    if not actor.may(Permission.RUN_ACCOUNTS, place):
        actor.require(Permission.ENTER_CANDIDATES, place)

"""Who is who: one person by their document, where they work, their staff numbers, their name."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Employment, Person, StaffMember
from exam_centre.accounts.rules import IdType, Purpose, check_reason, read_name, read_phone
from exam_centre.accounts.service.notices import notify
from exam_centre.accounts.service.rosters import Registration, Work, employ_all, register_people
from exam_centre.accounts.service.ties import ensure_no_tie
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Enterprise, Unit
from exam_centre.organisation.rules import CodeTaken


def register_person(
    session: Session,
    actor: Actor,
    seal: Seal,
    *,
    name: str,
    id_type: IdType,
    id_no: str,
    phone: str = "",
    gender: str = "",
    now: datetime,
) -> Person:
    """Return the human of this ID document, as `register_people` does for many."""
    registration = Registration(name, id_type, id_no, phone, gender)
    return register_people(session, actor, seal, [registration], now=now)[0]


def employ(
    session: Session,
    actor: Actor,
    person: Person,
    enterprise: Enterprise,
    *,
    work_no: str,
    team: str,
    now: datetime,
) -> Employment:
    """Make this the person's current work, from today, as `employ_all` does for many."""
    return employ_all(session, actor, [Work(person, enterprise, work_no, team)], now=now)[0]


def take_on_worker(
    session: Session,
    actor: Actor,
    seal: Seal,
    registration: Registration,
    enterprise: Enterprise,
    *,
    work_no: str,
    team: str,
    now: datetime,
) -> Person:
    """Register somebody by hand who works at an enterprise; a known human gets this work.

    Raises WrongPhone, and what `register_people` raises.
    """
    (person,) = register_people(session, actor, seal, [_reachable(registration)], now=now)
    employ(session, actor, person, enterprise, work_no=work_no, team=team, now=now)
    return person


def take_on_staff(
    session: Session,
    actor: Actor,
    seal: Seal,
    registration: Registration,
    unit: Unit,
    *,
    staff_no: str,
    trained_until: date | None,
    subjects: str,
    now: datetime,
) -> Person:
    """Register somebody by hand who is on the staff of a unit; a known human gets this number.

    Raises WrongPhone, CodeTaken, and what `register_people` raises.
    """
    (person,) = register_people(session, actor, seal, [_reachable(registration)], now=now)
    add_staff(
        session,
        actor,
        person,
        unit,
        staff_no=staff_no,
        trained_until=trained_until,
        subjects=subjects,
        now=now,
    )
    return person


def correct_name(
    session: Session, actor: Actor, person: Person, *, name: str, reason: str, now: datetime
) -> None:
    """Write a name as the document prints it; the trail keeps both, and the person is told.

    Raises WrongName, ReasonMissing, ConflictOfInterest for one's own name and those of one's ties.
    """
    actor.require(Permission.RUN_ACCOUNTS)
    ensure_no_tie(session, actor.human(), [person.id])
    check_reason(reason)
    read = read_name(name)
    if read == person.name:
        return
    before, person.name = person.name, read
    audit.record(session, actor, "accounts.name_corrected", person, now, reason=reason)
    notify(
        session,
        person.id,
        say(
            "Your name in the records is now {name}; it was {before}. Reason given: {reason}",
            name=read,
            before=before,
            reason=reason,
        ),
        now,
    )


def add_staff(
    session: Session,
    actor: Actor,
    person: Person,
    unit: Unit,
    *,
    staff_no: str,
    trained_until: date | None = None,
    subjects: str = "",
    now: datetime,
) -> StaffMember:
    """Give a human a staff number; a second one leaves them one human. Raises CodeTaken."""
    actor.require(Permission.RUN_ACCOUNTS, Place(unit.path))
    if session.scalar(select(exists().where(StaffMember.staff_no == staff_no))):
        raise CodeTaken(staff_no)
    staff = StaffMember(
        staff_no=staff_no,
        person_id=person.id,
        unit_id=unit.id,
        trained_until=trained_until,
        subjects=subjects,
    )
    session.add(staff)
    audit.record(session, actor, "accounts.staff_added", staff, now)
    return staff


def reveal_id_number(
    session: Session,
    actor: Actor,
    seal: Seal,
    person: Person,
    *,
    purpose: Purpose,
    reason: str,
    now: datetime,
) -> str:
    """Return the whole ID number, for a purpose; the trail keeps it and the person is told.

    Raises ReasonMissing.
    """
    actor.require(Permission.RUN_ACCOUNTS)
    check_reason(reason)
    said = f"{purpose.value}: {reason}"
    audit.record(session, actor, "accounts.id_number_revealed", person, now, reason=said)
    notify(
        session,
        person.id,
        say(
            "{name} of the exam office read your ID number. Reason given: {reason}",
            name=actor.name,
            reason=reason,
        ),
        now,
    )
    return seal.open(person.id_sealed)


def _reachable(registration: Registration) -> Registration:
    """Return what was typed with the phone in its one spelling. Raises WrongPhone."""
    return replace(registration, phone=read_phone(registration.phone) if registration.phone else "")

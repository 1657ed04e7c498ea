"""Who is who: people by their document, where they work, their staff numbers."""

from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Employment, Person, StaffMember
from exam_centre.accounts.queries import current_employment
from exam_centre.accounts.rules import (
    IdType,
    NameDiffers,
    Purpose,
    check_reason,
    id_key,
    is_same_name,
    read_id_number,
    read_name,
)
from exam_centre.accounts.service.notices import notify
from exam_centre.kernel import audit, clock
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Enterprise, Unit
from exam_centre.organisation.queries import place_of_enterprise
from exam_centre.organisation.rules import HOME_ZONE, CodeTaken

TAIL = 4  # characters of the number that are kept readable, to compare at the door


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
    """Return the human of this ID document, made now unless the records know them.

    A known person is returned as they are: whoever registers somebody again must not be able to
    put another phone in place of the one that codes go to.
    Raises WrongIdNumber, WrongName, and NameDiffers where the document has another name here.
    """
    _require(actor, None)
    number = read_id_number(id_type, id_no)
    read = read_name(name)
    fingerprint = seal.fingerprint(id_key(id_type, number))
    known = session.scalar(select(Person).where(Person.id_fingerprint == fingerprint))
    if known is not None:
        if not is_same_name(known.name, read):
            raise NameDiffers(read)
        return known
    person = Person(
        name=read,
        id_type=id_type,
        id_fingerprint=fingerprint,
        id_sealed=seal.close(number),
        id_tail=number[-TAIL:],
        gender=gender,
        phone=phone,
    )
    session.add(person)
    audit.record(session, actor, "accounts.person_registered", person, now)
    return person


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
    """Make this the person's current work, from today; earlier work ends today.

    team  "" where the person is in none. The same work again changes nothing.
    """
    _require(actor, place_of_enterprise(session, enterprise.id))
    today = clock.at_venue(now, HOME_ZONE).date()
    current = current_employment(session, person.id)
    if current is not None:
        known = (current.enterprise_id, current.work_no, current.team)
        if known == (enterprise.id, work_no, team):
            return current
        current.until = today
        session.flush()  # Only one row may be current, so the old one ends first.
    employment = Employment(
        person_id=person.id,
        enterprise_id=enterprise.id,
        work_no=work_no,
        team=team,
        since=today,
    )
    session.add(employment)
    audit.record(session, actor, "accounts.employed", employment, now)
    return employment


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


def _require(actor: Actor, place: Place | None) -> None:
    """Let those in who keep accounts and those who enter candidates."""
    if not actor.may(Permission.RUN_ACCOUNTS, place):
        actor.require(Permission.ENTER_CANDIDATES, place)

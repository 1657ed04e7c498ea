"""What people settle about themselves: their language, their phone, the number they forgot."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, PhoneChange, User
from exam_centre.accounts.queries import open_phone_change
from exam_centre.accounts.rules import (
    CodePurpose,
    IdType,
    PhoneChangeOpen,
    PhoneChangeStatus,
    UserStatus,
    WrongIdNumber,
    check_reason,
    id_key,
    is_same_name,
    read_id_number,
    read_phone,
)
from exam_centre.accounts.service.codes import send_code_to, use_code
from exam_centre.accounts.service.notices import notify, send_text
from exam_centre.accounts.service.ties import ensure_no_tie, other_human
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import LANGUAGES, say

PHONE_CHANGED = say(
    "The phone of your account was changed. Was it not you? Go to your study centre at once."
)


def choose_language(session: Session, actor: Actor, language: str, *, now: datetime) -> None:
    """Keep the language a person is written to in: "zh" or "en"; any other is left alone."""
    person = session.get_one(Person, actor.human())
    if language in LANGUAGES and person.language != language:
        person.language = language
        audit.record(session, actor, "accounts.language_chosen", person, now)


def change_phone(session: Session, actor: Actor, *, code: str, phone: str, now: datetime) -> bool:
    """Put a new phone in the place of the old one that received `code`; False where it fails.

    A wrong code returns, it does not raise: the guess is counted. Raises WrongPhone.
    """
    number = read_phone(phone)
    person = session.get_one(Person, actor.human())
    if not use_code(session, person.id, CodePurpose.NEW_PHONE, code, now):
        return False
    _put(session, actor, person, number, now)
    return True


def ask_new_phone(
    session: Session, actor: Actor, person: Person, *, phone: str, reason: str, now: datetime
) -> PhoneChange:
    """Ask for a new phone where the old one is lost: oneself, or the centre on one's behalf.

    Raises WrongPhone, ReasonMissing, PhoneChangeOpen.
    """
    if actor.person_id != person.id:
        actor.require(Permission.RUN_ACCOUNTS)
    number = read_phone(phone)
    check_reason(reason)
    if open_phone_change(session, person.id) is not None:
        raise PhoneChangeOpen
    change = PhoneChange(
        person_id=person.id, phone=number, reason=reason, asked_by_id=actor.human(), asked_at=now
    )
    session.add(change)
    audit.record(session, actor, "accounts.new_phone_asked", change, now, reason=reason)
    return change


def decide_new_phone(
    session: Session, actor: Actor, change: PhoneChange, *, approve: bool, now: datetime
) -> None:
    """Approve or refuse a new phone, after a look at the document; never who asked.

    Raises SamePerson, ConflictOfInterest, IllegalMove.
    """
    actor.require(Permission.RUN_ACCOUNTS)
    human = other_human(session, actor, change.asked_by_id, change.person_id)
    ensure_no_tie(session, human, [change.person_id])
    change.move_to(PhoneChangeStatus.APPROVED if approve else PhoneChangeStatus.REFUSED)
    change.decided_by_id = human
    person = session.get_one(Person, change.person_id)
    if approve:
        _put(session, actor, person, change.phone, now)
    else:
        notify(session, person.id, say("Your new phone was not approved. Ask your centre."), now)
    audit.record(session, actor, f"accounts.new_phone_{change.status.value}", change, now)


def send_forgotten(
    session: Session, seal: Seal, *, name: str, id_type: IdType, id_no: str, now: datetime
) -> str | None:
    """Send a code to whoever has this name and document; the page says the same either way."""
    person = _find_by_document(session, seal, name, id_type, id_no)
    if person is None:
        return None
    return send_code_to(session, person, CodePurpose.FORGOTTEN_NUMBER, now)


def tell_forgotten(
    session: Session,
    seal: Seal,
    *,
    name: str,
    id_type: IdType,
    id_no: str,
    code: str,
    now: datetime,
) -> list[str]:
    """Return the numbers the person signs in with, or none where the code does not open."""
    person = _find_by_document(session, seal, name, id_type, id_no)
    if person is None:
        return []
    if not use_code(session, person.id, CodePurpose.FORGOTTEN_NUMBER, code, now):
        return []
    logins = select(User.login).where(User.person_id == person.id, User.status == UserStatus.ACTIVE)
    return list(session.scalars(logins.order_by(User.login)))


def _find_by_document(
    session: Session, seal: Seal, name: str, id_type: IdType, id_no: str
) -> Person | None:
    try:
        key = id_key(id_type, read_id_number(id_type, id_no))
    except WrongIdNumber:
        return None
    person = session.scalar(select(Person).where(Person.id_fingerprint == seal.fingerprint(key)))
    return person if person is not None and is_same_name(person.name, name) else None


def _put(session: Session, actor: Actor, person: Person, number: str, now: datetime) -> None:
    """Change the phone; the old one hears of it, in case its owner did not ask."""
    if person.phone:
        send_text(session, person, PHONE_CHANGED, now)
    person.phone = number
    notify(session, person.id, PHONE_CHANGED, now)
    audit.record(session, actor, "accounts.phone_changed", person, now)

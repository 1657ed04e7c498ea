"""Somebody enrolled by hand: registered, made a student, let in to sign in; and their consent."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.rules import read_phone
from exam_centre.entries.models import Candidate
from exam_centre.entries.queries import person_of_candidate, place_of_candidate
from exam_centre.entries.service.entering import enrol
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation.models import Unit


def take_on_candidate(
    session: Session,
    actor: Actor,
    seal: Seal,
    registration: accounts.Registration,
    unit: Unit,
    *,
    person_no: str,
    consented_on: date | None = None,
    now: datetime,
) -> Candidate:
    """Enrol one human by their document; they sign in with the student number, by codes.

    A human the records know stays who they are and is given this number as well.
    Raises  WrongPersonNo, PersonNoTaken, CodeTaken, WrongPhone, and what
            `accounts.register_people` raises.
    """
    actor.require(Permission.ENTER_CANDIDATES, Place(unit.path))
    if registration.phone:
        registration = replace(registration, phone=read_phone(registration.phone))
    (person,) = accounts.register_people(session, actor, seal, [registration], now=now)
    candidate = enrol(
        session, actor, person, unit, person_no=person_no, consented_on=consented_on, now=now
    )
    accounts.open_workers(session, actor, [(person, unit, candidate.person_no)], now=now)
    return candidate


def give_consent(
    session: Session, actor: Actor, candidate: Candidate, *, on: date, now: datetime
) -> None:
    """Note that a candidate agreed to the use of their data, as they or who enters candidates.

    A consent that is on record already keeps its day.
    """
    if person_of_candidate(session, candidate.id) != actor.human():
        actor.require(Permission.ENTER_CANDIDATES, place_of_candidate(session, candidate.id))
    if candidate.consented_on is None:
        candidate.consented_on = on
        audit.record(session, actor, "entries.consent_given", candidate, now)

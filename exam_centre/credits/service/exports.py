"""Files for the credit bank: asked for, looked at, signed for a purpose, written once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import Purpose, check_reason
from exam_centre.accounts.service import notify
from exam_centre.calendar.models import Series
from exam_centre.credits import queries
from exam_centre.credits.models import CreditExport
from exam_centre.credits.rules import Destination
from exam_centre.credits.service.telling import tell_once
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import say


def ask_export(
    session: Session, actor: Actor, series: Series, destination: Destination, *, now: datetime
) -> CreditExport:
    """Ask for a file of a series' passes within the actor's reach; no ID number is read yet."""
    actor.require(Permission.RUN_CREDITS)
    row = CreditExport(
        destination=destination, series_id=series.id, by_id=actor.human(), asked_at=now
    )
    session.add(row)
    audit.record(session, actor, "credits.export_asked", row, now)
    return row


def note_look(
    session: Session,
    actor: Actor,
    row: CreditExport,
    *,
    lines: int,
    obstacles: Sequence[Any],
    now: datetime,
) -> None:
    """Keep how many lines the file has, and what keeps the other passes out of it."""
    actor.require(Permission.RUN_CREDITS)
    row.looked_at, row.lines, row.obstacles = now, lines, list(obstacles)
    audit.record(session, actor, "credits.export_looked_at", row, now)


def sign_export(
    session: Session, actor: Actor, row: CreditExport, *, reason: str, now: datetime
) -> None:
    """Say what the ID numbers are read for. Raises ReasonMissing."""
    actor.require(Permission.RUN_CREDITS)
    check_reason(reason)
    row.reason = reason
    audit.record(session, actor, "credits.export_signed", row, now, reason=_purpose(reason))


def open_id_numbers(
    session: Session,
    actor: Actor,
    seal: Seal,
    person_ids: Iterable[int],
    *,
    reason: str,
    now: datetime,
    about: str = "",
) -> dict[int, str]:
    """Return the whole ID numbers of people, for the file that goes to the bank.

    The trail has a row for each of them, and each is told who read it and why.
    about   names the file: whoever was told of it is not told again when it is written anew.
    Raises  ReasonMissing.
    """
    actor.require(Permission.RUN_CREDITS)
    check_reason(reason)
    people: list[Person] = queries.people_with(session, person_ids)
    act = "credits.id_number_exported"
    audit.record_all(session, actor, act, people, now, reason=_purpose(reason))
    told = say(
        "{name} wrote your name, ID number and results into a file for the credit bank. "
        "Reason given: {reason}",
        name=actor.name,
        reason=reason,
    )
    for person in people:
        if about:
            tell_once(session, person.id, about, told, now)
        else:
            notify(session, person.id, told, now)
    return {person.id: seal.open(person.id_sealed) for person in people}


def keep_file(
    session: Session,
    actor: Actor,
    row: CreditExport,
    *,
    file_key: str,
    file_sha256: str,
    now: datetime,
) -> None:
    """Keep where the sealed file lies."""
    actor.require(Permission.RUN_CREDITS)
    row.written_at, row.file_key, row.file_sha256 = now, file_key, file_sha256
    audit.record(session, actor, "credits.export_written", row, now, reason=_purpose(row.reason))


def note_download(session: Session, actor: Actor, row: CreditExport, *, now: datetime) -> None:
    """Keep that the file was fetched: it holds whole ID numbers."""
    actor.require(Permission.RUN_CREDITS)
    audit.record(session, actor, "credits.export_fetched", row, now, reason=_purpose(row.reason))


def _purpose(reason: str) -> str:
    return f"{Purpose.CREDIT_BANK.value}: {reason}"

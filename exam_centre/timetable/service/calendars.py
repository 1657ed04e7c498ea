"""The secret address of a person's own calendar: made, renewed and ended by that person alone."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.kernel import audit
from exam_centre.kernel.columns import new_token
from exam_centre.kernel.permissions import Actor
from exam_centre.timetable import queries
from exam_centre.timetable.models import CalendarAddress
from exam_centre.timetable.rules import address_hash


def new_calendar_address(session: Session, actor: Actor, *, language: str, now: datetime) -> str:
    """Return the token of a new secret address of one's own calendar; the one before is dead.

    language  "zh" or "en": what the calendar says. The token is shown once: only its hash stays.
    """
    token = new_token()
    row = queries.calendar_address(session, actor.human())
    if row is None:
        row = CalendarAddress(
            person_id=actor.human(), token_hash=address_hash(token), language=language, since=now
        )
        session.add(row)
    else:
        row.token_hash, row.language, row.since = address_hash(token), language, now
    audit.record(session, actor, "timetable.calendar_address_made", row, now)
    return token


def end_calendar_address(session: Session, actor: Actor, *, now: datetime) -> None:
    """End the secret address of one's own calendar; nothing happens where there is none."""
    row = queries.calendar_address(session, actor.human())
    if row is not None:
        audit.record(session, actor, "timetable.calendar_address_ended", row, now)
        session.delete(row)

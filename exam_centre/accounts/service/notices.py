"""What people are told: notices to read here, and texts to their phones."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Message, Notice, Person
from exam_centre.kernel import audit
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import Sentence, say


def notify(
    session: Session, person_id: int, sentence: Sentence, now: datetime, *, by_phone: bool = False
) -> Notice:
    """Tell a person something, as part of the act that says why; no trail row of its own.

    sentence  its facts are plain JSON values, for it is said later in the reader's language.
    by_phone  also as a text, where a phone is known.
    """
    notice = Notice(
        person_id=person_id, text=sentence.text, facts=dict(sentence.facts), sent_at=now
    )
    session.add(notice)
    if by_phone:
        person = session.get_one(Person, person_id)
        if person.phone:
            send_text(session, person, sentence, now)
    session.flush()
    return notice


def send_text(session: Session, person: Person, sentence: Sentence, now: datetime) -> Message:
    """Write a text to the person's phone, in their language; it leaves after the commit."""
    message = Message(
        person_id=person.id,
        channel="sms",
        address=person.phone,
        body=sentence.say_in(person.language),
        attempts=0,
        next_at=now,
        last_error="",
    )
    session.add(message)
    return message


def read_notice(session: Session, actor: Actor, token: str, now: datetime) -> Notice:
    """Return one's own notice and keep when it was first read. Raises NotFound."""
    notice = session.scalar(
        select(Notice).where(Notice.token == token, Notice.person_id == actor.human())
    )
    if notice is None:
        raise NotFound(say("notice"))
    if notice.read_at is None:
        notice.read_at = now
        audit.record(session, actor, "accounts.notice_read", notice, now)
    return notice

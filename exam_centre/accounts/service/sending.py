"""Texts on their way out: taken for a minute, sent outside of any transaction, and settled."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Message
from exam_centre.adapters.sms import Texting, TextReply
from exam_centre.kernel.outbox import LEASE, SendStatus, is_exhausted, pause_after


def lease_due_messages(session: Session, *, now: datetime, limit: int) -> Sequence[Message]:
    """Take up to `limit` due messages for a minute; a lease that ran out is taken over."""
    waits = and_(
        Message.status.in_((SendStatus.PENDING, SendStatus.UNKNOWN)), Message.next_at <= now
    )
    lapsed = and_(Message.status == SendStatus.LEASED, Message.lease_until < now)
    rows = session.scalars(
        select(Message)
        .where(or_(waits, lapsed))
        .order_by(Message.next_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        if row.status is SendStatus.LEASED:
            # Whoever had it may have sent it before they died; the same key goes again.
            row.move_to(SendStatus.UNKNOWN)
        row.move_to(SendStatus.LEASED)
        row.lease_until = now + LEASE
        row.attempts += 1
    session.flush()
    return rows


def settle_message(row: Message, reply: TextReply, now: datetime, *, chance: Random) -> None:
    """Keep what became of a leased message.

    A refused one is dead; one that was not taken goes again after a pause, for three days.
    """
    row.lease_until = None
    row.last_error = reply.reason
    match reply.texting:
        case Texting.SENT:
            row.move_to(SendStatus.DONE)
        case Texting.REFUSED:
            row.move_to(SendStatus.DEAD)
        case Texting.LATER | Texting.UNKNOWN:
            row.first_failed_at = row.first_failed_at or now
            if is_exhausted(row.first_failed_at, now):
                row.move_to(SendStatus.DEAD)
                return
            is_unknown = reply.texting is Texting.UNKNOWN
            row.move_to(SendStatus.UNKNOWN if is_unknown else SendStatus.PENDING)
            row.next_at = now + pause_after(row.attempts, chance)

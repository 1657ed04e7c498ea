"""What our words are called at each destination, from a day on."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.credits import queries
from exam_centre.credits.models import CodeMap
from exam_centre.credits.rules import STARTERS, check_code
from exam_centre.kernel import audit
from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say


class CodeNotLater(BadInput):
    """A new code begins before the one that holds now."""

    code = "code_not_later"

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(
            say("A code for this word begins on {day}. Choose a later day.", day=day.isoformat())
        )


def add_code(
    session: Session,
    actor: Actor,
    *,
    destination: str,
    topic: str,
    ours: str,
    theirs: str,
    valid_from: date,
    now: datetime,
) -> CodeMap:
    """Let a word of ours have another code from a day on; the one before ends on that day.

    Raises CodeNotLater, TopicNotAsked, CodeNotListed, CreditsUnreadable.
    """
    check_code(destination, topic, theirs)
    actor.require(Permission.RUN_CREDITS, queries.top_place(session))
    before = session.scalar(
        select(CodeMap)
        .where(CodeMap.destination == destination, CodeMap.topic == topic, CodeMap.ours == ours)
        .order_by(CodeMap.valid_from.desc())
        .limit(1)
    )
    if before is not None:
        if before.valid_from >= valid_from:
            raise CodeNotLater(before.valid_from)
        before.valid_until = valid_from
        audit.record(session, actor, "credits.code_ended", before, now)
    row = CodeMap(
        destination=destination,
        topic=topic,
        ours=ours,
        theirs=theirs,
        valid_from=valid_from,
        valid_until=None,
    )
    session.add(row)
    audit.record(session, actor, "credits.code_added", row, now)
    return row


def add_starters(session: Session, actor: Actor, *, valid_from: date, now: datetime) -> int:
    """Add the codes every open university begins with, where a word has none; return how many.

    Schools, programmes and the courses converted into are each university's own.
    """
    known = {
        (row.destination, row.topic, row.ours)
        for row in session.execute(select(CodeMap.destination, CodeMap.topic, CodeMap.ours))
    }
    missing = [each for each in STARTERS if each[:3] not in known]
    for destination, topic, ours, theirs in missing:
        add_code(
            session,
            actor,
            destination=destination.value,
            topic=topic.value,
            ours=ours,
            theirs=theirs,
            valid_from=valid_from,
            now=now,
        )
    return len(missing)

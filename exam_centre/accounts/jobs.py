"""What leaves for people's phones: due texts, each after the commit that wrote it."""

from collections.abc import Callable
from datetime import datetime
from random import Random, SystemRandom
from typing import ClassVar

from exam_centre.accounts.models import Message
from exam_centre.accounts.service.sending import lease_due_messages, settle_message
from exam_centre.adapters.sms import Sms, TextMessage, TextReply
from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work, unit_of_work

AT_ONCE = 20  # so few that a slow provider answers all of them within the lease


class _Current:
    """The provider of this process, set once by whoever plugs the room in."""

    sms: ClassVar[Sms | None] = None


def connect(sms: Sms) -> None:
    """Send texts through `sms` from now on."""
    _Current.sms = sms


def deliver_due(*, now: Callable[[], datetime] = clock.now, chance: Random | None = None) -> int:
    """Send some of the texts that are due; return how many were tried.

    A process that dies in between leaves a lease that ends; the provider knows a text by its key
    and takes it once.
    """
    if _Current.sms is None:
        raise RuntimeError("no provider is connected: create_app comes first")
    with unit_of_work() as session:
        leased = [
            (row.id, TextMessage(row.address, row.body, f"message-{row.id}"))
            for row in lease_due_messages(session, now=now(), limit=AT_ONCE)
        ]
    for message_id, message in leased:
        _settle(message_id, _Current.sms.send(message), now(), chance or SystemRandom())
    return len(leased)


def _settle(message_id: int, reply: TextReply, now: datetime, chance: Random) -> None:
    in_unit_of_work(
        lambda session: settle_message(
            session.get_one(Message, message_id), reply, now, chance=chance
        )
    )

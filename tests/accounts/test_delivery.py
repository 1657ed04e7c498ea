"""Texts leave for phones: after the commit, once, and again where the provider was away."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from exam_centre.accounts import jobs
from exam_centre.accounts.models import Message
from exam_centre.accounts.service import notify
from exam_centre.adapters.sms import Texting, TextReply
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.outbox import GIVE_UP_AFTER, LEASE, SendStatus
from exam_centre.kernel.sentences import say
from tests.factories.times import MINUTE, NINE


class Provider:
    """A provider that remembers what it was given and answers what it is told to."""

    def __init__(self):
        self.given, self.answer = [], TextReply(Texting.SENT)

    def send(self, message):
        self.given.append(message)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def provider():
    provider = Provider()
    jobs.connect(provider)
    return provider


@pytest.fixture
def told(database, make):
    """A person with a phone who was told something, committed."""
    person = make.person(phone="13900001111")
    make.session.commit()
    with unit_of_work() as session:
        notify(session, person.id, say("Your room changed."), NINE, by_phone=True)
    return person


def deliver(after=timedelta(0)):
    return jobs.deliver_due(now=lambda: NINE + after, chance=Random(1))


def kept():
    with reading() as session:
        return session.scalars(select(Message)).one()


def test_a_text_leaves_once_to_the_phone(told, provider):
    assert [deliver(), deliver()] == [1, 0]

    (message,) = provider.given
    assert message.to == "13900001111"
    assert kept().status is SendStatus.DONE


def test_a_text_that_was_not_taken_goes_again_under_its_key_after_a_pause(told, provider):
    provider.answer = TextReply(Texting.UNKNOWN, "503")
    assert deliver() == 1
    assert kept().status is SendStatus.UNKNOWN
    provider.answer = TextReply(Texting.SENT)

    assert deliver() == 0
    assert deliver(after=MINUTE) == 1
    assert len({message.key for message in provider.given}) == 1
    assert kept().status is SendStatus.DONE


def test_a_refused_number_is_not_tried_again(told, provider):
    provider.answer = TextReply(Texting.REFUSED, "no such number")
    deliver()

    assert deliver(after=GIVE_UP_AFTER) == 0
    assert (kept().status, kept().last_error) == (SendStatus.DEAD, "no such number")


def test_after_three_days_of_failures_a_text_is_given_up(told, provider):
    provider.answer = TextReply(Texting.LATER, "down")
    deliver()
    deliver(after=GIVE_UP_AFTER + MINUTE)

    assert kept().status is SendStatus.DEAD


def test_what_a_dead_process_held_is_taken_over_when_its_lease_ends(told, provider):
    provider.answer = RuntimeError("the process died here")
    with pytest.raises(RuntimeError):
        deliver()
    assert kept().status is SendStatus.LEASED
    provider.answer = TextReply(Texting.SENT)

    assert deliver(after=LEASE / 2) == 0
    assert deliver(after=LEASE + MINUTE) == 1
    assert kept().status is SendStatus.DONE

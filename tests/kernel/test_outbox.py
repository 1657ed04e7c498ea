"""Patience with a receiver that fails, and the breaker that spares it."""

from datetime import timedelta
from random import Random

import pytest

from exam_centre.kernel.outbox import (
    BREAKER_PROBES_EVERY,
    BREAKER_TRIPS_AT,
    FIRST_PAUSE,
    GIVE_UP_AFTER,
    LONGEST_PAUSE,
    Breaker,
    is_exhausted,
    pause_after,
)
from tests.kernel.works import NINE

INSTANT = timedelta(microseconds=1)


class Longest(Random):
    """Chance that always asks for the longest wait."""

    def random(self) -> float:
        return 1.0


@pytest.mark.parametrize("attempts", range(1, 11))
def test_each_failure_doubles_the_longest_pause(attempts):
    assert pause_after(attempts, Longest()) == FIRST_PAUSE * 2**attempts


@pytest.mark.parametrize("attempts", [11, 20, 21, 1000, 10**9])
def test_no_pause_is_longer_than_an_hour_however_often_it_failed(attempts):
    assert pause_after(attempts, Longest()) == LONGEST_PAUSE


def test_pauses_are_spread_over_the_whole_span_so_that_rows_do_not_come_back_together():
    chance = Random(7)
    pauses = [pause_after(5, chance) / (FIRST_PAUSE * 32) for _ in range(2000)]

    tenths = [sum(n <= pause * 10 < n + 1 for pause in pauses) for n in range(10)]
    assert min(tenths) > 150
    assert max(pauses) < 1


def test_a_row_is_given_up_after_three_days_of_its_own_failures_to_the_instant():
    assert not is_exhausted(NINE, NINE + GIVE_UP_AFTER - INSTANT)
    assert is_exhausted(NINE, NINE + GIVE_UP_AFTER)


def failed(times: int) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker.failed(NINE)
    return breaker


def test_the_breaker_opens_at_the_last_of_many_failures_in_a_row():
    assert failed(BREAKER_TRIPS_AT - 1).may_send(NINE)
    assert not failed(BREAKER_TRIPS_AT).may_send(NINE)


def test_an_open_breaker_lets_one_probe_through_each_minute():
    breaker = failed(BREAKER_TRIPS_AT)
    probe = NINE + BREAKER_PROBES_EVERY

    assert not breaker.may_send(probe - INSTANT)
    assert breaker.may_send(probe)
    breaker.failed(probe)
    assert not breaker.may_send(probe)
    assert breaker.may_send(probe + BREAKER_PROBES_EVERY)


def test_any_real_answer_closes_the_breaker_and_counting_begins_again():
    breaker = failed(BREAKER_TRIPS_AT)

    assert breaker.answered()
    assert breaker.may_send(NINE)
    for _ in range(BREAKER_TRIPS_AT - 1):
        breaker.failed(NINE)
    assert breaker.may_send(NINE)
    assert not breaker.answered(), "it was not open"

"""Lifecycles as data."""

from enum import StrEnum

import pytest

from exam_centre.kernel.errors import IllegalMove
from exam_centre.kernel.flow import Flow, Moving


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    AMBER = "amber"


MOVES = {
    Light.RED: frozenset({Light.GREEN}),
    Light.GREEN: frozenset({Light.AMBER}),
    Light.AMBER: frozenset({Light.RED}),
}


class Lamp(Moving):
    flow = Flow(MOVES)
    status = Light.RED


@pytest.mark.parametrize("old", Light)
@pytest.mark.parametrize("new", Light)
def test_a_status_moves_along_the_table_and_no_other_way(old, new):
    lamp = Lamp()
    lamp.status = old

    if new in MOVES[old]:
        lamp.move_to(new)
        assert lamp.status is new
    else:
        with pytest.raises(IllegalMove):
            lamp.move_to(new)
        assert lamp.status is old


def test_a_refused_move_says_what_would_have_been_possible():
    with pytest.raises(IllegalMove) as refused:
        Lamp().move_to(Light.AMBER)

    assert str(refused.value.sentence) == "From red there is no way to amber. Possible: green."


def test_a_status_that_was_forgotten_is_told_at_once():
    with pytest.raises(ValueError, match="amber"):
        Flow({Light.RED: frozenset({Light.GREEN}), Light.GREEN: frozenset()})

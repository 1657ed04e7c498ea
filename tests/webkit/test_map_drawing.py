"""The map drawn by ourselves: nothing on it covers a label, and circles stand apart."""

from itertools import combinations
from math import hypot, pi

from hypothesis import given
from hypothesis import strategies as st

from exam_centre.webkit.map_drawing import LINE_HEIGHT, Line, Spot, draw_map, text_width

NAMES = st.text("苏州工业园区考点ABC-1", min_size=1, max_size=12)
DEGREES = st.tuples(st.floats(30.5, 34.0), st.floats(117.0, 121.5))


def spots(places):
    return [
        Spot(n, latitude, longitude, weight, (name,))
        for n, ((latitude, longitude), weight, name) in enumerate(places)
    ]


@given(st.lists(st.tuples(DEGREES, st.integers(0, 5_000), NAMES), min_size=1, max_size=14))
def test_labels_cover_neither_each_other_nor_any_circle(places):
    found = draw_map(spots(places), [], 358)
    boxes = []
    for spot in found.spots.values():
        if not spot.label:
            continue
        x, y, anchor = spot.label_at
        left = x - text_width(spot.label) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        boxes.append((left, y - 0.8 * LINE_HEIGHT, left + text_width(spot.label), y))
    for one, other in combinations(boxes, 2):
        apart_across = one[2] <= other[0] + 0.2 or other[2] <= one[0] + 0.2
        assert apart_across or one[3] <= other[1] + 0.2 or other[3] <= one[1] + 0.2
    for box in boxes:
        assert box[0] >= 0
        assert box[2] <= 358
        for spot in found.spots.values():
            beside = box[2] <= spot.x - spot.radius + 0.2 or box[0] >= spot.x + spot.radius - 0.2
            above = box[3] <= spot.y - spot.radius + 0.2 or box[1] >= spot.y + spot.radius - 0.2
            assert beside or above


def test_two_venues_at_one_place_are_drawn_beside_each_other():
    found = draw_map(spots([((31.3, 120.6), 100, "A"), ((31.3, 120.6), 100, "B")]), [], 358)
    one, other = found.spots[0], found.spots[1]

    assert hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius


def test_a_circles_area_is_as_its_people_are():
    found = draw_map(spots([((31.3, 120.0), 400, "A"), ((31.3, 121.0), 200, "B")]), [], 1120)
    large, small = (pi * found.spots[n].radius ** 2 for n in (0, 1))

    assert abs(large / small - 2) < 0.02


def test_north_is_up_and_east_is_right():
    found = draw_map(spots([((32.0, 120.0), 1, "A"), ((31.0, 121.0), 1, "B")]), [], 1120)

    assert found.spots[0].y < found.spots[1].y
    assert found.spots[0].x < found.spots[1].x


def test_who_is_there_already_draws_no_line():
    places = [((31.3, 120.0), 10, "A"), ((31.3, 121.0), 10, "B"), ((31.3, 120.0), None, "C")]
    found = draw_map(spots(places), [Line(2, 0, 5), Line(2, 1, 3)], 1120)

    assert [(line.start, line.end) for line in found.lines] == [(2, 1)]


def test_a_map_of_nothing_is_none():
    assert draw_map([], [], 358) is None

"""One person on one seat at one time, and one place a person: whoever writes, and however fast."""

from datetime import timedelta

import pytest

from tests.promises.rows import HOUR, NINE, World

PLACES = "one_place_per_person_and_time"
SEATS = "one_person_per_seat_and_time"
HALF = timedelta(minutes=30)


def person_of(world: World, entry: int) -> int:
    candidate = world.value("entries", entry, "candidate_id")
    return int(world.value("candidates", candidate, "person_id"))


def seated(world: World, starts=NINE, **values) -> int:
    return int(world.add("placements", starts_at=starts, in_force=True, **values))


def same_persons_entry(world: World, placement: int) -> int:
    entry = world.value("placements", placement, "entry_id")
    return int(world.add("entries", candidate_id=world.value("entries", entry, "candidate_id")))


OVERLAPS = pytest.mark.parametrize(
    ("starts", "ends"),
    [
        pytest.param(NINE, NINE + HOUR, id="the same time"),
        pytest.param(NINE + HALF, NINE + HALF + HOUR, id="beginning before the other ends"),
        pytest.param(NINE - HALF, NINE + HALF, id="ending after the other begins"),
        pytest.param(NINE - HOUR, NINE + 2 * HOUR, id="around the other"),
        pytest.param(NINE + HALF / 2, NINE + HALF, id="inside the other"),
    ],
)


@OVERLAPS
def test_two_people_are_not_on_one_seat_at_one_time(world, starts, ends):
    seat = world.add("seats")
    seated(world, seat_id=seat)

    with world.refuses():
        seated(world, starts, ends_at=ends, seat_id=seat)


@OVERLAPS
def test_one_person_is_not_in_two_places_at_one_time(world, starts, ends):
    entry = same_persons_entry(world, seated(world))

    with world.refuses():
        seated(world, starts, ends_at=ends, entry_id=entry)


@pytest.mark.parametrize(("shared", "promise"), [("seat", SEATS), ("person", PLACES)])
def test_overlapping_times_are_refused_by_name(world, shared, promise):
    first = seated(world)
    second = (
        {"seat_id": world.value("placements", first, "seat_id")}
        if shared == "seat"
        else {"entry_id": same_persons_entry(world, first)}
    )

    with world.refuses(promise):
        seated(world, NINE + HALF, **second)
    with world.refuses(promise):
        draft = world.add("placements", starts_at=NINE + HALF, **second)
        world.set("placements", draft, in_force=True)


def test_a_seat_is_free_again_at_the_minute_its_person_ends(world):
    seat = world.add("seats")
    seated(world, seat_id=seat)

    seated(world, NINE + HOUR, seat_id=seat)
    seated(world, NINE - HOUR, seat_id=seat)


def test_a_draft_and_a_published_plan_may_use_one_seat(world):
    seat = world.add("seats")
    seated(world, seat_id=seat)

    world.add("placements", seat_id=seat, plan_id=world.add("plans"))


def test_a_placement_that_ended_gives_its_seat_back(world):
    seat = world.add("seats")
    first = seated(world, seat_id=seat)
    world.set("placements", first, in_force=False)

    seated(world, seat_id=seat, plan_id=world.add("plans"))


def test_an_entry_has_one_placement_in_force(world):
    first = seated(world)
    entry = world.value("placements", first, "entry_id")

    with world.refuses("uq_placements_entry"):
        seated(world, NINE + 3 * HOUR, entry_id=entry, plan_id=world.add("plans"))


@pytest.mark.parametrize(
    "column", ["seat_id", "room_session_id", "sitting_id", "entry_id", "person_id", "plan_id"]
)
def test_a_placement_is_not_moved_but_made_anew(world, column):
    first, other = world.add("placements"), world.add("placements", plan_id=world.add("plans"))

    with world.refuses("placement_moves_by_a_new_row"):
        world.set("placements", first, **{column: world.value("placements", other, column)})


def test_the_time_of_a_placement_is_not_edited(world):
    placement = seated(world)

    with world.refuses("placement_moves_by_a_new_row"):
        world.set("placements", placement, ends_at=NINE + 2 * HOUR)


def test_a_desk_number_is_on_one_desk_of_a_layout(world):
    seat = world.add("seats", number=7)

    with world.refuses("seats"):
        world.add("seats", number=7, layout_id=world.value("seats", seat, "layout_id"))

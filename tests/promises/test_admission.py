"""One live entry, one valid slip, one admission, and scans that stay as they were made."""

import pytest

from tests.promises.rows import HOUR, NINE, World

LIVE = ["requested", "eligible", "ineligible", "confirmed", "barred"]
ENDED = ["deferred", "withdrawn"]


def again(world: World, entry: int) -> dict[str, int]:
    """Return what makes an entry the same one: candidate, paper, series."""
    names = ("candidate_id", "paper_id", "series_id")
    return {name: world.value("entries", entry, name) for name in names}


@pytest.mark.parametrize("status", LIVE)
def test_a_second_live_entry_for_the_same_paper_and_series_is_refused(world, status):
    entry = world.add("entries", status=status)

    with world.refuses("uq_entries_live"):
        world.add("entries", **again(world, entry))


@pytest.mark.parametrize("status", ENDED)
def test_an_entry_that_ended_leaves_room_for_a_new_one(world, status):
    entry = world.add("entries", status=status)

    world.add("entries", **again(world, entry))


def test_a_course_is_on_an_entry_once(world):
    line = world.add("entry_courses")
    names = ("entry_id", "course_id")

    with world.refuses("uq_entry_courses_entry_id_course_id"):
        world.add("entry_courses", **{n: world.value("entry_courses", line, n) for n in names})


def test_a_second_slip_is_valid_only_after_the_first_is_replaced(world):
    slip = world.add("slips")
    whose = {n: world.value("slips", slip, n) for n in ("candidate_id", "series_id")}

    with world.refuses("uq_slips_valid"):
        world.add("slips", **whose)
    world.set("slips", slip, status="replaced")
    world.add("slips", **whose)


def test_a_person_admitted_once_is_not_admitted_again_at_another_time_or_by_another_scan(world):
    attendance = world.add("attendances", status="present")

    with world.refuses("admitted_once"):
        world.set("attendances", attendance, admitted_at=NINE + HOUR)
    with world.refuses("admitted_once"):
        world.set("attendances", attendance, admitted_by_scan=world.add("scans"))


def test_one_scan_admits_one_person(world):
    scan = world.add("scans")
    world.add("attendances", status="present", admitted_by_scan=scan)

    with world.refuses("uq_attendances_admitted_by_scan"):
        world.add("attendances", status="present", admitted_by_scan=scan)


def test_an_admission_by_mistake_is_taken_back_and_given_again(world):
    attendance = world.add("attendances", status="present")
    world.set("attendances", attendance, status="expected", admitted_at=None)

    world.set("attendances", attendance, status="present", admitted_at=NINE + HOUR)


@pytest.mark.parametrize("status", ["present", "removed"])
def test_nobody_is_present_without_a_moment_of_admission(world, status):
    with world.refuses("present_means_admitted"):
        world.add("attendances", status=status, admitted_at=None)


@pytest.mark.parametrize("status", ["expected", "absent", "refused"])
def test_nobody_is_admitted_and_still_not_present(world, status):
    with world.refuses("present_means_admitted"):
        world.add("attendances", status=status, admitted_at=NINE)


def test_a_device_gives_a_number_to_one_scan_only(world):
    scan = world.add("scans", scan_no="0193-000042")
    device = world.value("scans", scan, "device_id")

    with world.refuses("uq_scans_device_id_scan_no"):
        world.add("scans", scan_no="0193-000042", device_id=device)


def test_a_scan_is_neither_edited_nor_deleted(world):
    scan = world.add("scans")

    with world.refuses("scan_is_final"):
        world.set("scans", scan, at=NINE)
    with world.refuses("scan_is_final"):
        world.run("DELETE FROM scans WHERE id = :scan", scan=scan)


def test_an_attendance_is_not_deleted(world):
    attendance = world.add("attendances")

    with world.refuses("attendance_is_kept"):
        world.run("DELETE FROM attendances WHERE placement_id = :row", row=attendance)


@pytest.mark.parametrize(
    ("table", "promise"),
    [
        ("attendance_corrections", "attendance_correction_is_final"),
        ("case_steps", "case_step_is_final"),
        ("publications", "publication_is_final"),
        ("seed_parts", "seed_part_is_final"),
        ("rule_profiles", "rule_profile_is_final"),
        ("schemes", "scheme_is_final"),
        ("station_draws", "station_draw_is_final"),
    ],
)
def test_what_is_written_once_stays_as_it_was_written(world, table, promise):
    values = {"second_id": world.person()} if table == "publications" else {}
    row = world.add(table, **values)

    with world.refuses(promise):
        world.run(f"UPDATE {table} SET id = id WHERE id = :row", row=row)
    with world.refuses(promise):
        world.run(f"DELETE FROM {table} WHERE id = :row", row=row)


def test_a_hand_over_once_received_is_neither_edited_nor_deleted(world):
    received = {"receiver_id": world.person(), "receiver_count": 0, "received_at": NINE}
    hand_over = world.add("hand_overs")
    world.set("hand_overs", hand_over, **received)

    with world.refuses("received_hand_over_is_final"):
        world.set("hand_overs", hand_over, receiver_count=1)
    with world.refuses("hand_over_is_kept"):
        world.run("DELETE FROM hand_overs WHERE id = :row", row=hand_over)


@pytest.mark.parametrize("left_out", ["receiver_count", "received_at", "receiver_id"])
def test_a_bag_is_received_by_a_person_with_a_count_at_a_moment(world, left_out):
    received = {"receiver_id": world.person(), "receiver_count": 0, "received_at": NINE}

    with world.refuses("a_receiver_types_a_count"):
        world.add("hand_overs", **{**received, left_out: None})


def test_a_bag_is_on_its_way_once(world):
    hand_over = world.add("hand_overs", seq=1)
    bag = world.value("hand_overs", hand_over, "bag_id")

    with world.refuses("uq_hand_overs_open"):
        world.add("hand_overs", bag_id=bag, seq=2)


def test_a_room_is_reconciled_only_where_two_counts_agree(world):
    with world.refuses("reconciled_means_counted_alike"):
        world.add("room_days", status="reconciled", first_count=29, second_count=30)
    with world.refuses("reconciled_means_counted_alike"):
        world.add("room_days", status="reconciled", first_count=None, second_count=None)

"""No number without attendance, one mark a code and round, one human once: in the database."""

from decimal import Decimal

import pytest

from tests.promises.rows import HOUR, NINE, World

NUMBER = Decimal("61.5")
WITHOUT_A_SCRIPT = ["expected", "absent", "refused", "voided"]
WITH_A_SCRIPT = ["present", "removed"]


def placed(world: World, status: str) -> int:
    placement = int(world.add("placements"))
    world.add("attendances", placement_id=placement, status=status)
    return placement


def coded(world: World, status: str) -> int:
    return int(world.add("secret_codes", placement_id=placed(world, status)))


@pytest.mark.parametrize("status", WITHOUT_A_SCRIPT)
def test_a_number_is_refused_for_whoever_did_not_sit(world, status):
    with world.refuses("no_number_without_attendance"):
        world.add("marks", secret_code_id=coded(world, status), score=NUMBER)
    with world.refuses("no_engine_number_without_attendance"):
        world.add("engine_marks", placement_id=placed(world, status), score=NUMBER)
    with world.refuses("no_practical_number_without_attendance"):
        world.add("practical_marks", placement_id=placed(world, status), score=NUMBER)


def test_a_number_is_refused_where_nobody_kept_an_attendance(world):
    code = world.add("secret_codes", placement_id=world.add("placements"))

    with world.refuses("no_number_without_attendance"):
        world.add("marks", secret_code_id=code, score=NUMBER)
    with world.refuses("no_engine_number_without_attendance"):
        world.add("engine_marks", placement_id=world.add("placements"), score=NUMBER)


@pytest.mark.parametrize("status", WITHOUT_A_SCRIPT)
def test_a_status_is_not_turned_into_a_number_for_whoever_did_not_sit(world, status):
    mark = world.add("marks", secret_code_id=coded(world, status), status="absent")
    engine_mark = world.add("engine_marks", placement_id=placed(world, status), status="absent")

    with world.refuses("no_number_without_attendance"):
        world.set("marks", mark, score=NUMBER, status=None)
    with world.refuses("no_engine_number_without_attendance"):
        world.set("engine_marks", engine_mark, score=NUMBER, status=None)


@pytest.mark.parametrize("status", WITH_A_SCRIPT)
def test_a_number_is_taken_for_whoever_sat(world, status):
    world.add("marks", secret_code_id=coded(world, status), score=NUMBER)
    world.add("engine_marks", placement_id=placed(world, status), score=NUMBER)
    world.add("practical_marks", placement_id=placed(world, status), score=NUMBER)


@pytest.mark.parametrize("table", ["marks", "engine_marks", "practical_marks"])
@pytest.mark.parametrize("turned", ["expected", "voided"])
def test_attendance_does_not_turn_away_under_a_number(world, table, turned):
    placement = placed(world, "present")
    if table == "marks":
        code = world.add("secret_codes", placement_id=placement)
        world.add("marks", secret_code_id=code, score=NUMBER)
    else:
        world.add(table, placement_id=placement, score=NUMBER)

    with world.refuses("no_absence_under_a"):
        world.set("attendances", placement, status=turned, admitted_at=None)


def test_attendance_turns_where_only_a_status_stands(world):
    placement = placed(world, "present")
    code = world.add("secret_codes", placement_id=placement)
    world.add("marks", secret_code_id=code, status="missing")

    world.set("attendances", placement, status="voided")


def test_a_code_has_one_mark_a_round(world):
    code = coded(world, "present")
    world.add("marks", secret_code_id=code, round=1)

    with world.refuses("uq_marks_secret_code_id_round"):
        world.add("marks", secret_code_id=code, round=1)
    world.add("marks", secret_code_id=code, round=2)


def test_one_human_marks_a_code_once_in_whatever_round(world):
    code, marker = coded(world, "present"), world.person()
    world.add("marks", secret_code_id=code, round=1, marker_id=marker)

    with world.refuses("uq_marks_secret_code_id_marker_id"):
        world.add("marks", secret_code_id=code, round=2, marker_id=marker)


def test_one_human_gets_a_bundle_once_in_whatever_round(world):
    bundle, marker = world.add("bundles"), world.person()
    world.add("allocations", bundle_id=bundle, round=1, marker_id=marker)

    with world.refuses("uq_allocations_bundle_id_marker_id"):
        world.add("allocations", bundle_id=bundle, round=2, marker_id=marker)


@pytest.mark.parametrize("change", [{"score": Decimal(62)}, {"score": None, "status": "missing"}])
def test_a_submitted_mark_is_not_edited(world, change):
    code = coded(world, "present")
    mark = world.add("marks", secret_code_id=code, score=NUMBER)
    bundle = world.value("secret_codes", code, "bundle_id")
    allocation = world.add("allocations", bundle_id=bundle, round=1)
    world.set("marks", mark, score=Decimal(60))
    world.set("allocations", allocation, status="submitted")

    with world.refuses("submitted_marks_are_locked"):
        world.set("marks", mark, **change)


def test_submitting_one_round_leaves_the_other_open(world):
    code = coded(world, "present")
    second = world.add("marks", secret_code_id=code, round=2, score=NUMBER)
    bundle = world.value("secret_codes", code, "bundle_id")
    world.add("allocations", bundle_id=bundle, round=1, status="submitted")

    world.set("marks", second, score=Decimal(62))


@pytest.mark.parametrize("table", ["marks", "engine_marks", "formative_marks"])
def test_a_number_and_a_status_never_stand_together(world, table):
    with world.refuses("a_number_or_a_status"):
        world.add(table, score=NUMBER, status="missing")
    with world.refuses("a_number_or_a_status"):
        world.add(table, score=None, status=None)


@pytest.mark.parametrize("table", ["marks", "engine_marks", "formative_marks", "practical_marks"])
@pytest.mark.parametrize("score", [Decimal("-0.01"), Decimal("100.01")])
def test_a_number_lies_between_nothing_and_the_full_mark(world, table, score):
    with world.refuses("score_is_within_the_full_mark"):
        world.add(table, score=score)


def test_a_number_has_a_marker(world):
    with world.refuses("a_number_has_a_marker"):
        world.add("marks", score=NUMBER, marker_id=None)


def test_a_mark_is_not_deleted(world):
    mark = world.add("marks")

    with world.refuses("mark_is_kept"):
        world.run("DELETE FROM marks WHERE id = :mark", mark=mark)


def test_a_seat_has_one_code_and_a_code_one_seat(world):
    code = coded(world, "present")

    with world.refuses("uq_secret_codes_placement_id"):
        world.add("secret_codes", placement_id=world.value("secret_codes", code, "placement_id"))
    with world.refuses("uq_secret_codes_code"):
        world.add("secret_codes", code=world.value("secret_codes", code, "code"))


@pytest.mark.parametrize("table", ["thesis_marks", "practical_marks", "thesis_records"])
def test_a_mark_given_once_for_all_is_final(world, table):
    row = world.add(table)

    with world.refuses("_is_final"):
        world.run(f"DELETE FROM {table} WHERE id = :row", row=row)
    with world.refuses("_is_final"):
        world.run(f"UPDATE {table} SET at = at WHERE id = :row", row=row)


def test_the_supervisor_has_no_seat_on_the_panel(world):
    thesis = world.add("theses")
    supervisor = world.value("theses", thesis, "supervisor_id")

    with world.refuses("supervisor_is_not_on_the_panel"):
        world.add("panel_members", thesis_id=thesis, person_id=supervisor)
    member = world.add("panel_members", thesis_id=thesis)
    with world.refuses("supervisor_is_not_on_the_panel"):
        world.set("panel_members", member, person_id=supervisor)


def test_a_topic_is_proposed_by_its_writer_and_one_version_stands(world):
    topic = world.add("thesis_topics")
    entry = world.value("thesis_topics", topic, "entry_id")

    with world.refuses("uq_thesis_topics_standing"):
        world.add("thesis_topics", entry_id=entry, number=2)
    with world.refuses("topic_is_its_writers_own"):
        world.add("thesis_topics", entry_id=world.add("entries"), proposed_by_id=world.person())


def test_a_topic_is_returned_for_a_reason_by_somebody_and_stays_so(world):
    for missing in ("reason", "supervisor_id", "decided_at"):
        nothing = "" if missing == "reason" else None
        with world.refuses("ck_thesis_topics_"):
            world.add("thesis_topics", status="returned", **{missing: nothing})
    topic = world.add("thesis_topics", status="returned")

    for column, value in (("title", "'x'"), ("reason", "'x'"), ("supervisor_id", "NULL")):
        with world.refuses("_final"):
            world.run(f"UPDATE thesis_topics SET {column} = {value} WHERE id = :id", id=topic)
    with world.refuses("topic_is_kept"):
        world.run("DELETE FROM thesis_topics WHERE id = :id", id=topic)


def test_no_thesis_begins_past_a_topic_that_waits_and_no_topic_after_it(world):
    waiting = world.add("thesis_topics")
    with world.refuses("no_thesis_past_a_waiting_topic"):
        world.add("theses", entry_id=world.value("thesis_topics", waiting, "entry_id"))
    begun = world.value("theses", world.add("theses"), "entry_id")
    with world.refuses("no_topic_once_the_thesis_began"):
        world.add("thesis_topics", entry_id=begun)


def test_a_defence_is_somewhere_with_a_panel_that_stays(world):
    with world.refuses("defence_has_its_panel"):
        world.add("defence_slots", thesis_id=world.add("theses"))
    with world.refuses("ck_defence_slots_somewhere"):
        world.add("defence_slots", place="")
    with world.refuses("ck_defence_slots_a_room_or_words"):
        world.add("defence_slots", kind="room")
    slot = world.add("defence_slots")
    thesis = world.value("defence_slots", slot, "thesis_id")

    with world.refuses("panel_stays_once_its_defence_is_set"):
        world.add("panel_members", thesis_id=thesis)
    with world.refuses("panel_of_a_set_defence_is_kept"):
        world.run("DELETE FROM panel_members WHERE thesis_id = :thesis", thesis=thesis)


def test_a_defence_moves_by_a_new_version_with_a_reason(world):
    slot = world.add("defence_slots")
    thesis = world.value("defence_slots", slot, "thesis_id")

    with world.refuses("defence_slot_is_final"):
        world.set("defence_slots", slot, place="elsewhere")
    with world.refuses("uq_defence_slots_in_force"):
        world.add("defence_slots", thesis_id=thesis, number=2, starts_at=NINE + 2 * HOUR)
    world.set("defence_slots", slot, in_force=False)
    with world.refuses("ck_defence_slots_moved_for_a_reason"):
        world.add("defence_slots", thesis_id=thesis, number=2, reason="")
    world.add("defence_slots", thesis_id=thesis, number=2)
    with world.refuses("moved_defence_does_not_come_back"):
        world.set("defence_slots", slot, in_force=True)
    with world.refuses("defence_slot_is_kept"):
        world.run("DELETE FROM defence_slots WHERE id = :id", id=slot)


def test_nobody_defends_while_they_sit_a_paper_of_a_published_plan(world):
    placement = world.add("placements", starts_at=NINE, in_force=True)
    entry = world.value("placements", placement, "entry_id")
    candidate = world.value("entries", entry, "candidate_id")
    thesis = world.add("theses", entry_id=world.add("entries", candidate_id=candidate))
    world.add("panel_members", thesis_id=thesis, role="chair")

    with world.refuses("nobody_defends_during_their_paper"):
        world.add("defence_slots", thesis_id=thesis, starts_at=NINE + HOUR / 2)
    world.add("defence_slots", thesis_id=thesis, starts_at=NINE + HOUR)

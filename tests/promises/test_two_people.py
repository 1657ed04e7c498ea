"""What takes two people is refused to one, in every table that asks for two."""

import re

import pytest
from sqlalchemy import CheckConstraint

from deploy.drawing import metadata
from tests.promises.rows import NINE, World

TWO = re.compile(r"(\w+) <> (\w+)")


def pairs() -> list[tuple[str, str, str, str]]:
    """Return (table, column, column, check) of each check that keeps two people apart."""
    found = []
    for table in metadata().sorted_tables:
        people = {
            column.name
            for column in table.columns
            for key in column.foreign_keys
            if key.target_fullname == "people.id"
        }
        for check in table.constraints:
            if isinstance(check, CheckConstraint):
                for one, other in TWO.findall(str(check.sqltext)):
                    if {one, other} <= people:
                        found.append((table.name, one, other, str(check.name)))
    return sorted(found)


def test_the_tables_that_ask_for_two_people_are_these():
    assert {(table, one, other) for table, one, other, _ in pairs()} >= {
        ("access_arrangements", "decided_by_id", "requested_by_id"),
        ("attendance_corrections", "first_id", "second_id"),
        ("attendances", "absent_noted_by_id", "absent_confirmed_by_id"),
        ("attendances", "rechecked_by_id", "admitted_by_id"),
        ("bags", "opened_by_id", "opening_witness_id"),
        ("corrections", "asked_by_id", "decided_by_id"),
        ("deferrals", "decided_by_id", "requested_by_id"),
        ("engine_marks", "imported_by_id", "checked_by_id"),
        ("hand_overs", "sender_id", "receiver_id"),
        ("publications", "first_id", "second_id"),
        ("release_batches", "approved_by_id", "released_by_id"),
        ("release_batches", "prepared_by_id", "approved_by_id"),
        ("release_batches", "prepared_by_id", "released_by_id"),
        ("role_grants", "granted_by_id", "person_id"),
        ("room_days", "closed_by_id", "countersigned_by_id"),
        ("room_days", "first_counter_id", "second_counter_id"),
        ("room_days", "opened_by_id", "opening_witness_id"),
        ("station_draws", "drawn_by_id", "witness_id"),
    }


def row_with(world: World, table: str, **people: int) -> None:
    taken = {"receiver_count": 0, "received_at": NINE} if table == "hand_overs" else {}
    world.add(table, **{**taken, **people})


@pytest.mark.parametrize(("table", "one", "other", "check"), pairs())
def test_one_person_does_not_do_what_takes_two(world, table, one, other, check):
    person = world.person()

    with world.refuses(check):
        row_with(world, table, **{one: person, other: person})
    row_with(world, table, **{one: person, other: world.person()})


@pytest.mark.parametrize(
    ("table", "status", "people"),
    [
        ("access_arrangements", "approved", ["decided_by_id"]),
        ("attendances", "absent", ["absent_noted_by_id", "absent_confirmed_by_id"]),
        ("bags", "opened", ["opened_by_id", "opening_witness_id"]),
        ("corrections", "decided", ["decided_by_id"]),
        ("deferrals", "approved", ["decided_by_id"]),
        ("incidents", "resolved", ["resolved_by_id"]),
        ("release_batches", "approved", ["approved_by_id"]),
        ("release_batches", "released", ["approved_by_id", "released_by_id"]),
        ("room_days", "open", ["opened_by_id", "opening_witness_id"]),
        ("room_days", "closed", ["closed_by_id", "countersigned_by_id"]),
        ("room_days", "reconciled", ["first_counter_id", "second_counter_id"]),
    ],
)
def test_what_takes_two_people_is_not_done_by_nobody(world, table, status, people):
    world.add(table, status=status)
    for missing in people:
        with world.refuses(f"ck_{table}_"):
            world.add(table, status=status, **{missing: None})


def test_who_applies_for_a_venue_does_not_review_it_and_nobody_reviews_twice(world):
    application = world.add("venue_applications")
    applicant = world.value("venue_applications", application, "applied_by_id")
    world.add(
        "application_steps",
        application_id=application,
        reached="prefecture_checked",
        person_id=(reviewer := world.person()),
    )

    with world.refuses("applicant_does_not_review"):
        world.add("application_steps", application_id=application, person_id=applicant)
    with world.refuses("uq_application_steps_application_id_person_id"):
        world.add("application_steps", application_id=application, person_id=reviewer)


def test_who_reports_an_offence_does_not_decide_it(world):
    case = world.add("offence_cases")
    reporter = world.value("offence_cases", case, "reported_by_id")
    world.add("case_steps", case_id=case, person_id=reporter, reached="told")

    with world.refuses("reporter_does_not_decide"):
        world.add("case_steps", case_id=case, person_id=reporter, reached="decided")


def test_the_two_parts_of_a_seed_are_of_two_people(world):
    part = world.add("seed_parts", place=1)
    whose = {name: world.value("seed_parts", part, name) for name in ("plan_id", "person_id")}

    with world.refuses("uq_seed_parts_plan_id_person_id"):
        world.add("seed_parts", place=2, **whose)

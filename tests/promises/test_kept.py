"""What was written once stays: columns that never change, rows that are never deleted."""

from decimal import Decimal
from typing import Any

import pytest

from tests.promises.rows import NINE, World, batch_of

KEPT = (
    "attendances", "claims", "credentials", "engine_marks", "incidents", "marks", "offence_cases",
    "outbox_rows", "outcomes", "release_batches", "slips",
)  # fmt: skip

FIXED = [
    ("attendances", "placement_id", "attendance_keeps_its_placement"),
    ("marks", "secret_code_id", "mark_stays_where_it_is"),
    ("marks", "round", "mark_stays_where_it_is"),
    ("marks", "marker_id", "mark_keeps_its_marker"),
    ("secret_codes", "placement_id", "secret_code_is_final"),
    ("slips", "number", "slip_facts_are_final"),
    ("slips", "plan_id", "slip_facts_are_final"),
    ("offence_cases", "placement_id", "offence_case_keeps_its_person"),
    ("outcomes", "parts", "outcome_facts_are_final"),
    ("outcomes", "facts", "outcome_facts_are_final"),
    ("outcome_identities", "stable_id", "outcome_identity_is_final"),
    ("release_batches", "content_sha256", "batch_content_is_final"),
    ("release_batches", "prepared_by_id", "batch_content_is_final"),
    ("claims", "credits", "claim_facts_are_final"),
    ("claims", "outcome_id", "claim_facts_are_final"),
    ("credentials", "entry_course_id", "credential_facts_are_final"),
    ("credentials", "valid_until", "credential_facts_are_final"),
]


@pytest.mark.parametrize("table", KEPT)
def test_a_row_that_decides_about_people_is_never_deleted(world: World, table: str):
    key = world.add(table)

    with world.refuses("_is_kept"):
        world.run(f"DELETE FROM {table} WHERE {world.key_of(table)} = :key", key=key)


@pytest.mark.parametrize(("table", "column", "promise"), FIXED)
def test_a_fact_is_not_rewritten(world: World, table: str, column: str, promise: str):
    key, another = world.add(table), world.add(table)
    other: Any = {"parts": {"final": "99"}, "facts": {"score": "99"}, "round": 2}.get(column)
    if other is None and column in ("marker_id", "prepared_by_id"):
        other = world.person()
    elif other is None and column == "placement_id":
        other = world.add("placements")
    elif other is None:
        other = world.value(table, another, column)
        new = {"valid_until": NINE, "credits": Decimal(9), "number": 9}
        other = new.get(column, other)

    with world.refuses(promise):
        world.set(table, key, **{column: other})


def test_a_checked_engine_mark_is_final(world: World):
    mark = world.add("engine_marks")
    world.set("engine_marks", mark, score=Decimal(62))
    world.set("engine_marks", mark, checked_by_id=world.person())

    with world.refuses("checked_engine_mark_is_final"):
        world.set("engine_marks", mark, score=Decimal(63))


def test_a_placement_in_force_is_ended_and_never_deleted(world: World):
    draft, in_force = world.add("placements"), world.add("placements", starts_at=NINE)
    world.set("placements", in_force, in_force=True)

    world.run("DELETE FROM placements WHERE id = :key", key=draft)
    with world.refuses("placement_in_force_is_kept"):
        world.run("DELETE FROM placements WHERE id = :key", key=in_force)


@pytest.mark.parametrize("status", ["approved", "released", "recalled", "discarded"])
def test_nothing_joins_a_batch_that_somebody_signed(world: World, status: str):
    batch = batch_of(world, world.add("outcomes", status="approved"), status)

    with world.refuses("outcomes_join_a_prepared_batch"):
        world.add("release_lines", batch_id=batch)


def test_who_approved_and_who_released_a_batch_stays(world: World):
    batch = batch_of(world, world.add("outcomes", status="approved"), "released")

    with world.refuses("approval_is_final"):
        world.set("release_batches", batch, approved_by_id=world.person())
    with world.refuses("release_is_final"):
        world.set("release_batches", batch, released_by_id=world.person())

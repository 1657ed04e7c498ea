"""Released once, in a released batch, never edited; credentials and credits only after that."""

from decimal import Decimal

import pytest

from tests.promises.rows import World, batch_of, released_outcome


def in_a_batch(world: World, status: str, **values) -> int:
    outcome = int(world.add("outcomes", status="approved", **values))
    batch_of(world, outcome, status)
    return outcome


@pytest.mark.parametrize("status", ["prepared", "approved", "recalled"])
def test_an_outcome_is_not_released_in_a_batch_that_is_not(world, status):
    outcome = in_a_batch(world, status)

    with world.refuses("released_only_in_a_released_batch"):
        world.set("outcomes", outcome, status="released")


def test_an_outcome_outside_any_batch_is_not_released(world):
    outcome = world.add("outcomes", status="approved")

    with world.refuses("released_only_in_a_released_batch"):
        world.set("outcomes", outcome, status="released")
    with world.refuses("released_only_in_a_released_batch"):
        world.add("outcomes", status="released")


def test_an_outcome_is_in_one_batch_only(world):
    outcome = in_a_batch(world, "released")

    with world.refuses("outcome_is_in_one_live_batch"):
        world.add("release_lines", outcome_id=outcome)


def test_an_outcome_of_a_discarded_batch_is_released_in_another(world):
    outcome = in_a_batch(world, "discarded")

    batch_of(world, outcome, "released")
    world.set("outcomes", outcome, status="released")


def test_a_line_of_a_batch_is_neither_moved_nor_removed(world):
    line = world.add("release_lines")

    with world.refuses("release_line_is_final"):
        world.set("release_lines", line, batch_id=world.add("release_batches"))
    with world.refuses("release_line_is_final"):
        world.run("DELETE FROM release_lines WHERE id = :line", line=line)


def test_an_entry_course_has_one_released_outcome(world):
    first = released_outcome(world)
    course = world.value("outcomes", first, "entry_course_id")
    second = in_a_batch(world, "released", entry_course_id=course, number=2)

    with world.refuses("uq_outcomes_released"):
        world.set("outcomes", second, status="released")
    world.set("outcomes", first, status="corrected")
    world.set("outcomes", second, status="released")


@pytest.mark.parametrize("status", ["computed", "held", "approved"])
def test_an_entry_course_has_one_outcome_in_work(world, status):
    first = world.add("outcomes", status=status)
    course = world.value("outcomes", first, "entry_course_id")

    with world.refuses("uq_outcomes_in_work"):
        world.add("outcomes", entry_course_id=course, number=2, status="computed")


@pytest.mark.parametrize(
    "change",
    [
        {"score": 99},
        {"score": None, "verdict": "absent"},
        {"verdict": "failed"},
        {"number": 9},
        {"explanation": "Because."},
    ],
)
def test_what_an_outcome_says_is_not_edited(world, change):
    outcome = world.add("outcomes")
    sets = ", ".join(f"{name} = :{name}" for name in change)

    with world.refuses("outcome_facts_are_final"):
        world.run(f"UPDATE outcomes SET {sets} WHERE id = :row", row=outcome, **change)


def test_an_outcome_keeps_its_course_and_its_scheme(world):
    outcome, other = world.add("outcomes"), world.add("outcomes", number=2)

    for column in ("entry_course_id", "scheme_id"):
        with world.refuses("outcome_facts_are_final"):
            world.set("outcomes", outcome, **{column: world.value("outcomes", other, column)})


def test_an_outcome_is_not_deleted(world):
    outcome = world.add("outcomes")

    with world.refuses("outcome_is_kept"):
        world.run("DELETE FROM outcomes WHERE id = :row", row=outcome)


@pytest.mark.parametrize(
    ("verdict", "score"), [("absent", Decimal(0)), ("passed", None), ("void", Decimal(61))]
)
def test_an_outcome_is_a_number_or_a_reason(world, verdict, score):
    with world.refuses("a_number_or_a_reason"):
        world.add("outcomes", verdict=verdict, score=score)


@pytest.mark.parametrize("status", ["computed", "held", "approved", "superseded"])
def test_no_credential_shows_an_outcome_that_is_not_released(world, status):
    with world.refuses("credential_needs_a_released_outcome"):
        world.add("credentials", outcome_id=world.add("outcomes", status=status))


@pytest.mark.parametrize("status", ["active", "suspended"])
def test_an_entry_course_has_one_living_credential(world, status):
    first = world.add("credentials", status=status)
    course = world.value("credentials", first, "entry_course_id")
    world.set("outcomes", world.value("credentials", first, "outcome_id"), status="corrected")
    next_version = released_outcome(world, entry_course_id=course, number=2)

    with world.refuses("uq_credentials_active"):
        world.add("credentials", outcome_id=next_version)
    world.set("credentials", first, status="replaced")
    world.add("credentials", outcome_id=next_version)


def test_what_a_credential_says_is_not_edited(world):
    credential, other = world.add("credentials"), released_outcome(world)

    for change in ({"jwt": "x"}, {"sha256": "x"}, {"stable_id": "x"}, {"number": 9}):
        with world.refuses("credential_facts_are_final"):
            world.set("credentials", credential, **change)
    with world.refuses("credential_facts_are_final"):
        world.set("credentials", credential, outcome_id=other)


def test_a_credential_is_revoked_for_a_reason(world):
    credential = world.add("credentials")

    with world.refuses("revoked_with_a_reason"):
        world.set("credentials", credential, status="revoked")


def test_a_revocation_bit_does_not_go_back(world):
    bit = world.add("status_bits")
    world.set("status_bits", bit, revoked=True)

    with world.refuses("revocation_is_final"):
        world.set("status_bits", bit, revoked=False)


def test_a_certificate_is_neither_edited_nor_deleted(world):
    certificate = world.add("certificates")

    with world.refuses("certificate_is_final"):
        world.set("certificates", certificate, serial="x")
    with world.refuses("certificate_is_final"):
        world.run("DELETE FROM certificates WHERE id = :row", row=certificate)


@pytest.mark.parametrize("verdict", ["failed", "absent", "invalid", "cheated", "exempt"])
def test_no_credit_is_claimed_for_what_is_not_a_pass(world, verdict):
    with world.refuses("claim_needs_a_released_pass"):
        world.add("claims", outcome_id=released_outcome(world, verdict=verdict))


@pytest.mark.parametrize("status", ["computed", "held", "approved", "superseded"])
def test_no_credit_is_claimed_for_what_is_not_released(world, status):
    with world.refuses("claim_needs_a_released_pass"):
        world.add("claims", outcome_id=world.add("outcomes", status=status))


@pytest.mark.parametrize(
    "status", ["queued", "sending", "unknown", "accepted", "returned", "revoking"]
)
def test_a_person_has_one_live_credit_a_course_and_kind(world, status):
    claim = world.add("claims", status=status)
    whose = {n: world.value("claims", claim, n) for n in ("person_id", "course_id", "kind")}

    with world.refuses("uq_claims_live"):
        world.add("claims", **whose)


@pytest.mark.parametrize("status", ["replaced", "revoked"])
def test_a_credit_that_ended_leaves_room_for_another(world, status):
    claim = world.add("claims", status=status)

    world.add("claims", **{n: world.value("claims", claim, n) for n in ("person_id", "course_id")})


def test_an_outcome_is_claimed_once(world):
    claim = world.add("claims")

    with world.refuses("uq_claims_outcome_id"):
        world.add("claims", outcome_id=world.value("claims", claim, "outcome_id"))


def test_what_goes_to_the_bank_is_not_edited_and_has_one_row_a_version(world):
    row = world.add("outbox_rows", number=1)

    for change in ({"body": "{}"}, {"number": 2}, {"stable_id": "x"}, {"kind": "revoke"}):
        with world.refuses("sent_body_is_final"):
            world.set("outbox_rows", row, **change)
    with world.refuses("uq_outbox_rows_stable_id_number"):
        stable_id = world.value("outbox_rows", row, "stable_id")
        world.add("outbox_rows", number=1, stable_id=stable_id)


def test_a_receipt_of_the_bank_is_kept(world):
    receipt = world.add("receipts")

    with world.refuses("receipt_is_final"):
        world.set("receipts", receipt, answer="applied")
    with world.refuses("receipt_is_final"):
        world.run("DELETE FROM receipts WHERE id = :row", row=receipt)

"""The verdict at the door, row by row: the same file of rows the devices' door is held against."""

import json
from typing import Any

import pytest

from exam_centre.admission.rules import (
    ADMITS,
    NEXT_ACTIONS,
    VERDICT_SENTENCES,
    AttendanceStatus,
    Code,
    DoorProfile,
    Identity,
    Place,
    Verdict,
    check_digit,
    judge,
    minutes_late,
    new_short_code,
    read_short_code,
)
from exam_centre.entries.rules import EntryStatus
from tests.admission.vectors import ROWS, plain_row
from tests.factories.times import NINE, SECOND


def place(row: dict[str, Any]) -> Place:
    return Place(
        placement_id=row["placement"],
        room_session_id=row["room"],
        venue_id=row["venue"],
        starts=NINE + row["starts"] * SECOND,
        held_over=row["held_over"],
        status=AttendanceStatus(row["status"]),
        entry=EntryStatus(row["entry"]),
        on_slip=row["on_slip"],
        late_entry=row["late_entry"],
    )


def judged(row: dict[str, Any], *, backwards: bool = False) -> Verdict:
    told = plain_row(row)
    profile = told["profile"]
    return judge(
        [place(p) for p in (told["places"][::-1] if backwards else told["places"])],
        told["here"],
        told["venue"],
        NINE + told["at"] * SECOND,
        told["slip_is_valid"],
        DoorProfile(profile["doors_open"] * SECOND, profile["late_limit"] * SECOND),
        Identity(told["identity"]),
    )


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_the_door_says(row):
    for backwards in (False, True):
        verdict = judged(row, backwards=backwards)

        assert verdict.code == row["code"]
        assert (verdict.place.placement_id if verdict.place else None) == row["placement"]


def test_there_are_rows_enough_and_no_two_ask_the_same():
    asked = [json.dumps(plain_row(row) | {"name": ""}, sort_keys=True) for row in ROWS]

    assert len(set(asked)) == len(ROWS) >= 500


@pytest.mark.parametrize("row", [row for row in ROWS if row["code"] in ADMITS])
def test_nobody_is_admitted_outside_the_window_of_an_expected_seat_at_this_door(row):
    """Said once more without the rule: what every admitting row has to have in common."""
    told = plain_row(row)
    (seat,) = (p for p in told["places"] if p["placement"] == row["placement"])
    closes = seat["starts"] + (told["late_limit"] if seat["late_entry"] else 0)

    assert seat["starts"] - told["doors_open"] <= told["at"] <= closes
    assert (seat["status"], seat["entry"], seat["room"]) == ("expected", "confirmed", told["here"])
    assert told["slip_is_valid"]
    assert seat["on_slip"]
    assert told["identity"] != "mismatch"
    assert (row["code"] == "in_doubt") == (told["identity"] == "unsure")
    if row["code"] != "in_doubt":
        assert (row["code"] == "admit_late") == (told["at"] > seat["starts"])


def test_every_verdict_the_rule_can_give_has_a_row():
    before_the_rule = {Code.FORGED, Code.UNKNOWN_SLIP}  # the code itself says so

    assert {row["code"] for row in ROWS} == set(Code) - before_the_rule


def test_every_verdict_has_a_sentence_and_a_next_action():
    assert set(VERDICT_SENTENCES) == set(NEXT_ACTIONS) == set(Code)
    assert {Code.ADMIT, Code.ADMIT_LATE, Code.IN_DOUBT} == ADMITS


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(-600, 0), (0, 0), (1, 1), (60, 1), (61, 2), (1800, 30)]
)
def test_a_begun_minute_counts_as_late(seconds, minutes):
    assert minutes_late(NINE, NINE + seconds * SECOND) == minutes


def test_a_typed_code_may_have_blanks_and_dashes():
    code = new_short_code()

    assert read_short_code(f" {code[:4]}-{code[4:8]} {code[8:]}") == code


def test_every_wrong_digit_of_a_typed_code_is_found():
    code = new_short_code()
    wrong = [
        code[:i] + digit + code[i + 1 :]
        for i in range(12)
        for digit in "0123456789"
        if digit != code[i]
    ]

    assert [read_short_code(w) for w in wrong] == [None] * len(wrong)


@pytest.mark.parametrize("text", ["", "12345678901", "１２３４５６７８９０１２", "1234567890123"])
def test_what_is_no_code_is_not_guessed_to_be_one(text):
    assert read_short_code(text) is None


def test_the_check_digit_is_that_of_the_standard():
    # ISO/IEC 7064 MOD 11,10: the published example 0794 has the check digit 5.
    assert check_digit("0794") == "5"

"""How a typed mark is read, and how rounds become one mark."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_centre.marking.rules import (
    Given,
    MarkStatus,
    WrongMark,
    draw,
    is_code,
    is_disputed,
    number_or_status,
    read_mark,
    read_status,
    settle,
    settle_given,
    with_check_digit,
    within_full,
)

FIVE = Decimal(5)


@pytest.mark.parametrize(
    ("typed", "mark"),
    [("85", "85"), ("85 ", "85"), (" 0", "0"), ("100", "100"), ("7", "7"), ("085", "85")],
)
def test_a_whole_mark_is_read_as_typed(typed: str, mark: str) -> None:
    assert read_mark(typed) == Decimal(mark)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "Type a mark"),
        ("   ", "Type a mark"),
        ("８５", "Switch the keyboard"),
        ("八十五", "Switch the keyboard"),
        ("85．5", "Switch the keyboard"),
        ("85\u3000", "Switch the keyboard"),
        ("85\u00a0", "Switch the keyboard"),
        ("٨٥", "Switch the keyboard"),
        ("85.", "Type 85 or 85.0"),
        ("8 5", "digits only"),
        ("1O0", "digits only"),
        ("9o", "digits only"),
        ("-0", "digits only"),
        ("-5", "digits only"),
        ("+5", "digits only"),
        ("1e2", "digits only"),
        ("1E400", "digits only"),
        ("A", "digits only"),
        ("NaN", "digits only"),
        ("inf", "digits only"),
        ("0x1F", "digits only"),
        ("8,5", "digits only"),
        ("8_5", "digits only"),
        (".5", "digits only"),
        ("85\t", "digits only"),
        ("85\n", "digits only"),
        ("=85", "digits only"),
        ("0085", "digits only"),
        ("101", "above the full mark"),
        ("999", "above the full mark"),
        ("85.5", "takes 0"),
        ("85.0", "takes 0"),
    ],
)
def test_what_is_no_mark_is_refused_with_what_to_type(typed: str, hint: str) -> None:
    with pytest.raises(WrongMark) as refusal:
        read_mark(typed)

    assert hint in str(refusal.value.sentence)


def test_a_paper_with_decimals_takes_so_many_and_no_more() -> None:
    assert read_mark("85.5", decimals=1) == Decimal("85.5")
    with pytest.raises(WrongMark):
        read_mark("85.55", decimals=1)


@given(st.text(max_size=8))
def test_no_text_is_ever_read_as_anything_but_what_it_plainly_says(text: str) -> None:
    try:
        mark = read_mark(text, decimals=2)
    except WrongMark:
        return
    assert 0 <= mark <= 100
    assert Decimal(text.strip(" ")) == mark


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-1", "100.01", "59.995"])
def test_a_number_that_is_no_mark_is_refused_wherever_it_comes_from(number: str) -> None:
    with pytest.raises(WrongMark):
        within_full(Decimal(number))


def test_a_mark_is_a_number_or_a_status_and_never_both_or_neither() -> None:
    number_or_status(Decimal(60), None)
    number_or_status(None, MarkStatus.ABSENT)
    for score, status in ((Decimal(0), MarkStatus.ABSENT), (None, None)):
        with pytest.raises(WrongMark):
            number_or_status(score, status)


@pytest.mark.parametrize("word", ["缺考 ", "缺", "Q", "q ", "ABSENT", " absent"])
def test_the_words_for_absent_are_known_with_blanks_around_them(word: str) -> None:
    assert read_status(word) is MarkStatus.ABSENT


def test_a_number_or_an_unknown_word_is_no_status() -> None:
    assert read_status("0") is None
    assert read_status("late") is None


@pytest.mark.parametrize(
    ("first", "second", "final"),
    [("70", "75", "72.5"), ("75", "70", "72.5"), ("70", "71", "70.5"), ("70", "70", "70")],
)
def test_within_the_tolerance_the_mean_counts(first: str, second: str, final: str) -> None:
    settled = settle(Decimal(first), Decimal(second), None, FIVE)

    assert (settled.score, settled.how) == (Decimal(final), "agreed")


def test_the_tolerance_itself_is_inside_and_a_hundredth_more_is_not() -> None:
    assert not is_disputed(Decimal(70), Decimal(75), FIVE)
    assert is_disputed(Decimal(70), Decimal("75.01"), FIVE)
    assert settle(Decimal(70), Decimal("75.01"), None, FIVE).how == "open"


def test_a_quarter_of_a_mark_goes_up_to_the_next_half() -> None:
    assert settle(Decimal("70.5"), Decimal(71), None, FIVE).score == Decimal(71)
    assert settle(Decimal("70.25"), Decimal("70.24"), None, FIVE).score == Decimal("70.0")


@pytest.mark.parametrize("third", ["40", "62", "95"])
def test_the_third_mark_counts_alone_wherever_it_lies(third: str) -> None:
    settled = settle(Decimal(50), Decimal(80), Decimal(third), FIVE)

    assert (settled.score, settled.how) == (Decimal(third), "third")


def test_one_marker_is_enough_where_the_rules_ask_for_one() -> None:
    assert settle(Decimal(50), None, None, FIVE).how == "open"
    single = settle(Decimal(50), None, None, FIVE, second_needed=False)
    assert (single.score, single.how) == (Decimal(50), "single")


def test_a_status_beside_a_number_is_a_dispute_and_two_equal_ones_are_not() -> None:
    nothing, number = Given(None, MarkStatus.MISSING), Given(Decimal(60), None)

    assert settle_given(nothing, number, None, FIVE).how == "open"
    assert settle_given(nothing, nothing, None, FIVE).status is MarkStatus.MISSING
    assert settle_given(nothing, number, number, FIVE).score == Decimal(60)


@given(st.integers(0, 9_999_999), st.integers(0, 7), st.integers(1, 9))
def test_a_code_with_one_wrong_digit_is_no_code(number: int, place: int, off: int) -> None:
    code = with_check_digit(f"{number:07d}")
    wrong = str((int(code[place]) + off) % 10)

    assert is_code(code)
    assert not is_code(code[:place] + wrong + code[place + 1 :])


@given(st.integers(0, 9_999_999), st.integers(0, 6))
def test_a_code_with_two_swapped_digits_is_no_code(number: int, place: int) -> None:
    code = with_check_digit(f"{number:07d}")
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_code(swapped) == (swapped == code)


@pytest.mark.parametrize("text", ["", "1234567", "１２３４５６７８", "abcdefgh", "-1234567"])
def test_a_code_has_eight_half_width_digits(text: str) -> None:
    assert not is_code(text)


def test_a_sample_has_a_random_part_both_ends_and_the_edge() -> None:
    scores = {f"{n:02d}": Decimal(n) for n in range(100)}

    drawn = draw(scores, Decimal(10), "autumn", Decimal(60))

    assert sum(why == "random" for why in drawn.values()) == 10
    assert {"00", "59", "60", "99"} <= set(drawn)


def test_the_same_seed_draws_the_same_sample_and_another_one_another() -> None:
    scores = {f"{n:02d}": Decimal(n) for n in range(100)}
    one = draw(scores, Decimal(10), "autumn", Decimal(60))

    assert draw(dict(reversed(scores.items())), Decimal(10), "autumn", Decimal(60)) == one
    assert draw(scores, Decimal(10), "winter", Decimal(60)) != one


def test_a_sample_of_nothing_is_empty_and_of_one_script_is_that_script() -> None:
    assert draw({}, Decimal(10), "autumn", Decimal(60)) == {}
    assert list(draw({"1": Decimal(60)}, Decimal(0), "autumn", Decimal(60))) == ["1"]

"""Composites: gates, arithmetic, roundings, and the sentence that explains them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_centre.papers.rules import Rounding, SchemeFacts
from exam_centre.results.rules import (
    PRECEDENCE,
    Parts,
    Verdict,
    compose,
    content_sha256,
    draw_sample,
    keep_facts,
    portions,
    sentence_of,
)


def scheme(
    percent: str = "30",
    *,
    double_pass: bool = False,
    gate: bool = True,
    precision: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
) -> SchemeFacts:
    """A scheme of version 3 with the pass mark at 60."""
    return SchemeFacts(3, Decimal(percent), double_pass, gate, Decimal(60), precision, rounding)


def parts(
    formative: str | None = "82",
    final: str | None = "61",
    verdict: Verdict | None = None,
    cap: str | None = None,
    **rules: bool,
) -> Parts:
    """Parts with numbers as text."""
    return Parts(
        None if formative is None else Decimal(formative),
        None if final is None else Decimal(final),
        verdict,
        None if cap is None else Decimal(cap),
        **rules,
    )


def test_a_composite_says_how_it_came_about() -> None:
    found = compose(parts(), scheme())

    assert found.score == Decimal(67)
    assert str(found.explanation) == (
        "Formative 82 x 30 % + final 61 x 70 % = 67.3, rounded to 67 (rule version 3). Pass."
    )


@pytest.mark.parametrize(
    ("rounding", "formative", "final", "score"),
    [
        (Rounding.HALF_UP, "59", "60", "60"),  # 59.5
        (Rounding.HALF_EVEN, "59", "60", "60"),
        (Rounding.DOWN, "59", "60", "59"),
        (Rounding.HALF_UP, "60", "61", "61"),  # 60.5
        (Rounding.HALF_EVEN, "60", "61", "60"),
        (Rounding.DOWN, "60", "61", "60"),
    ],
)
def test_the_declared_rounding_decides_at_the_half(
    rounding: Rounding, formative: str, final: str, score: str
) -> None:
    found = compose(parts(formative, final), scheme("50", rounding=rounding))

    assert found.score == Decimal(score)


def test_rounding_happens_once_and_after_weighting() -> None:
    # Rounded before weighting, 59.5 and 59.5 would be two sixties.
    assert compose(parts("59.4", "59.4"), scheme("50")).score == Decimal(59)
    assert compose(parts("59.5", "59.4"), scheme("50")).verdict is Verdict.FAILED


def test_the_rounded_score_is_the_one_that_passes() -> None:
    found = compose(parts("59", "60"), scheme("50"))

    assert (found.score, found.verdict) == (Decimal(60), Verdict.PASSED)


def test_tenths_add_up_exactly() -> None:
    found = compose(parts("0.1", "0.2"), scheme("50", precision=2))

    assert found.score == Decimal("0.15")


def test_a_good_final_without_a_formative_mark_is_invalid() -> None:
    found = compose(parts(None, "95"), scheme())

    assert (found.score, found.verdict) == (None, Verdict.INVALID)
    assert str(found.explanation) == "Invalid: the formative part is not completed."


def test_without_the_gate_a_missing_formative_mark_counts_nothing() -> None:
    found = compose(parts(None, "95"), scheme(gate=False))

    assert found.score == Decimal(67)  # 95 x 70 % = 66.5


def test_both_parts_must_pass_where_the_scheme_says_so() -> None:
    found = compose(parts("90", "59"), scheme(double_pass=True))

    assert (found.score, found.verdict) == (Decimal(68), Verdict.FAILED)
    assert str(found.explanation).endswith(
        "Not passed: both parts need 60, and the lower one is 59."
    )


def test_both_parts_at_the_pass_mark_pass() -> None:
    assert compose(parts("60", "60"), scheme(double_pass=True)).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("percent", "given", "sentence"),
    [
        ("100", parts("82", None), "Formative 82 x 100 % = 82, rounded to 82"),
        ("0", parts(None, "61"), "Final 61 x 100 % = 61, rounded to 61"),
    ],
)
def test_a_part_without_weight_is_neither_needed_nor_named(
    percent: str, given: Parts, sentence: str
) -> None:
    found = compose(given, scheme(percent, double_pass=True))

    assert found.verdict is Verdict.PASSED
    assert str(found.explanation).startswith(sentence)


def test_a_retake_is_capped_and_says_so() -> None:
    found = compose(parts("90", "95", cap="60"), scheme())

    assert (found.score, found.verdict) == (Decimal(60), Verdict.PASSED)
    assert "= 93.5, a retake counts 60 at most, rounded to 60" in str(found.explanation)


def test_a_retake_below_the_cap_is_as_it_is() -> None:
    found = compose(parts("50", "55", cap="60"), scheme())

    assert found.score == Decimal(54)
    assert "retake" not in str(found.explanation)


def test_absent_is_not_zero_unless_the_rules_count_it_so() -> None:
    away = parts("82", None, Verdict.ABSENT)

    assert compose(away, scheme()).score is None
    counted = compose(parts("82", None, Verdict.ABSENT, absent_counts_as_zero=True), scheme())
    assert (counted.score, counted.verdict) == (Decimal(25), Verdict.FAILED)  # 24.6
    assert str(counted.explanation).startswith("Absent from the final paper; the rules count it")


def test_a_failed_defence_decides_alone() -> None:
    found = compose(parts("100", "58", defence_failed=True), scheme())

    assert (found.score, found.verdict) == (Decimal(71), Verdict.FAILED)
    assert "the defence was not passed" in str(found.explanation)


@pytest.mark.parametrize("verdict", PRECEDENCE[:-1])
def test_every_status_of_the_final_is_stronger_than_a_missing_formative(verdict: Verdict) -> None:
    assert compose(parts(None, None, verdict), scheme()).verdict is verdict


def test_no_parts_at_all_are_invalid_before_they_are_anything_else() -> None:
    assert compose(parts(None, None), scheme()).verdict is Verdict.INVALID
    assert compose(parts("80", None), scheme()).verdict is Verdict.MISSING


@given(
    st.decimals(0, 100, places=2), st.decimals(0, 100, places=2), st.integers(0, 100),
    st.integers(0, 2), st.sampled_from(Rounding),
)  # fmt: skip
def test_a_composite_lies_between_its_parts(
    formative: Decimal, final: Decimal, percent: int, precision: int, rounding: Rounding
) -> None:
    found = compose(
        Parts(formative, final, None, None),
        scheme(str(percent), precision=precision, rounding=rounding),
    )

    assert found.score is not None
    assert min(formative, final) - 1 < found.score < max(formative, final) + 1
    assert (found.verdict is Verdict.PASSED) == (found.score >= 60)


def test_an_explanation_survives_being_kept() -> None:
    explanation = compose(parts("90", "59"), scheme(double_pass=True)).explanation

    assert str(sentence_of(explanation.text, keep_facts(explanation))) == str(explanation)


def test_a_batch_is_known_by_its_content_whatever_its_order() -> None:
    one, two = ("a", 1, Decimal(67), Verdict.PASSED), ("b", 1, None, Verdict.ABSENT)

    assert content_sha256([one, two]) == content_sha256([two, one])
    assert content_sha256([one]) == content_sha256([("a", 1, Decimal("67.00"), Verdict.PASSED)])
    assert content_sha256([one]) != content_sha256([("a", 2, Decimal(67), Verdict.PASSED)])
    assert content_sha256([two]) != content_sha256([("b", 1, Decimal(0), Verdict.FAILED)])


def test_a_review_sample_is_rounded_up_and_drawn_alike_from_any_order() -> None:
    names = [f"name {n}" for n in range(21)]

    drawn = draw_sample(names, Decimal(10), "seed")

    assert len(drawn) == 3
    assert draw_sample(reversed(names), Decimal(10), "seed") == drawn
    assert draw_sample(names, Decimal(100), "seed") != []
    assert draw_sample([], Decimal(10), "seed") == []


def test_long_lists_are_taken_in_portions_and_nothing_is_lost() -> None:
    assert list(portions(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(portions([])) == []

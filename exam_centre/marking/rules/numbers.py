"""How a typed mark is read, and how two or three marks become one."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say
from exam_centre.marking.rules.statuses import MarkStatus

FULL_MARK = Decimal(100)
TYPED = re.compile(r"[0-9]{1,3}(\.[0-9]+)?")


class WrongMark(BadInput):
    """What was typed is no mark."""

    code = "wrong_mark"


def read_mark(text: str, decimals: int = 0, full: Decimal = FULL_MARK) -> Decimal:
    """Return the mark a person typed, or raise WrongMark with what to type instead.

    Nothing is guessed: full-width digits, blanks inside, "85.", "1e2" and "-0" are refused.
    """
    word = text.strip(" ")
    if not word:
        raise WrongMark(say("Type a mark, or choose why there is none."))
    if not word.isascii():
        raise WrongMark(say("{text} is not in half-width digits. Switch the keyboard.", text=word))
    if word.endswith(".") and word[:-1].isdigit():
        raise WrongMark(
            say(
                "{text} has no digits after the point. Type {whole} or {whole}.0.",
                text=word,
                whole=word[:-1],
            )
        )
    if not TYPED.fullmatch(word):
        raise WrongMark(say("{text} is not a number. Type digits only, e.g. 85.", text=word))
    mark = Decimal(word)
    if mark > full:
        raise WrongMark(say("{text} is above the full mark of {full}.", text=word, full=full))
    places = -int(mark.as_tuple().exponent)
    if places > decimals:
        raise WrongMark(
            say(
                "{text} has too many decimals. This paper takes {decimals}.",
                text=word,
                decimals=decimals,
            )
        )
    return mark


@dataclass(frozen=True)
class FinalMark:
    """What a script's rounds come to: a score, or a status, or (both None) not settled yet."""

    score: Decimal | None
    status: MarkStatus | None
    how: str  # "agreed", "third", "single", "status", "open"


def settle(
    first: Decimal | None,
    second: Decimal | None,
    third: Decimal | None,
    tolerance: Decimal,
    *,
    second_needed: bool = True,
) -> FinalMark:
    """Return the final mark of one script out of its rounds' numbers.

    Within the tolerance (inclusive) the mean counts, half a mark up to the nearest 0.5. A third
    marker's number counts alone, wherever it lies: beyond the tolerance, or where a moderator sent
    the script back. None means that round has not been given.
    """
    if third is not None:
        return FinalMark(third, None, "third")
    if first is None:
        return FinalMark(None, None, "open")
    if not second_needed:
        return FinalMark(first, None, "single")
    if second is None:
        return FinalMark(None, None, "open")
    if not is_disputed(first, second, tolerance):
        mean = (first + second) / 2
        halves = (mean * 2).quantize(Decimal(1), ROUND_HALF_UP) / 2
        return FinalMark(halves, None, "agreed")
    return FinalMark(None, None, "open")


@dataclass(frozen=True)
class Given:
    """What one round says of one script: a number, or a status."""

    score: Decimal | None
    status: MarkStatus | None

    def __str__(self) -> str:
        if self.score is not None:
            return format(self.score.normalize(), "f")
        return self.status.value if self.status is not None else ""


def settle_given(
    first: Given | None,
    second: Given | None,
    third: Given | None,
    tolerance: Decimal,
    *,
    second_needed: bool = True,
) -> FinalMark:
    """Return the final mark of one script whose rounds may hold statuses as well as numbers.

    A status settles a script where the rounds agree on it; a status beside a number is a dispute.
    """
    if third is not None:
        return FinalMark(third.score, third.status, "third")
    if first is None or (second is None and second_needed):
        return FinalMark(None, None, "open")
    if first.status is not None and (second is None or second.status is first.status):
        return FinalMark(None, first.status, "status")
    if first.status is not None or (second is not None and second.status is not None):
        return FinalMark(None, None, "open")
    second_score = second.score if second is not None else None
    return settle(first.score, second_score, None, tolerance, second_needed=second_needed)


def is_disputed(first: Decimal, second: Decimal, tolerance: Decimal) -> bool:
    """Say whether two numbers lie so far apart that a third marker is needed."""
    return abs(first - second) > tolerance


def within_full(score: Decimal, full: Decimal = FULL_MARK) -> Decimal:
    """Return `score` where it is a mark of 0 to `full` with at most two decimals.

    Raises WrongMark for everything else, NaN and infinities included.
    """
    if not score.is_finite() or not 0 <= score <= full or score != round(score, 2):
        raise WrongMark(
            say(
                "{text} is no mark. Give 0 to {full}, with two decimals at most.",
                text=str(score),
                full=full,
            )
        )
    return score


def number_or_status(score: Decimal | None, status: MarkStatus | None) -> None:
    """Raise WrongMark unless exactly one of the two is given and a number is a mark."""
    if (score is None) == (status is None):
        raise WrongMark(say("Give a mark or the reason why there is none, not both."))
    if score is not None:
        within_full(score)

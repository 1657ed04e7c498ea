"""How a typed mark is read, how two marks become one, and the life of a bundle."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import say


class MarkStatus(StrEnum):
    """What stands where no number can."""

    ABSENT = "absent"
    REFUSED = "refused"
    REMOVED = "removed"
    VOID = "void"
    MISSING = "missing"  # not handed in, not done
    CHEATED = "cheated"


class BundleStatus(StrEnum):
    """Where a bundle of coded scripts stands."""

    CODED = "coded"
    MARKING = "marking"
    COMPARED = "compared"
    FINAL = "final"
    MODERATED = "moderated"
    APPROVED = "approved"


BUNDLE_FLOW: Flow[BundleStatus] = Flow(
    {
        BundleStatus.CODED: frozenset({BundleStatus.MARKING}),
        BundleStatus.MARKING: frozenset({BundleStatus.COMPARED}),
        BundleStatus.COMPARED: frozenset({BundleStatus.FINAL}),
        BundleStatus.FINAL: frozenset({BundleStatus.MODERATED}),
        BundleStatus.MODERATED: frozenset({BundleStatus.APPROVED, BundleStatus.MARKING}),
        BundleStatus.APPROVED: frozenset(),
    }
)


class AllocationStatus(StrEnum):
    """Where one marker's round of one bundle stands."""

    ALLOCATED = "allocated"
    SUBMITTED = "submitted"
    RETURNED = "returned"


ALLOCATION_FLOW: Flow[AllocationStatus] = Flow(
    {
        AllocationStatus.ALLOCATED: frozenset(
            {AllocationStatus.SUBMITTED, AllocationStatus.RETURNED}
        ),
        AllocationStatus.SUBMITTED: frozenset(),
        AllocationStatus.RETURNED: frozenset(),
    }
)

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

    Within the tolerance (inclusive) the mean counts, half a mark up to the nearest 0.5; beyond it
    the third marker's number counts alone. None means that round has not been given.
    """
    if first is None:
        return FinalMark(None, None, "open")
    if not second_needed:
        return FinalMark(first, None, "single")
    if second is None:
        return FinalMark(None, None, "open")
    if abs(first - second) <= tolerance:
        mean = (first + second) / 2
        halves = (mean * 2).quantize(Decimal(1), ROUND_HALF_UP) / 2
        return FinalMark(halves, None, "agreed")
    if third is None:
        return FinalMark(None, None, "open")
    return FinalMark(third, None, "third")


def is_disputed(first: Decimal, second: Decimal, tolerance: Decimal) -> bool:
    """Say whether two numbers lie so far apart that a third marker is needed."""
    return abs(first - second) > tolerance

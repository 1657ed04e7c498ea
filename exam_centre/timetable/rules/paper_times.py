"""When papers may be sat: windows of periods, and orders between two papers."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import Sentence, say


class PaperOrderKind(StrEnum):
    """What an order asks of the sittings of two papers."""

    BEFORE = "before"  # every one of the first before any of the second
    TOGETHER = "together"  # one sitting each, in the same period
    APART = "apart"  # no period in common


def order_words(kind: PaperOrderKind, first: str, second: str) -> Sentence:
    """Return an order between two papers, by their codes, in words."""
    if kind is PaperOrderKind.BEFORE:
        return say("{first} is over before {second} begins", first=first, second=second)
    if kind is PaperOrderKind.TOGETHER:
        return say("{first} and {second} are sat at the same time", first=first, second=second)
    return say("{first} and {second} are never sat at the same time", first=first, second=second)


def keeps_order(
    kind: PaperOrderKind, first: Collection[datetime], second: Collection[datetime]
) -> bool:
    """Whether sittings of two papers, by the starts of their periods, are as an order asks."""
    if not first or not second:
        return True
    if kind is PaperOrderKind.BEFORE:
        return max(first) < min(second)
    both = set(first) | set(second)
    if kind is PaperOrderKind.TOGETHER:
        return len(both) == 1
    return len(both) == len(set(first)) + len(set(second))


class WindowBackwards(BadInput):
    """A window whose last period comes before its first."""

    code = "window_backwards"

    def __init__(self, first: str, last: str) -> None:
        super().__init__(
            say(
                "{last} comes before {first}. Choose the earlier one as the first.",
                first=first,
                last=last,
            )
        )


class OrderOfOnePaper(BadInput):
    """An order needs two papers."""

    code = "order_of_one_paper"

    def __init__(self, code: str) -> None:
        super().__init__(
            say("Paper {paper} stands there twice. Name another one beside it.", paper=code)
        )


class AlreadyOrdered(Refusal):
    """The two papers have an order already, this way round or the other."""

    kind: ClassVar[str] = "conflict"
    code = "already_ordered"

    def __init__(self, first: str, second: str) -> None:
        super().__init__(
            say(
                "Papers {first} and {second} have an order already. Take that one away first.",
                first=first,
                second=second,
            )
        )

"""What must be right before a venue's day is closed for good."""

from dataclasses import dataclass
from enum import StrEnum

from exam_centre.kernel.laws import Row
from exam_centre.kernel.sentences import Sentence


class Check(StrEnum):
    """One thing a venue's day is held against, in the order in which people mend them."""

    ROOMS = "rooms"
    ABSENTEES = "absentees"
    INCIDENTS = "incidents"
    BAGS = "bags"
    COMPARED = "compared"


@dataclass(frozen=True)
class Checked:
    """How one thing stands: one sentence, and the rows that have to be mended first."""

    check: Check
    sentence: Sentence
    rows: tuple[Row, ...] = ()

    @property
    def green(self) -> bool:
        """Whether nothing speaks against closing the day here."""
        return not self.rows

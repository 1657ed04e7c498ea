"""Conservation laws: two counts that must be equal, and the rows that break them."""

from dataclasses import dataclass

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.sentences import Sentence, say


@dataclass(frozen=True)
class Row:
    """One row that breaks a law: what to show a person, and where to find it."""

    subject: str  # table and key, e.g. "placements:81"
    text: Sentence


@dataclass(frozen=True)
class Law:
    """One law at one moment: both sides in words, both counts, and the rows that break it."""

    name: str  # stable, e.g. "scripts_are_present_people"
    left_text: Sentence
    right_text: Sentence
    left: int
    right: int
    rows: tuple[Row, ...] = ()

    @property
    def green(self) -> bool:
        """Whether the law holds: equal counts, and no row that breaks it behind equal counts."""
        return self.left == self.right and not self.rows


class LawBroken(Refusal):
    """The next step is locked until a law is green again. Carries the law with its rows."""

    kind = "conflict"
    code = "law_broken"

    def __init__(self, law: Law) -> None:
        self.law = law
        super().__init__(
            say(
                "{left_text}: {left}. {right_text}: {right}. {rows} to look at first.",
                left_text=law.left_text,
                left=law.left,
                right_text=law.right_text,
                right=law.right,
                rows=len(law.rows),
            )
        )


def ensure(law: Law) -> None:
    """Raise LawBroken unless the law is green."""
    if not law.green:
        raise LawBroken(law)

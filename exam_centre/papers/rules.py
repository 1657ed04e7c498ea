"""How a paper is sat, and how its parts become a composite."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import Sentence, say


class Mode(StrEnum):
    """How a paper is sat. The first four need a seat."""

    PAPER = "paper"
    LISTENING = "listening"
    COMPUTER = "computer"
    PRACTICAL = "practical"
    ORAL = "oral"
    ASSIGNMENT = "assignment"
    THESIS = "thesis"


SEATED = frozenset({Mode.PAPER, Mode.LISTENING, Mode.COMPUTER, Mode.PRACTICAL, Mode.ORAL})
SCRIPT_MARKED = frozenset({Mode.PAPER, Mode.LISTENING})  # marked from coded scripts, twice


class BookRule(StrEnum):
    """What may lie on the desk."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"  # one sheet


class Rounding(StrEnum):
    """How a composite is rounded, once, at the end."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


ROUNDING_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
}


@dataclass(frozen=True)
class SchemeFacts:
    """A composite scheme as plain facts: percents of 100, marks of 100, decimals kept."""

    version: int
    formative_percent: Decimal  # 0 to 100; the final part has the rest
    double_pass: bool  # both parts must reach the pass mark
    formative_gate: bool  # without a formative mark the outcome is invalid
    pass_mark: Decimal
    precision: int  # decimals of the composite
    rounding: Rounding


@dataclass(frozen=True)
class CourseFacts:
    """A course and how it is assessed, as plain facts; `minutes` is None where nobody sits it."""

    code: str
    name: str
    level: str
    learning_area: str
    credits: Decimal
    mode: Mode
    minutes: int | None
    book_rule: BookRule


def round_composite(value: Decimal, precision: int, rounding: Rounding) -> Decimal:
    """Return `value` with `precision` decimals, rounded the declared way."""
    return value.quantize(Decimal(1).scaleb(-precision), ROUNDING_MODES[rounding])


MOST_MINUTES = 600


class WrongMinutes(BadInput):
    """A paper that is sat without a length, or a length for one that is not."""

    code = "wrong_minutes"

    def __init__(self) -> None:
        super().__init__(
            say(
                "A paper that is sat has 1 to {most} minutes, any other has none.",
                most=MOST_MINUTES,
            )
        )


def check_minutes(mode: Mode, minutes: int | None) -> None:
    """Raise WrongMinutes unless a sat paper has a length and any other has none."""
    if (mode in SEATED) != (minutes is not None):
        raise WrongMinutes
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise WrongMinutes


class WrongCredits(BadInput):
    """Credits that no course can bring."""

    code = "wrong_credits"

    def __init__(self) -> None:
        super().__init__(say("Credits go from 0.5 to 100 in steps of a half."))


def check_credits(value: Decimal) -> None:
    """Raise WrongCredits unless `value` is 0.5 to 100 in steps of a half."""
    if not value.is_finite() or not Decimal("0.5") <= value <= 100 or value * 2 % 1:
        raise WrongCredits


class WrongScheme(BadInput):
    """A percent, mark or precision no scheme can have."""

    code = "wrong_scheme"

    def __init__(self) -> None:
        super().__init__(
            say(
                "The formative percent and the pass mark lie between 0 and 100 with up to 2 "
                "decimals; a composite has 0 to 2 decimals."
            )
        )


def check_scheme(formative_percent: Decimal, pass_mark: Decimal, precision: int) -> None:
    """Raise WrongScheme unless both numbers lie in 0 to 100 and the precision in 0 to 2."""
    for value in (formative_percent, pass_mark):
        if not value.is_finite() or not 0 <= value <= 100:
            raise WrongScheme
        if value != value.quantize(Decimal("0.01")):
            raise WrongScheme
    if precision not in (0, 1, 2):
        raise WrongScheme


MODE_SENTENCES: dict[Mode, Sentence] = {
    Mode.PAPER: say("On paper"),
    Mode.LISTENING: say("Listening"),
    Mode.COMPUTER: say("At a computer"),
    Mode.PRACTICAL: say("Practical"),
    Mode.ORAL: say("Oral"),
    Mode.ASSIGNMENT: say("Assignment"),
    Mode.THESIS: say("Thesis"),
}
BOOK_SENTENCES: dict[BookRule, Sentence] = {
    BookRule.CLOSED: say("Closed book"),
    BookRule.OPEN: say("Open book"),
    BookRule.HALF_OPEN: say("One sheet of notes"),
}
ROUNDING_SENTENCES: dict[Rounding, Sentence] = {
    Rounding.HALF_UP: say("A half goes up"),
    Rounding.HALF_EVEN: say("A half goes to the even digit"),
    Rounding.DOWN: say("Cut off"),
}
LEVEL_SENTENCES: dict[str, Sentence] = {
    "bachelor": say("Bachelor"),
    "diploma": say("Diploma"),
}
AREA_SENTENCES: dict[str, Sentence] = {
    "professional ethics": say("Professional ethics"),
    "basic skills": say("Basic skills"),
    "specialised skills": say("Specialised skills"),
    "management skills": say("Management skills"),
    "digital literacy": say("Digital literacy"),
    "interest development": say("Interest development"),
}


def course_document(
    course: CourseFacts, schemes: Sequence[tuple[SchemeFacts, str]], address: str
) -> dict[str, object]:
    """Return a course as programs read it: the Open Badges achievement that credentials name.

    schemes  (version, its source), the newest first: the first holds for outcomes computed now.
    address  of the course, its name in credentials.
    """
    newest = schemes[0][0] if schemes else None
    return {
        "id": address,
        "type": ["Achievement"],
        "achievementType": "Course",
        "name": course.name,
        "description": f"{course.name} ({course.code}), {course.level}",
        "humanCode": course.code,
        "fieldOfStudy": course.learning_area,
        "specialization": course.level,
        # The specification has a number here; half credits are exact in binary too.
        "creditsAvailable": float(course.credits),
        "criteria": {
            "narrative": f"A composite of at least {plain(newest.pass_mark)} of 100 under the "
            "published scheme."
            if newest
            else "No scheme is published yet."
        },
        "assessment": {
            "mode": course.mode.value,
            "minutes": course.minutes,
            "bookRule": course.book_rule.value,
            "schemes": [_scheme_document(facts, source) for facts, source in schemes],
        },
    }


def _scheme_document(facts: SchemeFacts, source: str) -> dict[str, object]:
    return {
        "version": facts.version,
        "source": source,
        "formativePercent": plain(facts.formative_percent),
        "finalPercent": plain(100 - facts.formative_percent),
        "passMark": plain(facts.pass_mark),
        "bothPartsMustPass": facts.double_pass,
        "needsFormativeMark": facts.formative_gate,
        "decimals": facts.precision,
        "rounding": facts.rounding.value,
    }


def plain(number: Decimal) -> str:
    """Return a number without trailing zeros, e.g. "60" or "67.5"."""
    return f"{number.normalize():f}"

"""The life of a series, and what a rule profile decides."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from exam_centre.kernel import clock
from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class SeriesStatus(StrEnum):
    """Where a whole series stands. Plans, rooms, marks and releases have lives of their own."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


SERIES_FLOW: Flow[SeriesStatus] = Flow(
    {
        SeriesStatus.DRAFT: frozenset({SeriesStatus.OPEN}),
        SeriesStatus.OPEN: frozenset({SeriesStatus.CLOSED}),
        SeriesStatus.CLOSED: frozenset({SeriesStatus.OPEN, SeriesStatus.ARCHIVED}),
        SeriesStatus.ARCHIVED: frozenset(),
    }
)


class DeadlineKind(StrEnum):
    """What must be done before a moment."""

    ENTRIES = "entries"
    ACCESS = "access"
    DEFERRAL = "deferral"
    MARKS = "marks"
    APPEALS = "appeals"


DEADLINE_SENTENCES: dict[DeadlineKind, Sentence] = {
    DeadlineKind.ENTRIES: say("entries"),
    DeadlineKind.ACCESS: say("access arrangements"),
    DeadlineKind.DEFERRAL: say("deferrals"),
    DeadlineKind.MARKS: say("marks"),
    DeadlineKind.APPEALS: say("appeals"),
}

# What a rule may be, both ends included. Percents are of 100; minutes are below two days.
RULE_RANGES: dict[str, tuple[int, int]] = {
    "doors_open_minutes": (0, 2880),
    "late_limit_minutes": (0, 2880),
    "minimum_stay_minutes": (0, 2880),
    "documents_needed": (0, 5),
    "candidates_per_invigilator": (1, 200),
    "rest_after_night_minutes": (0, 2880),
    "marking_tolerance": (0, 100),
    "sample_percent": (0, 100),
    "retake_cap": (0, 100),
}
SWITCHES = frozenset(
    {
        "very_late_allowed",
        "seat_on_slip",
        "second_marking",
        "absent_counts_as_zero",
        "appeals_may_lower",
    }
)
RULES = frozenset(RULE_RANGES) | SWITCHES
# Rules without a default in the table, as a first version has them unless it says otherwise.
FIRST_RULES: dict[str, Decimal | None] = {
    "marking_tolerance": Decimal(5),
    "sample_percent": Decimal(10),
    "retake_cap": None,
}


class SeriesNotOpen(Refusal):
    """The series takes no changes of this kind now."""

    kind = "conflict"
    code = "series_not_open"

    def __init__(self, series: str, status: SeriesStatus) -> None:
        self.status = status
        super().__init__(
            say(
                "Series {series} is {status}. This is possible while it is open.",
                series=series,
                status=status.value,
            )
        )


class DeadlinePassed(Refusal):
    """The moment until which this could be done is over."""

    kind = "conflict"
    code = "deadline_passed"

    def __init__(self, kind: DeadlineKind, at: datetime, zone: str) -> None:
        self.deadline, self.at = kind, at
        super().__init__(
            say(
                "The deadline for {thing} was {moment}. Ask the exam office to move it.",
                thing=DEADLINE_SENTENCES[kind],
                moment=f"{clock.at_venue(at, zone):%Y-%m-%d %H:%M}",
            )
        )


class StartTaken(Refusal):
    """Another period of the series starts at the same moment."""

    kind = "conflict"
    code = "start_taken"

    def __init__(self, period: str) -> None:
        super().__init__(
            say("Period {period} starts at that moment already. Use it.", period=period)
        )


class WrongRule(BadInput):
    """A rule nobody knows, or a value it can not have."""

    code = "wrong_rule"

    def __init__(self, rule: str, allowed: Sentence) -> None:
        self.rule = rule
        super().__init__(
            say("The rule {rule} can not be that. {allowed}", rule=rule, allowed=allowed)
        )


def check_rules(rules: dict[str, object]) -> None:
    """Raise WrongRule for an unknown rule and for a value outside what the rule may be.

    Minutes and counts are int, marks and percents Decimal with up to 2 decimals, switches bool;
    retake_cap may be None: a retake counts in full.
    """
    for rule, value in rules.items():
        if rule in SWITCHES:
            if not isinstance(value, bool):
                raise WrongRule(rule, say("It is a switch: yes or no."))
        elif rule in RULE_RANGES:
            if not (rule == "retake_cap" and value is None):
                _check_range(rule, value)
        else:
            names = ", ".join(sorted(RULES))
            raise WrongRule(rule, say("Known rules are: {names}.", names=names))


def _check_range(rule: str, value: object) -> None:
    low, high = RULE_RANGES[rule]
    if rule in FIRST_RULES:
        fits = isinstance(value, Decimal) and value.is_finite() and low <= value <= high
        fits = fits and value == round(Decimal(str(value)), 2)
    else:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    if not fits:
        raise WrongRule(rule, say("It lies between {low} and {high}.", low=low, high=high))


SERIES_SENTENCES: dict[SeriesStatus, Sentence] = {
    SeriesStatus.DRAFT: say("In preparation"),
    SeriesStatus.OPEN: say("Open for entries"),
    SeriesStatus.CLOSED: say("Closed"),
    SeriesStatus.ARCHIVED: say("Archived"),
}
RULE_SENTENCES: dict[str, Sentence] = {
    "doors_open_minutes": say("Doors open before the start, minutes"),
    "late_limit_minutes": say("Entry closes after the start, minutes"),
    "minimum_stay_minutes": say("Nobody leaves before, minutes"),
    "documents_needed": say("Documents at the door"),
    "very_late_allowed": say("Very late candidates may sit"),
    "seat_on_slip": say("The slip shows the seat"),
    "candidates_per_invigilator": say("Candidates to one invigilator"),
    "rest_after_night_minutes": say("Rest after a night shift, minutes"),
    "second_marking": say("Every script is marked twice"),
    "marking_tolerance": say("Marks may differ by"),
    "sample_percent": say("Bundles moderated, per cent"),
    "retake_cap": say("A retake counts at most"),
    "absent_counts_as_zero": say("Absent counts as zero"),
    "appeals_may_lower": say("An appeal may lower a mark"),
}


def changed_rules(
    before: Mapping[str, object], after: Mapping[str, object]
) -> list[tuple[str, object, object]]:
    """Return (rule, before, after) for every rule that two versions say differently."""
    return [
        (rule, before[rule], after[rule]) for rule in RULE_SENTENCES if before[rule] != after[rule]
    ]

"""Who may be confirmed: every rule with a sentence for either answer."""

from dataclasses import dataclass
from datetime import date

from exam_centre.kernel.sentences import Sentence, say


@dataclass(frozen=True)
class EligibilityFacts:
    """What is known about an entry when it is assessed."""

    unit_takes_part: bool  # the candidate's unit is one of those the series is run for
    consented_on: date | None
    has_scheme: bool
    is_sat: bool
    minutes: int | None
    foreign_courses: tuple[str, ...]  # codes of courses that the paper does not count for
    has_courses: bool
    barred: bool  # this human is barred from the series, under whatever student number


@dataclass(frozen=True)
class EligibilityVerdict:
    """What one rule says of an entry, in words that tell what can be done."""

    rule: str
    passes: bool
    sentence: Sentence


def judge_eligibility(facts: EligibilityFacts) -> list[EligibilityVerdict]:
    """Return the verdict of every rule, those that pass too: a person reads all of them."""
    courses = ", ".join(facts.foreign_courses)
    rules = (
        (
            "unit_takes_part",
            facts.unit_takes_part,
            say("The study centre takes part in this series."),
            say("The study centre takes no part in this series. Choose a series of its own unit."),
        ),
        (
            "consent",
            facts.consented_on is not None,
            say("The candidate agreed to the use of their data."),
            say("The candidate has not agreed to the use of their data. Ask them to."),
        ),
        (
            "scheme",
            facts.has_scheme,
            say("The paper has a scheme."),
            say("The paper has no scheme. Headquarters has to set one."),
        ),
        (
            "minutes",
            not facts.is_sat or facts.minutes is not None,
            say("The paper's length is known."),
            say("The paper has no length. Headquarters has to set it."),
        ),
        (
            "courses",
            facts.has_courses and not facts.foreign_courses,
            say("The paper counts for every course of the entry."),
            say(
                "The paper does not count for: {courses}. Enter those for their own paper.",
                courses=courses or "-",
            ),
        ),
        (
            "not_barred",
            not facts.barred,
            say("The candidate is not barred."),
            say("The candidate is barred from this series. Enter them for a later one."),
        ),
    )
    return [
        EligibilityVerdict(rule, fits, good if fits else bad) for rule, fits, good, bad in rules
    ]

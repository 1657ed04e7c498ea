"""What reasons and needs mean for people: short names, what to do, and what a need changes."""

import math
from datetime import timedelta
from decimal import Decimal

from exam_centre.entries.rules.lifecycles import AccessKind
from exam_centre.kernel.sentences import Sentence, say

# By the code that an eligibility finding bears.
RULE_SENTENCES: dict[str, Sentence] = {
    "unit_takes_part": say("series of another unit"),
    "consent": say("no consent"),
    "scheme": say("paper without a scheme"),
    "minutes": say("paper without a length"),
    "courses": say("course of another paper"),
    "not_barred": say("barred from the series"),
}
# The same for the candidate: what they do themselves, or for whom they wait.
OWN_SENTENCES: dict[str, Sentence] = {
    "unit_takes_part": say(
        "Your study centre takes no part in this series. Ask it which series you can sit."
    ),
    "consent": say("You have not agreed to the use of your data yet. You can agree on this page."),
    "scheme": say("The paper is not ready yet. Headquarters works on it; you need do nothing."),
    "minutes": say("The paper is not ready yet. Headquarters works on it; you need do nothing."),
    "courses": say(
        "A course is entered under the wrong paper. Ask your study centre to enter it anew."
    ),
    "not_barred": say("You are barred from this series. Ask your study centre about a later one."),
}
EFFECT_SENTENCES: dict[AccessKind, Sentence] = {
    AccessKind.EXTRA_TIME: say("Every paper of the series ends later for this person alone."),
    AccessKind.WHEELCHAIR: say("The plan gives them a desk that a wheelchair reaches."),
    AccessKind.LEFT_HANDED: say("The plan gives them a left-handed desk where a room has one."),
    AccessKind.ALONE: say("The plan gives them a room of their own, with its own invigilators."),
    AccessKind.READER: say("Somebody reads the paper to them; the invigilators' list says so."),
    AccessKind.SCRIBE: say("Somebody writes for them; the invigilators' list says so."),
    AccessKind.REST_BREAKS: say(
        "They may stop to rest under supervision; the invigilators' list says so."
    ),
}


def extra_time(minutes: int, percent: Decimal) -> timedelta:
    """Return what a percentage adds to a paper's minutes; a part of a second counts in favour."""
    return timedelta(seconds=math.ceil(Decimal(minutes) * 60 * percent / 100))


def in_minutes(span: timedelta) -> Decimal:
    """Return a time span in minutes, with as many decimals as it has seconds to tell, at most 2."""
    exact = Decimal(int(span.total_seconds())) / 60
    rounded = exact.quantize(Decimal("0.01"))
    whole = rounded.to_integral_value()
    return whole if rounded == whole else rounded.normalize()

"""The steps from the parts to the figure, for whoever wants to add it up again."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.rules import SchemeFacts


@dataclass(frozen=True)
class Step:
    """One line of the sum: what happens, and what it comes to."""

    text: Sentence
    figure: str


def steps_of(
    parts: Mapping[str, Any], scheme: SchemeFacts, score: Decimal | None
) -> tuple[Step, ...]:
    """Return the steps to a score, the stored one last; none where a reason stands instead.

    parts  as `Parts.as_text` keeps them: numbers as decimal text.
    """
    if score is None:
        return ()
    formative, final = _number(parts, "formative"), _number(parts, "final")
    share = scheme.formative_percent / 100
    steps = []
    if scheme.formative_percent > 0:
        steps.append(
            Step(
                say(
                    "Formative part {part} x {percent} %",
                    part=_plain(formative),
                    percent=_plain(scheme.formative_percent),
                ),
                _plain(formative * share),
            )
        )
    if scheme.formative_percent < 100:
        steps.append(
            Step(
                say(
                    "Final part {part} x {percent} %",
                    part=_plain(final),
                    percent=_plain(100 - scheme.formative_percent),
                ),
                _plain(final * (1 - share)),
            )
        )
    exact = formative * share + final * (1 - share)
    steps.append(Step(say("Together"), _plain(exact)))
    cap = parts.get("retake_cap")
    if cap is not None and exact > Decimal(cap):
        steps.append(Step(say("A retake counts {cap} at most", cap=cap), _plain(Decimal(cap))))
    steps.append(
        Step(say("Rounded by rule version {version}", version=scheme.version), _plain(score))
    )
    steps.append(Step(say("Pass mark"), _plain(scheme.pass_mark)))
    return tuple(steps)


def _number(parts: Mapping[str, Any], name: str) -> Decimal:
    try:
        return Decimal(parts.get(name) or 0)
    except InvalidOperation:
        return Decimal(0)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")

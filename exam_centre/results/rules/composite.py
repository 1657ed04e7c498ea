"""How parts become a composite that explains itself: gates first, then arithmetic, one rounding."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.rules import SchemeFacts, round_composite
from exam_centre.results.rules.statuses import PRECEDENCE, VERDICT_SENTENCES, Verdict

ZERO = Decimal(0)


@dataclass(frozen=True)
class Parts:
    """What goes into a composite: numbers, or the verdict that stands where one is not."""

    formative: Decimal | None  # None: not completed
    final: Decimal | None  # None: see `final_verdict`
    final_verdict: Verdict | None
    retake_cap: Decimal | None  # None: counts in full
    absent_counts_as_zero: bool = False  # a rule of the series; absent itself stays a status
    defence_failed: bool = False  # of a thesis: the outcome fails whatever the other parts

    def as_text(self) -> dict[str, str | None]:
        """Return the parts as they are kept beside an outcome: numbers as decimal text."""
        return {
            "formative": None if self.formative is None else _plain(self.formative),
            "final": None if self.final is None else _plain(self.final),
            "final_verdict": self.final_verdict.value if self.final_verdict else None,
            "retake_cap": None if self.retake_cap is None else _plain(self.retake_cap),
        }


@dataclass(frozen=True)
class Composite:
    """An outcome and the sentence that explains it."""

    score: Decimal | None
    verdict: Verdict
    explanation: Sentence

    @property
    def passed(self) -> bool:
        """Whether credits follow."""
        return self.verdict in (Verdict.PASSED, Verdict.EXEMPT)


EXEMPT = Composite(None, Verdict.EXEMPT, VERDICT_SENTENCES[Verdict.EXEMPT])


def compose(parts: Parts, scheme: SchemeFacts) -> Composite:
    """Return the composite of a scheme's parts: gates first, then arithmetic, rounded once.

    Scores are of 100; a missing formative part makes the outcome invalid however good the final.
    """
    found = _verdicts_found(parts, scheme)
    if found:
        verdict = min(found, key=PRECEDENCE.index)
        return Composite(None, verdict, VERDICT_SENTENCES[verdict])
    formative, final = parts.formative or ZERO, parts.final or ZERO
    share = scheme.formative_percent / 100
    exact = formative * share + final * (1 - share)
    cap = parts.retake_cap
    capped = exact if cap is None else min(exact, cap)
    score = round_composite(capped, scheme.precision, scheme.rounding)
    weak = _lower_part(formative, final, scheme) if scheme.double_pass else None
    short = weak is not None and weak < scheme.pass_mark
    reached = score >= scheme.pass_mark and not short and not parts.defence_failed
    verdict = Verdict.PASSED if reached else Verdict.FAILED
    facts = {
        "sum": _sum(formative, final, scheme),
        "exact": _plain(exact),
        "score": _plain(score),
        "version": scheme.version,
        "verdict": _explain_verdict(parts, weak if short else None, score, scheme, verdict),
    }
    if cap is not None and capped < exact:
        calculation = say(
            "{sum} = {exact}, a retake counts {cap} at most, rounded to {score} "
            "(rule version {version}). {verdict}",
            cap=_plain(cap),
            **facts,
        )
    else:
        calculation = say(
            "{sum} = {exact}, rounded to {score} (rule version {version}). {verdict}", **facts
        )
    if _is_absent_as_zero(parts):
        calculation = say(
            "Absent from the final paper; the rules count it as 0. {calculation}",
            calculation=calculation,
        )
    return Composite(score, verdict, calculation)


def _verdicts_found(parts: Parts, scheme: SchemeFacts) -> list[Verdict]:
    found = []
    if parts.final_verdict is not None and not _is_absent_as_zero(parts):
        found.append(parts.final_verdict)
    if parts.formative is None and scheme.formative_gate and scheme.formative_percent > 0:
        found.append(Verdict.INVALID)
    nothing = parts.final is None and parts.final_verdict is None
    if nothing and scheme.formative_percent < 100 and not found:
        found.append(Verdict.MISSING)
    return found


def _is_absent_as_zero(parts: Parts) -> bool:
    return parts.absent_counts_as_zero and parts.final_verdict is Verdict.ABSENT


def _lower_part(formative: Decimal, final: Decimal, scheme: SchemeFacts) -> Decimal:
    """Return the lower of the parts that weigh anything."""
    if scheme.formative_percent == 0:
        return final
    if scheme.formative_percent == 100:
        return formative
    return min(formative, final)


def _sum(formative: Decimal, final: Decimal, scheme: SchemeFacts) -> Sentence:
    if scheme.formative_percent == 0:
        return say("Final {final} x 100 %", final=_plain(final))
    if scheme.formative_percent == 100:
        return say("Formative {formative} x 100 %", formative=_plain(formative))
    return say(
        "Formative {formative} x {formative_percent} % + final {final} x {final_percent} %",
        formative=_plain(formative),
        formative_percent=_plain(scheme.formative_percent),
        final=_plain(final),
        final_percent=_plain(100 - scheme.formative_percent),
    )


def _explain_verdict(
    parts: Parts, weak: Decimal | None, score: Decimal, scheme: SchemeFacts, verdict: Verdict
) -> Sentence:
    if parts.defence_failed:
        return say("Not passed: the defence was not passed, and it decides alone.")
    if weak is not None and score >= scheme.pass_mark:
        return say(
            "Not passed: both parts need {pass_mark}, and the lower one is {lower}.",
            pass_mark=_plain(scheme.pass_mark),
            lower=_plain(weak),
        )
    if verdict is Verdict.PASSED:
        return VERDICT_SENTENCES[verdict]
    return Sentence(VERDICT_SENTENCES[verdict].text, {"pass_mark": _plain(scheme.pass_mark)})


def _plain(number: Decimal) -> str:
    """Return a number without trailing zeros: "82", "67.3"."""
    return format(number.normalize(), "f")


def keep_facts(sentence: Sentence) -> dict[str, Any]:
    """Return a sentence's facts as plain JSON values, sentences inside it included."""
    return {
        name: {"text": fact.text, "facts": keep_facts(fact)} if isinstance(fact, Sentence) else fact
        for name, fact in sentence.facts.items()
    }


def sentence_of(text: str, facts: Mapping[str, Any]) -> Sentence:
    """Return the sentence that was kept as `text` and `keep_facts`."""
    return Sentence(
        text,
        {
            name: sentence_of(fact["text"], fact["facts"]) if isinstance(fact, dict) else fact
            for name, fact in facts.items()
        },
    )

"""How parts become a composite that explains itself, and the life of an outcome."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.rules import SchemeFacts, round_composite


class OutcomeStatus(StrEnum):
    """Where one version of an outcome stands."""

    COMPUTED = "computed"
    HELD = "held"
    APPROVED = "approved"
    RELEASED = "released"
    CORRECTED = "corrected"  # a later version is released
    RECALLED = "recalled"
    SUPERSEDED = "superseded"  # computed again before it was ever released


OUTCOME_FLOW: Flow[OutcomeStatus] = Flow(
    {
        OutcomeStatus.COMPUTED: frozenset(
            {OutcomeStatus.HELD, OutcomeStatus.APPROVED, OutcomeStatus.SUPERSEDED}
        ),
        OutcomeStatus.HELD: frozenset({OutcomeStatus.COMPUTED, OutcomeStatus.SUPERSEDED}),
        OutcomeStatus.APPROVED: frozenset(
            {OutcomeStatus.RELEASED, OutcomeStatus.HELD, OutcomeStatus.SUPERSEDED}
        ),
        OutcomeStatus.RELEASED: frozenset({OutcomeStatus.CORRECTED, OutcomeStatus.RECALLED}),
        OutcomeStatus.CORRECTED: frozenset(),
        OutcomeStatus.RECALLED: frozenset(),
        OutcomeStatus.SUPERSEDED: frozenset(),
    }
)


class BatchStatus(StrEnum):
    """Where a release batch stands."""

    PREPARED = "prepared"
    APPROVED = "approved"
    RELEASED = "released"
    RECALLED = "recalled"


BATCH_FLOW: Flow[BatchStatus] = Flow(
    {
        BatchStatus.PREPARED: frozenset({BatchStatus.APPROVED}),
        BatchStatus.APPROVED: frozenset({BatchStatus.RELEASED}),
        BatchStatus.RELEASED: frozenset({BatchStatus.RECALLED}),
        BatchStatus.RECALLED: frozenset(),
    }
)


class CorrectionStatus(StrEnum):
    """Where a correction or an appeal stands."""

    FILED = "filed"
    REJECTED = "rejected"
    DECIDED = "decided"
    APPLIED = "applied"


CORRECTION_FLOW: Flow[CorrectionStatus] = Flow(
    {
        CorrectionStatus.FILED: frozenset({CorrectionStatus.REJECTED, CorrectionStatus.DECIDED}),
        CorrectionStatus.REJECTED: frozenset(),
        CorrectionStatus.DECIDED: frozenset({CorrectionStatus.APPLIED}),
        CorrectionStatus.APPLIED: frozenset(),
    }
)


class Verdict(StrEnum):
    """What an outcome says where it is not simply a number."""

    PASSED = "passed"
    FAILED = "failed"
    INVALID = "invalid"  # the formative part is missing
    ABSENT = "absent"
    REFUSED = "refused"
    REMOVED = "removed"
    CHEATED = "cheated"
    VOID = "void"
    DEFERRED = "deferred"
    MISSING = "missing"
    EXEMPT = "exempt"


# The one that counts where several apply, the strongest first.
PRECEDENCE = (
    Verdict.VOID,
    Verdict.CHEATED,
    Verdict.REMOVED,
    Verdict.REFUSED,
    Verdict.ABSENT,
    Verdict.DEFERRED,
    Verdict.MISSING,
    Verdict.INVALID,
)

VERDICT_SENTENCES: dict[Verdict, Sentence] = {
    Verdict.PASSED: say("Pass."),
    Verdict.FAILED: say("Not passed: the pass mark is {pass_mark}."),
    Verdict.INVALID: say("Invalid: the formative part is not completed."),
    Verdict.ABSENT: say("Absent from the final paper. Absent is not zero."),
    Verdict.REFUSED: say("Not admitted to the final paper."),
    Verdict.REMOVED: say("Removed from the final paper."),
    Verdict.CHEATED: say("Cancelled by the decision of an offence case."),
    Verdict.VOID: say("The sitting was declared void."),
    Verdict.DEFERRED: say("Deferred to a later series."),
    Verdict.MISSING: say("Nothing was handed in."),
    Verdict.EXEMPT: say("Exempt."),
}


@dataclass(frozen=True)
class Parts:
    """What goes into a composite: numbers, or the verdict that stands where one is not."""

    formative: Decimal | None  # None: not completed
    final: Decimal | None  # None: see `final_verdict`
    final_verdict: Verdict | None
    retake_cap: Decimal | None  # None: counts in full


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


def compose(parts: Parts, scheme: SchemeFacts) -> Composite:
    """Return the composite of a scheme's parts: gates first, then arithmetic, rounded once.

    Scores are of 100; a missing formative part makes the outcome invalid however good the final.
    """
    found = [v for v in (parts.final_verdict,) if v is not None]
    needs_formative = scheme.formative_gate and scheme.formative_percent > 0
    if parts.formative is None and needs_formative:
        found.append(Verdict.INVALID)
    if parts.final is None and scheme.formative_percent < 100 and not found:
        found.append(Verdict.MISSING)
    if found:
        verdict = min(found, key=PRECEDENCE.index)
        return Composite(None, verdict, VERDICT_SENTENCES[verdict])
    formative, final = parts.formative or Decimal(0), parts.final or Decimal(0)
    share = scheme.formative_percent / 100
    exact = formative * share + final * (1 - share)
    capped = exact if parts.retake_cap is None else min(exact, parts.retake_cap)
    score = round_composite(capped, scheme.precision, scheme.rounding)
    reached = score >= scheme.pass_mark and (
        not scheme.double_pass or min(formative, final) >= scheme.pass_mark
    )
    verdict = Verdict.PASSED if reached else Verdict.FAILED
    return Composite(score, verdict, _explain(formative, final, exact, score, scheme, verdict))


def _explain(
    formative: Decimal,
    final: Decimal,
    exact: Decimal,
    score: Decimal,
    scheme: SchemeFacts,
    verdict: Verdict,
) -> Sentence:
    return say(
        "Formative {formative} x {formative_percent} % + final {final} x {final_percent} % = {exact},"
        " rounded to {score} (rule version {version}). {verdict}",
        formative=_plain(formative),
        formative_percent=_plain(scheme.formative_percent),
        final=_plain(final),
        final_percent=_plain(100 - scheme.formative_percent),
        exact=_plain(exact),
        score=_plain(score),
        version=scheme.version,
        verdict=_explain_verdict(formative, final, score, scheme, verdict),
    )


def _explain_verdict(
    formative: Decimal, final: Decimal, score: Decimal, scheme: SchemeFacts, verdict: Verdict
) -> Sentence:
    if verdict is Verdict.FAILED and scheme.double_pass and score >= scheme.pass_mark:
        return say(
            "Not passed: both parts need {pass_mark}, and the lower one is {lower}.",
            pass_mark=_plain(scheme.pass_mark),
            lower=_plain(min(formative, final)),
        )
    return Sentence(VERDICT_SENTENCES[verdict].text, {"pass_mark": _plain(scheme.pass_mark)})


def _plain(number: Decimal) -> str:
    """Return a number without trailing zeros: "82", "67.3"."""
    return format(number.normalize(), "f")

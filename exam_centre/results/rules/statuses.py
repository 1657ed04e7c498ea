"""The lives of outcomes, batches and corrections, and what an outcome can say."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


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
            {
                OutcomeStatus.RELEASED,
                OutcomeStatus.HELD,
                OutcomeStatus.COMPUTED,  # its batch was discarded: another one may take it
                OutcomeStatus.SUPERSEDED,
            }
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
    DISCARDED = "discarded"  # never released: its content changed after it was prepared


BATCH_FLOW: Flow[BatchStatus] = Flow(
    {
        BatchStatus.PREPARED: frozenset({BatchStatus.APPROVED, BatchStatus.DISCARDED}),
        BatchStatus.APPROVED: frozenset({BatchStatus.RELEASED, BatchStatus.DISCARDED}),
        BatchStatus.RELEASED: frozenset({BatchStatus.RECALLED}),
        BatchStatus.RECALLED: frozenset(),
        BatchStatus.DISCARDED: frozenset(),
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


class Tier(StrEnum):
    """The levels on which outcomes are reviewed before a release."""

    CENTRE = "centre"
    BRANCH = "branch"
    HEADQUARTERS = "headquarters"


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

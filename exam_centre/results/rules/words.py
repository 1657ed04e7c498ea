"""What the statuses of outcomes, batches and corrections are called on pages."""

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.results.rules.statuses import (
    BatchStatus,
    CorrectionStatus,
    OutcomeStatus,
    Tier,
    Verdict,
)

STATUS_WORDS: dict[OutcomeStatus, Sentence] = {
    OutcomeStatus.COMPUTED: say("Computed"),
    OutcomeStatus.HELD: say("Held"),
    OutcomeStatus.APPROVED: say("Approved"),
    OutcomeStatus.RELEASED: say("Released"),
    OutcomeStatus.CORRECTED: say("Corrected by a later version"),
    OutcomeStatus.RECALLED: say("Recalled"),
    OutcomeStatus.SUPERSEDED: say("Computed again"),
}
VERDICT_WORDS: dict[Verdict, Sentence] = {
    Verdict.PASSED: say("Passed"),
    Verdict.FAILED: say("Not passed"),
    Verdict.INVALID: say("Formative part missing"),
    Verdict.ABSENT: say("Absent"),
    Verdict.REFUSED: say("Not admitted"),
    Verdict.REMOVED: say("Removed"),
    Verdict.CHEATED: say("Cancelled for an offence"),
    Verdict.VOID: say("Sitting void"),
    Verdict.DEFERRED: say("Deferred"),
    Verdict.MISSING: say("Nothing handed in"),
    Verdict.EXEMPT: say("Exempt"),
}
BATCH_WORDS: dict[BatchStatus, Sentence] = {
    BatchStatus.PREPARED: say("Prepared, waits for approval"),
    BatchStatus.APPROVED: say("Approved, waits for release"),
    BatchStatus.RELEASED: say("Released"),
    BatchStatus.RECALLED: say("Recalled"),
    BatchStatus.DISCARDED: say("Discarded"),
}
CORRECTION_WORDS: dict[CorrectionStatus, Sentence] = {
    CorrectionStatus.FILED: say("Filed, waits for a decision"),
    CorrectionStatus.REJECTED: say("Rejected"),
    CorrectionStatus.DECIDED: say("Accepted, waits to be applied"),
    CorrectionStatus.APPLIED: say("Applied"),
}
TIER_WORDS: dict[Tier, Sentence] = {
    Tier.CENTRE: say("Learning centre"),
    Tier.BRANCH: say("Branch"),
    Tier.HEADQUARTERS: say("Headquarters"),
}

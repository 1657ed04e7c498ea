"""The stages of a thesis, who may sit on its panel, and what its parts come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class ThesisStatus(StrEnum):
    """How far a thesis has come."""

    TOPIC = "topic"
    PROPOSED = "proposed"
    DRAFTED = "drafted"
    CHECKED = "checked"  # similarity within the limit
    ADVISED = "advised"  # the supervisor's mark is in and frozen
    DEFENDED = "defended"
    FAILED = "failed"
    FINAL = "final"


THESIS_FLOW: Flow[ThesisStatus] = Flow(
    {
        ThesisStatus.TOPIC: frozenset({ThesisStatus.PROPOSED}),
        ThesisStatus.PROPOSED: frozenset({ThesisStatus.DRAFTED}),
        ThesisStatus.DRAFTED: frozenset({ThesisStatus.CHECKED, ThesisStatus.FAILED}),
        ThesisStatus.CHECKED: frozenset({ThesisStatus.ADVISED}),
        ThesisStatus.ADVISED: frozenset({ThesisStatus.DEFENDED, ThesisStatus.FAILED}),
        ThesisStatus.DEFENDED: frozenset({ThesisStatus.FINAL}),
        ThesisStatus.FAILED: frozenset({ThesisStatus.FINAL}),
        ThesisStatus.FINAL: frozenset(),
    }
)


class PanelRole(StrEnum):
    """Who someone is on a panel."""

    CHAIR = "chair"
    MEMBER = "member"
    SECRETARY = "secretary"


THESIS_SENTENCES: dict[ThesisStatus, Sentence] = {
    ThesisStatus.TOPIC: say("Topic chosen"),
    ThesisStatus.PROPOSED: say("Proposal"),
    ThesisStatus.DRAFTED: say("Draft"),
    ThesisStatus.CHECKED: say("Similarity checked"),
    ThesisStatus.ADVISED: say("Supervisor's mark given"),
    ThesisStatus.DEFENDED: say("Defended"),
    ThesisStatus.FAILED: say("Failed"),
    ThesisStatus.FINAL: say("Finished"),
}
# What happens next, in words for everybody who looks; who writes reads the second table.
NEXT_SENTENCES: dict[ThesisStatus, Sentence] = {
    ThesisStatus.TOPIC: say("Next: the supervisor guides the proposal and records it."),
    ThesisStatus.PROPOSED: say("Next: the supervisor guides the draft and records it."),
    ThesisStatus.DRAFTED: say("Next: the exam office has the draft compared with other texts."),
    ThesisStatus.CHECKED: say("Next: the supervisor gives a mark, and the office seats the panel."),
    ThesisStatus.ADVISED: say("Next: the defence. Every assessor of the panel gives a mark."),
    ThesisStatus.DEFENDED: say("The defence is over."),
    ThesisStatus.FAILED: say("The thesis failed."),
    ThesisStatus.FINAL: say("The thesis is finished. Its mark goes into the course's result."),
}
OWN_NEXT_SENTENCES: dict[ThesisStatus, Sentence] = {
    ThesisStatus.TOPIC: say(
        "Write your proposal: the question, your workplace's data, how you will proceed. Talk it "
        "over with your supervisor."
    ),
    ThesisStatus.PROPOSED: say(
        "Write the draft. Each talk with your supervisor is put on record below."
    ),
    ThesisStatus.DRAFTED: say(
        "Hand the draft to your supervisor. It is compared with other texts before the defence."
    ),
    ThesisStatus.CHECKED: say("Prepare your defence. The panel is seated soon."),
    ThesisStatus.ADVISED: say(
        "Come to your defence. Who does not come gets 0, and the thesis fails."
    ),
    ThesisStatus.DEFENDED: say("Your defence is over."),
    ThesisStatus.FAILED: say("Your thesis did not pass. Ask your supervisor what follows."),
    ThesisStatus.FINAL: say("Done. The result comes with the other results of the series."),
}
PANEL_SENTENCES: dict[PanelRole, Sentence] = {
    PanelRole.CHAIR: say("Chair"),
    PanelRole.MEMBER: say("Member"),
    PanelRole.SECRETARY: say("Secretary"),
}

WRITING = (ThesisStatus.TOPIC, ThesisStatus.PROPOSED, ThesisStatus.DRAFTED)  # guided stages

SIMILARITY_LIMIT = Decimal(30)  # per cent; above it there is no defence
DEFENCE_PASS = Decimal(60)  # of 100; below it the thesis fails whatever the supervisor gave
SUPERVISOR_SHARE = Decimal("0.4")  # the panel has the rest
SMALLEST_PANEL = 3  # and always odd


def panel_is_sound(assessors: int) -> bool:
    """Say whether a panel has enough assessors (chair and members) and an odd number of them."""
    return assessors >= SMALLEST_PANEL and assessors % 2 == 1


ASSESSORS = (PanelRole.CHAIR, PanelRole.MEMBER)


@dataclass(frozen=True)
class ThesisResult:
    """What a thesis comes to: a number always, and whether the defence decides alone."""

    score: Decimal  # of 100, two decimals
    defence_failed: bool


def thesis_result(supervisor: Decimal | None, panel: Sequence[Decimal]) -> ThesisResult:
    """Return what the supervisor's and the panel's marks come to.

    supervisor  None where the thesis never reached its mark: too similar to other texts.
    panel       empty where the candidate did not come to the defence, which counts as 0.
    """
    if supervisor is None or not panel:
        return ThesisResult(Decimal("0.00"), defence_failed=True)
    mean = sum(panel, Decimal(0)) / len(panel)
    score = supervisor * SUPERVISOR_SHARE + mean * (1 - SUPERVISOR_SHARE)
    return ThesisResult(
        score.quantize(Decimal("0.01"), ROUND_HALF_UP), defence_failed=mean < DEFENCE_PASS
    )


def is_of_hundred(number: Decimal) -> bool:
    """Say whether a number lies in 0 to 100 with two decimals at most; NaN does not."""
    return number.is_finite() and 0 <= number <= 100 and number == round(number, 2)

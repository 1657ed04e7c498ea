"""The stages of a thesis, who may sit on its panel, and what its parts come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
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


class NotAThesis(Refusal):
    """The entry is for another kind of paper, or not confirmed."""

    code = "not_a_thesis"

    def __init__(self) -> None:
        super().__init__(say("Only a confirmed entry for a thesis can begin one."))


class ThesisBegun(Refusal):
    """The entry has its thesis."""

    kind = "conflict"
    code = "thesis_begun"

    def __init__(self) -> None:
        super().__init__(say("This entry has a thesis already. Open that one."))


class NotTheSupervisor(Refusal):
    """Guidance is recorded by who guides."""

    kind = "forbidden"
    code = "not_the_supervisor"

    def __init__(self) -> None:
        super().__init__(say("Only the supervisor of this thesis does this."))


class NotOnThePanel(Refusal):
    """Only the supervisor and the assessors of the panel mark a thesis."""

    kind = "forbidden"
    code = "not_on_the_panel"

    def __init__(self) -> None:
        super().__init__(say("Only the supervisor and the panel's assessors mark this thesis."))


class WrongStage(Refusal):
    """The thesis has not come so far, or is past it."""

    kind = "conflict"
    code = "wrong_stage"

    def __init__(self, status: ThesisStatus) -> None:
        super().__init__(
            say(
                "The thesis stands at: {status}. This is not its next step.",
                status=THESIS_SENTENCES[status],
            )
        )


class UnsoundPanel(BadInput):
    """A panel has one chair, at least three assessors and an odd number of them."""

    code = "unsound_panel"

    def __init__(self) -> None:
        super().__init__(
            say(
                "A panel needs one chair and an odd number of assessors, {least} at least, "
                "the supervisor not among them.",
                least=SMALLEST_PANEL,
            )
        )


class PanelSeated(Refusal):
    """A panel is seated once."""

    kind = "conflict"
    code = "panel_seated"

    def __init__(self) -> None:
        super().__init__(say("This thesis has its panel. It does not change."))


class AlreadyMarked(Refusal):
    """A person marks a thesis once, and the mark stands."""

    kind = "conflict"
    code = "already_marked"

    def __init__(self) -> None:
        super().__init__(say("You marked this thesis already. The mark stands."))


class PanelUnfinished(Refusal):
    """Some assessors have not marked yet."""

    kind = "conflict"
    code = "panel_unfinished"

    def __init__(self, missing: int) -> None:
        super().__init__(say("{missing} assessors have not marked yet.", missing=missing))


class WrongPercent(BadInput):
    """A similarity is a percentage."""

    code = "wrong_percent"

    def __init__(self, text: str) -> None:
        super().__init__(
            say("{text} is no percentage. Give 0 to 100, two decimals at most.", text=text)
        )


class WrongScore(BadInput):
    """A mark is a number of 0 to 100."""

    code = "wrong_score"

    def __init__(self, text: str) -> None:
        super().__init__(say("{text} is no mark. Give 0 to 100, two decimals at most.", text=text))


def is_of_hundred(number: Decimal) -> bool:
    """Say whether a number lies in 0 to 100 with two decimals at most; NaN does not."""
    return number.is_finite() and 0 <= number <= 100 and number == round(number, 2)

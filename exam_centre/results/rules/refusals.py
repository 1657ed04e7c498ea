"""Why an act on results is refused, and what would have worked."""

from datetime import datetime

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import Sentence, say


class NotConfirmed(Refusal):
    """Only confirmed entries come to an outcome."""

    code = "not_confirmed"

    def __init__(self) -> None:
        super().__init__(say("Only confirmed entries have outcomes. Confirm the entry first."))


class NothingToRelease(BadInput):
    """A batch of nothing."""

    code = "nothing_to_release"

    def __init__(self) -> None:
        super().__init__(say("Choose at least one outcome of this series."))


class NotReady(Refusal):
    """An outcome is not where this step takes it from."""

    kind = "conflict"
    code = "not_ready"

    def __init__(self, count: int) -> None:
        super().__init__(
            say(
                "{count} of these outcomes are not computed, are of another series or are in "
                "another batch. Take them out.",
                count=count,
            )
        )


class OutcomesHeld(Refusal):
    """Something is open for outcomes in the batch. Carries outcome id -> sentences."""

    kind = "conflict"
    code = "outcomes_held"

    def __init__(self, holds: dict[int, list[Sentence]]) -> None:
        self.holds = holds
        super().__init__(
            say(
                "{count} outcomes are held; the first: {why}",
                count=len(holds),
                why=next(iter(holds.values()))[0],
            )
        )


class MarkedItself(Refusal):
    """Who marked, moderated or approved marks does not release them."""

    kind = "conflict"
    code = "marked_itself"

    def __init__(self) -> None:
        super().__init__(say("You had a part in marks of this batch. Ask someone who had none."))


class ContentChanged(Refusal):
    """What would be released is not what was prepared."""

    kind = "conflict"
    code = "content_changed"

    def __init__(self) -> None:
        super().__init__(
            say("Outcomes changed since the batch was prepared. Discard it and prepare another.")
        )


class Embargoed(Refusal):
    """The moment of release has not come."""

    kind = "conflict"
    code = "embargoed"

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            say("Under embargo until {until} (UTC).", until=until.strftime("%Y-%m-%d %H:%M"))
        )


class NotReleased(Refusal):
    """Only what is released can be corrected or appealed."""

    kind = "conflict"
    code = "not_released"

    def __init__(self) -> None:
        super().__init__(
            say("Only a released outcome is corrected. Before the release, compute it again.")
        )


class CorrectionOpen(Refusal):
    """A correction of this outcome is under way."""

    kind = "conflict"
    code = "correction_open"

    def __init__(self) -> None:
        super().__init__(say("A correction of this outcome is under way. Decide that one first."))


class CorrectionIncomplete(BadInput):
    """A correction without a reason, or one of the office without evidence."""

    code = "correction_incomplete"

    def __init__(self) -> None:
        super().__init__(say("Give a reason and, unless it is an appeal, the evidence."))


class NoSuchPart(BadInput):
    """The scheme gives the part no weight, or the part has a reason instead of a number."""

    code = "no_such_part"

    def __init__(self) -> None:
        super().__init__(
            say("There is no number to correct in this part. Correct the register or the case.")
        )


class AppealTooLate(Refusal):
    """The window for appeals is closed."""

    code = "appeal_too_late"

    def __init__(self, until: datetime) -> None:
        super().__init__(
            say(
                "Appeals closed on {until} (UTC). Ask the exam office.",
                until=until.strftime("%Y-%m-%d %H:%M"),
            )
        )


class AppealWouldLower(Refusal):
    """Under these rules an appeal does not lower a score."""

    code = "appeal_would_lower"

    def __init__(self, old: str, new: str) -> None:
        super().__init__(
            say(
                "The appeal would lower {old} to {new}, which the rules do not allow. Reject it.",
                old=old,
                new=new,
            )
        )


class ChangesNothing(Refusal):
    """The corrected parts come to what is released already."""

    code = "changes_nothing"

    def __init__(self) -> None:
        super().__init__(say("The outcome would stay as it is. Reject the correction instead."))


class VersionInWork(Refusal):
    """A later version waits for its release."""

    kind = "conflict"
    code = "version_in_work"

    def __init__(self) -> None:
        super().__init__(
            say("A later version of this outcome waits for release. Release it first.")
        )


class AlreadyReviewed(Refusal):
    """A reviewer has looked at this outcome."""

    kind = "conflict"
    code = "already_reviewed"

    def __init__(self) -> None:
        super().__init__(say("This outcome is reviewed already on this level."))


class TooLongToPrint(BadInput):
    """A sheet of so many outcomes that nobody signs it in one piece."""

    code = "too_long_to_print"

    def __init__(self, most: int) -> None:
        super().__init__(
            say("One sheet holds {most} outcomes at most. Print it by course.", most=most)
        )

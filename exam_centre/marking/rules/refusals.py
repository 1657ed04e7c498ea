"""Why an act of marking is refused, and what would have worked."""

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import say
from exam_centre.marking.rules.statuses import MarkStatus


class NotReconciled(Refusal):
    """Scripts are coded only after their room is reconciled."""

    kind = "conflict"
    code = "not_reconciled"

    def __init__(self) -> None:
        super().__init__(say("The room is not reconciled yet. Reconcile it first."))


class WrongPaper(Refusal):
    """This way of marking is not the paper's."""

    code = "wrong_paper"

    def __init__(self, mode: str) -> None:
        super().__init__(say("A paper of the kind {mode} is not marked this way.", mode=mode))


class NothingToCode(Refusal):
    """Nobody has a place in this room for this paper."""

    code = "nothing_to_code"

    def __init__(self) -> None:
        super().__init__(say("Nobody was placed in this room for this paper. Choose another."))


class AlreadyCoded(Refusal):
    """The scripts have their codes; new ones would mix two people's marks."""

    kind = "conflict"
    code = "already_coded"

    def __init__(self) -> None:
        super().__init__(say("These scripts have their codes already. Open their bundle."))


class RoundNotNeeded(Refusal):
    """This round is not due for this bundle."""

    kind = "conflict"
    code = "round_not_needed"

    def __init__(self, number: int) -> None:
        super().__init__(
            say(
                "Round {number} is not due. A second marker is for rules with second marking, "
                "a third one for scripts in dispute.",
                number=number,
            )
        )


class RoundTaken(Refusal):
    """Somebody has this round of this bundle."""

    kind = "conflict"
    code = "round_taken"

    def __init__(self, number: int) -> None:
        super().__init__(
            say("Round {number} is given to a marker. Take it back first.", number=number)
        )


class NotYourBundle(Refusal):
    """The bundle is allocated to another marker."""

    kind = "forbidden"
    code = "not_your_bundle"

    def __init__(self) -> None:
        super().__init__(say("This bundle is another marker's. Open one from your own list."))


class Locked(Refusal):
    """Submitted marks do not change."""

    kind = "conflict"
    code = "locked"

    def __init__(self) -> None:
        super().__init__(
            say("These marks are submitted. Ask the exam office to reopen the bundle.")
        )


class WrongCode(BadInput):
    """What was typed is no code of this bundle."""

    code = "wrong_code"

    def __init__(self, text: str) -> None:
        super().__init__(
            say("{text} is no code of this bundle. Compare it with the script.", text=text)
        )


class PlaceHolder(Refusal):
    """No script lies behind this code, so no mark can."""

    code = "place_holder"

    def __init__(self, position: int, status: MarkStatus) -> None:
        super().__init__(
            say(
                "Place {position} is a place-holder ({status}): there is no script to mark. "
                "Compare the code with the script in your hand.",
                position=position,
                status=status.value,
            )
        )


class WrongStatus(BadInput):
    """A marker says only that nothing was handed in; all else the register or a case says."""

    code = "wrong_status"

    def __init__(self, status: MarkStatus) -> None:
        super().__init__(
            say(
                "A marker can not say {status}. Mark the script and report an incident.",
                status=status.value,
            )
        )


class NotFinal(Refusal):
    """A sample is drawn from, and read in, a bundle with final marks."""

    kind = "conflict"
    code = "not_final"

    def __init__(self) -> None:
        super().__init__(say("The marks of this bundle are not final. Finalise them first."))


class NotAsked(Refusal):
    """A third marker reads only what is in dispute."""

    code = "not_asked"

    def __init__(self) -> None:
        super().__init__(say("This script is not in dispute. Mark only those on your list."))


class MarkChanged(Refusal):
    """The mark is not the one the marker saw: both values, and no last write wins."""

    kind = "conflict"
    code = "mark_changed"

    def __init__(self, stored: str, typed: str, version: int) -> None:
        self.stored, self.typed, self.version = stored, typed, version
        super().__init__(
            say(
                "The mark on record is {stored}; you typed {typed}. Choose one of them.",
                stored=stored,
                typed=typed,
            )
        )


class NotSubmitted(Refusal):
    """The round's marks are still being entered."""

    kind = "conflict"
    code = "not_submitted"

    def __init__(self, number: int) -> None:
        super().__init__(say("Round {number} is not submitted yet.", number=number))


class DisputesOpen(Refusal):
    """Some scripts still wait for a third marker."""

    kind = "conflict"
    code = "disputes_open"

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes
        super().__init__(say("A third marker has to read {codes} first.", codes=", ".join(codes)))


class SampleUnread(Refusal):
    """The moderator has not read the whole sample."""

    kind = "conflict"
    code = "sample_unread"

    def __init__(self, count: int) -> None:
        super().__init__(say("{count} scripts of the sample are not read yet.", count=count))


class SentBack(Refusal):
    """The moderator disagrees, so the bundle goes back instead of on."""

    kind = "conflict"
    code = "sent_back"

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes
        super().__init__(
            say(
                "The moderator sent {codes} back. Send the bundle back to marking.",
                codes=", ".join(codes),
            )
        )


class NothingSentBack(Refusal):
    """The moderator agrees with everything read."""

    code = "nothing_sent_back"

    def __init__(self) -> None:
        super().__init__(say("The moderator sent nothing back. The bundle can be approved."))


class AlreadyRead(Refusal):
    """The moderator's own mark is given once, before the others are seen."""

    kind = "conflict"
    code = "already_read"

    def __init__(self) -> None:
        super().__init__(say("This script is read already. Its mark does not change."))


class AlreadySampled(Refusal):
    """A bundle has one sample."""

    kind = "conflict"
    code = "already_sampled"

    def __init__(self) -> None:
        super().__init__(say("The sample of this bundle is drawn. Read what is on the list."))


class NoNumberWithoutAttendance(Refusal):
    """Who did not sit has no number, only a reason."""

    code = "no_number_without_attendance"

    def __init__(self, status: str) -> None:
        super().__init__(
            say(
                "The register says {status}, so there can be no number and no other reason. "
                "Correct the register first, with evidence.",
                status=status,
            )
        )


class TotalsChecked(Refusal):
    """A second human checked these marks; they change by a correction only."""

    kind = "conflict"
    code = "totals_checked"

    def __init__(self) -> None:
        super().__init__(say("A second person checked these marks. File a correction instead."))


class NotAnAssignment(BadInput):
    """The entry's paper is sat, or is a thesis, or the entry is not confirmed."""

    code = "not_an_assignment"

    def __init__(self) -> None:
        super().__init__(
            say("Only a confirmed entry for an assignment is marked here. Sat papers have bundles.")
        )


class FormativeChanged(Refusal):
    """Somebody recorded another formative mark since the page was opened."""

    kind = "conflict"
    code = "formative_changed"

    def __init__(self, stored: str) -> None:
        self.stored = stored
        super().__init__(
            say(
                "Somebody recorded {stored} since you opened this page. Look at it and decide "
                "again.",
                stored=stored or "-",
            )
        )


class FormativeClash(Refusal):
    """Somebody recorded another mark than the one the sheet showed: both, and a choice."""

    kind = "conflict"
    code = "formative_clash"

    def __init__(self, stored: str, typed: str) -> None:
        self.stored, self.typed = stored, typed
        super().__init__(
            say(
                "Somebody recorded {stored} since you opened this sheet; you typed {typed}. "
                "Choose one of them.",
                stored=stored or "-",
                typed=typed,
            )
        )


class NotOnTheSheet(BadInput):
    """Nobody with this number takes the course within the actor's reach."""

    code = "not_on_the_sheet"

    def __init__(self, number: str) -> None:
        super().__init__(say("Nobody with the number {number} is on this sheet.", number=number))


class SheetHasFaults(BadInput):
    """Some lines of a sheet can not be kept, so none is."""

    code = "sheet_has_faults"

    def __init__(self, refusals: dict[str, Refusal]) -> None:
        self.refusals = refusals  # student number -> why
        super().__init__(
            say(
                "{count} marks can not be kept, so nothing was recorded. Mend them and keep the "
                "sheet again.",
                count=len(refusals),
            )
        )

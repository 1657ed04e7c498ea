"""Why a room or a venue's day refuses an act."""

from collections.abc import Sequence

from exam_centre.invigilation.rules.days import Checked
from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import say


class NotOpenable(Refusal):
    """The room opens no earlier than its doors."""

    kind = "conflict"
    code = "not_openable"

    def __init__(self, opens: str) -> None:
        super().__init__(say("The room may be opened from {opens}.", opens=opens))


class PapersNotOpened(Refusal):
    """The papers of this room are still in their sealed bags, or there is no bag."""

    kind = "conflict"
    code = "papers_not_opened"

    def __init__(self, papers: Sequence[str]) -> None:
        self.papers = tuple(papers)
        super().__init__(
            say("Two people open the bags of these papers first: {papers}.", papers=_list(papers))
        )


class StartsLater(Refusal):
    """No clock starts before the published time."""

    kind = "conflict"
    code = "starts_later"

    def __init__(self, starts: str) -> None:
        super().__init__(say("The published start is {starts}. Start then.", starts=starts))


class RegisterUnbalanced(Refusal):
    """Somebody's seat has no verdict yet; `seats` are their numbers."""

    kind = "conflict"
    code = "register_unbalanced"

    def __init__(self, seats: Sequence[int]) -> None:
        self.seats = tuple(seats)
        super().__init__(
            say(
                "Seats without a word: {seats}. Admit them, or let two people say absent.",
                seats=_list(seats),
            )
        )


class StillWriting(Refusal):
    """Somebody's own time is not up; `seats` are their numbers."""

    kind = "conflict"
    code = "still_writing"

    def __init__(self, seats: Sequence[int], until: str) -> None:
        self.seats = tuple(seats)
        super().__init__(
            say(
                "Seats {seats} have time until {until}. Close the room then.",
                seats=_list(seats),
                until=until,
            )
        )


class CountWrong(BadInput):
    """A count below zero; zero itself is a count."""

    code = "count_wrong"

    def __init__(self) -> None:
        super().__init__(say("Type how many scripts you counted: 0 or more."))


class NotClosed(Refusal):
    """Scripts are counted once the register is closed."""

    kind = "conflict"
    code = "not_closed"

    def __init__(self) -> None:
        super().__init__(say("Close the register first, then count the scripts."))


class CountedAlready(Refusal):
    """Two people counted alike; the count stands."""

    kind = "conflict"
    code = "counted_already"

    def __init__(self) -> None:
        super().__init__(say("Two people counted alike. The count stands."))


class IncidentsOpen(Refusal):
    """Incidents of the room wait for somebody; `numbers` are theirs at the venue."""

    kind = "conflict"
    code = "incidents_open"

    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = tuple(numbers)
        super().__init__(
            say("Incidents still open: {numbers}. Resolve them first.", numbers=_list(numbers))
        )


class RecheckIncomplete(Refusal):
    """Not everybody who came was compared again by another person."""

    kind = "conflict"
    code = "recheck_incomplete"

    def __init__(self, done: int, due: int) -> None:
        super().__init__(
            say(
                "{done} of {due} people were compared again. Somebody else than the door does all.",
                done=done,
                due=due,
            )
        )


class ReasonMissing(BadInput):
    """A clock is stopped for a reason."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(say("Say why."))


class DayIsClosed(Refusal):
    """Two people closed the venue's day: its rooms stay as they are."""

    kind = "conflict"
    code = "day_is_closed"

    def __init__(self, closed: str) -> None:
        super().__init__(
            say(
                "This venue's day was closed on {closed}. Its rooms stay as they are; "
                "two people who may close a day correct the register with evidence.",
                closed=closed,
            )
        )


class DayNotComplete(Refusal):
    """Something keeps a venue's day from being closed; `checks` are what is red."""

    kind = "conflict"
    code = "day_not_complete"

    def __init__(self, checks: Sequence[Checked]) -> None:
        self.checks = tuple(checks)
        super().__init__(
            say(
                "The day can not be closed yet: {what} Mend what the list below names, "
                "then sign again.",
                what=checks[0].sentence if checks else say("No room ran here on this day."),
            )
        )


def _list(numbers: Sequence[int] | Sequence[str]) -> str:
    return ", ".join(str(number) for number in numbers)

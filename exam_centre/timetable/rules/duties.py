"""Why a duty is not given, taken or swapped."""

from typing import ClassVar

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules.lifecycles import DutyRole


class _Conflict(Refusal):
    kind: ClassVar[str] = "conflict"


class DutyRefused(_Conflict):
    """The person can not take this duty; `why` says which rule stands against it."""

    code = "duty_refused"

    def __init__(self, why: Sentence) -> None:
        self.why = why
        super().__init__(say("{why} Ask someone else.", why=why))


class DutyNeedsRoom(Refusal):
    """The role is one in a room, or the room is not of that venue and period."""

    kind = "bad_input"
    code = "duty_needs_room"

    def __init__(self, role: DutyRole) -> None:
        super().__init__(
            say("The duty {role} is in one room of the venue and period. Name it.", role=role.value)
        )


class RoleTaken(_Conflict):
    """The room has somebody in this role."""

    code = "role_taken"

    def __init__(self, role: DutyRole) -> None:
        super().__init__(
            say("The room has somebody as {role}. Replace that duty first.", role=role.value)
        )


class NothingToSwap(_Conflict):
    """Two duties of one person, or of two versions, are not swapped."""

    code = "nothing_to_swap"

    def __init__(self) -> None:
        super().__init__(say("Choose a duty of another person, of the same version."))


class NotTheVenuesDay(_Conflict):
    """A venue gives its duties on during the day they are on; before, the exam office does."""

    code = "not_the_venues_day"

    def __init__(self, day: str) -> None:
        super().__init__(
            say(
                "The venue gives this duty on during {day} only. Ask the exam office for another "
                "day.",
                day=day,
            )
        )


class NotOfThisUnit(_Conflict):
    """On the day a venue asks the staff of its own unit."""

    code = "not_of_this_unit"

    def __init__(self, name: str) -> None:
        super().__init__(
            say(
                "{name} is staff of another unit. Ask somebody of your own, or the exam office.",
                name=name,
            )
        )


class SwapNotPossible(_Conflict):
    """The two could not both take the other's duty, or one of the duties has begun."""

    code = "swap_not_possible"

    def __init__(self) -> None:
        super().__init__(
            say("These two duties can not be swapped any more. Choose another from the list.")
        )


class SwapAsked(_Conflict):
    """Somebody was asked to swap this duty and has not answered."""

    code = "swap_asked"

    def __init__(self) -> None:
        super().__init__(
            say("You asked somebody to swap this duty. Withdraw that before you ask another.")
        )

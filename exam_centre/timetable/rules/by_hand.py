"""Why an act by hand in a draft is refused: locks, nothing to undo, a sitting that can not move."""

from typing import ClassVar

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.sentences import Sentence, say


class _ByHand(Refusal):
    kind: ClassVar[str] = "conflict"


class PlaceIsLocked(_ByHand):
    """Somebody locked the place, and said why."""

    code = "place_is_locked"

    def __init__(self, by: str, reason: str) -> None:
        super().__init__(
            say("{by} locked this place: {reason} Take the lock away first.", by=by, reason=reason)
        )


class AlreadyLocked(_ByHand):
    """The same is locked in this plan."""

    code = "already_locked"

    def __init__(self) -> None:
        super().__init__(say("This is locked already. Take the lock away to change its reason."))


class NothingToUndo(_ByHand):
    """Nothing was done by hand in this draft, or all of it is undone."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__(say("Nothing done by hand in this version is left to undo."))


class ChangedSince(_ByHand):
    """What is to be undone does not stand any more."""

    code = "changed_since"

    def __init__(self) -> None:
        super().__init__(
            say(
                "The places were changed since, by a search or otherwise, so this can not be "
                "undone. Move by hand instead."
            )
        )


class PaperCanNotMove(_ByHand):
    """Not everybody who sits a paper in one period could sit it in the other."""

    code = "paper_can_not_move"

    def __init__(self, period: str, people: int, why: Sentence, instead: str) -> None:
        super().__init__(
            say(
                "In {period} {people} people could not sit the paper. {why} "
                "Periods that would do for all: {instead}.",
                period=period,
                people=people,
                why=why,
                instead=instead or "-",
            )
        )


class PaperHasLocks(_ByHand):
    """Some of those who would move are locked where they are."""

    code = "paper_has_locks"

    def __init__(self, people: int) -> None:
        super().__init__(
            say("{people} of these places are locked. Take the locks away first.", people=people)
        )

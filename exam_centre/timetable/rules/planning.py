"""What the planner keeps besides the rule profile, and why a series can not be planned."""

from collections.abc import Sequence
from dataclasses import dataclass

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.rules import Mode
from exam_centre.venues.rules import RoomKind

ALGORITHM = "park 2"  # name and version of the planner, as a seal names it
BY_HAND = "by hand 1"
KIND_NUMBERS: dict[RoomKind, int] = {  # the planner fills the lower kinds first
    RoomKind.STANDARD: 0,
    RoomKind.COMPUTER: 1,
    RoomKind.WORKSHOP: 2,
}
ALONE_IN_A_ROOM = frozenset({Mode.LISTENING, Mode.ORAL})  # others would hear, or be heard
ROAD_KM_AN_HOUR = 40  # an assumption for roads between parks, on the side of the person
CHANGE_MINUTES = 15  # out of one building and into another


@dataclass(frozen=True)
class PlanningRules:
    """What a plan keeps that no rule profile says; in minutes, counts and per cent."""

    turnover_minutes: int = 10  # a room rests so long before the next period
    gap_minutes: int = 15  # between two papers of a person on one day
    papers_a_day: int = 3
    spare_per_cent: int = 0  # of every room's seats
    leftover: int = 3  # so few people in a room are merged into another where it can be
    isolation_minutes: int = 20  # between the two papers of somebody held over
    wished_sittings: int = 2  # every further one is a leak risk


class ProblemContradicts(Refusal):
    """The series contradicts itself, so that no plan could keep every rule; `sentences` say how."""

    kind = "conflict"
    code = "problem_contradicts"

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(
            say(
                "The series can not be planned: {first} ({count} found in all)",
                first=self.sentences[0],
                count=len(self.sentences),
            )
        )


class NothingToPlan(Refusal):
    """No confirmed entry of the series needs a seat."""

    kind = "conflict"
    code = "nothing_to_plan"

    def __init__(self) -> None:
        super().__init__(
            say("No confirmed entry of this series needs a seat. Confirm the entries first.")
        )


class ProblemChanged(Refusal):
    """Entries, rooms or shifts changed while the plan was being searched."""

    kind = "conflict"
    code = "problem_changed"

    def __init__(self) -> None:
        super().__init__(
            say("Entries, rooms or shifts changed while the plan was made. Start it again.")
        )


class LocksContradict(Refusal):
    """Too many of the places that should stay can not stay together."""

    kind = "conflict"
    code = "locks_contradict"

    def __init__(self, person_no: str, paper: str) -> None:
        super().__init__(
            say(
                "{person_no}, paper {paper}: this place can not stay as it is. Take it back first.",
                person_no=person_no,
                paper=paper,
            )
        )


class NotReproducible(Refusal):
    """Nothing was kept of the search by which others could repeat it."""

    kind = "conflict"
    code = "not_reproducible"

    def __init__(self, number: int) -> None:
        super().__init__(
            say(
                "Plan {number} can not be repeated by others: it was not searched with the seed of "
                "two people, or the search ended by time. Search with a number of moves.",
                number=number,
            )
        )


class MovedSinceSearch(Refusal):
    """Hands changed the plan after the search, so that the search alone does not give it."""

    kind = "conflict"
    code = "moved_since_search"

    def __init__(self, number: int) -> None:
        super().__init__(
            say(
                "Plan {number} was changed by hand after its search, so that a search does not "
                "give it. Lock what was moved and search again.",
                number=number,
            )
        )


class NotAnAllocation(Refusal):
    """The file is no sealed allocation of this format."""

    kind = "bad_input"
    code = "not_an_allocation"

    def __init__(self) -> None:
        super().__init__(say("The file is no sealed allocation, or is broken."))

"""The life of a bag of papers or scripts."""

from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class BagKind(StrEnum):
    """What a bag holds."""

    PAPERS = "papers"
    SCRIPTS = "scripts"


class BagStatus(StrEnum):
    """Where a bag is. Its holder is always exactly one."""

    SEALED = "sealed"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    DISPUTED = "disputed"
    OPENED = "opened"
    DESTROYED = "destroyed"


BAG_FLOW: Flow[BagStatus] = Flow(
    {
        BagStatus.SEALED: frozenset({BagStatus.IN_TRANSIT, BagStatus.OPENED, BagStatus.DESTROYED}),
        BagStatus.IN_TRANSIT: frozenset({BagStatus.RECEIVED, BagStatus.DISPUTED}),
        BagStatus.RECEIVED: frozenset(
            {BagStatus.IN_TRANSIT, BagStatus.OPENED, BagStatus.DESTROYED}
        ),
        BagStatus.DISPUTED: frozenset({BagStatus.RECEIVED}),
        BagStatus.OPENED: frozenset({BagStatus.SEALED, BagStatus.DESTROYED}),
        BagStatus.DESTROYED: frozenset(),
    }
)

AT_REST = frozenset({BagStatus.SEALED, BagStatus.RECEIVED})
AT_LARGE = frozenset({BagStatus.OPENED, BagStatus.IN_TRANSIT, BagStatus.DISPUTED})

KIND_WORDS: dict[BagKind, Sentence] = {
    BagKind.PAPERS: say("Question papers"),
    BagKind.SCRIPTS: say("Scripts"),
}
STATUS_WORDS: dict[BagStatus, Sentence] = {
    BagStatus.SEALED: say("Sealed"),
    BagStatus.IN_TRANSIT: say("Handed over, not taken yet"),
    BagStatus.RECEIVED: say("Taken, counts agree"),
    BagStatus.DISPUTED: say("In dispute: counts or seals differ"),
    BagStatus.OPENED: say("Opened by two people"),
    BagStatus.DESTROYED: say("Destroyed"),
}


class CountWrong(BadInput):
    """A count below zero; zero itself is a count."""

    code = "count_wrong"

    def __init__(self) -> None:
        super().__init__(say("Type how many you counted: 0 or more."))


class SealMissing(BadInput):
    """A bag without the number of its seal."""

    code = "seal_missing"

    def __init__(self) -> None:
        super().__init__(say("Type the number on the seal."))


class ReasonMissing(BadInput):
    """A dispute settled without a word on how."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(say("Say how the difference was explained, and name the incident."))


class BagExists(Refusal):
    """The room has a bag of this kind for this paper."""

    kind = "conflict"
    code = "bag_exists"

    def __init__(self) -> None:
        super().__init__(say("There is such a bag of this room and paper. Use that one."))


class NotOfThisRoom(BadInput):
    """Nobody sits this paper in this room session."""

    code = "not_of_this_room"

    def __init__(self) -> None:
        super().__init__(say("Nobody sits this paper in this room then. Check the bag's label."))


class NotTheHolder(Refusal):
    """Only who holds a bag hands it over."""

    kind = "conflict"
    code = "not_the_holder"

    def __init__(self, holder: str) -> None:
        super().__init__(say("{holder} holds this bag and must hand it over.", holder=holder))


class NotOnItsWay(Refusal):
    """Nobody sent the bag, so nobody can take it."""

    kind = "conflict"
    code = "not_on_its_way"

    def __init__(self) -> None:
        super().__init__(say("Nobody handed this bag over. Its holder sends it first."))


class OpensTooEarly(Refusal):
    """Papers leave their bag no earlier than the doors open."""

    kind = "conflict"
    code = "opens_too_early"

    def __init__(self, opens: str) -> None:
        super().__init__(say("The bag may be opened from {opens}.", opens=opens))


class NotPapers(BadInput):
    """Only a bag of papers is opened at a venue and its papers counted."""

    code = "not_papers"

    def __init__(self) -> None:
        super().__init__(say("This is a bag of scripts: it stays sealed. Choose a bag of papers."))


class NotOpened(Refusal):
    """Papers counted as used came out of a bag nobody opened."""

    kind = "conflict"
    code = "not_opened"

    def __init__(self) -> None:
        super().__init__(say("This bag was not opened: all its papers are spare."))


class PapersNotCounted(Refusal):
    """An opened bag is sealed again only with a count of what is left."""

    kind = "conflict"
    code = "papers_not_counted"

    def __init__(self) -> None:
        super().__init__(say("Count used, spare and damaged papers first, then seal the bag."))


class DayIsClosed(Refusal):
    """Two people closed the venue's day: its bags travel on sealed, as they were counted."""

    kind = "conflict"
    code = "day_is_closed"

    def __init__(self) -> None:
        super().__init__(
            say(
                "The venue's day is closed: this bag goes on sealed, as it was counted. "
                "Record an incident if something is wrong with it."
            )
        )

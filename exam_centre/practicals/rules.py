"""How many assess a practical, and what their marks come to."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.rules import MODE_SENTENCES, Mode

ASSESSED = frozenset({Mode.PRACTICAL, Mode.ORAL})  # marked by people who watch or listen

PRESENCE_SENTENCES: dict[AttendanceStatus, Sentence] = {
    AttendanceStatus.EXPECTED: say("Expected"),
    AttendanceStatus.PRESENT: say("Present"),
    AttendanceStatus.ABSENT: say("Absent"),
    AttendanceStatus.REFUSED: say("Refused at the door"),
    AttendanceStatus.REMOVED: say("Removed from the room"),
    AttendanceStatus.VOIDED: say("Void"),
}

FEWEST_ASSESSORS = 3  # in a skill room, one of them the head


def practical_mark(scores: Sequence[Decimal]) -> Decimal | None:
    """Return the mean of the assessors' scores to two decimals, or None while some are missing."""
    if len(scores) < FEWEST_ASSESSORS:
        return None
    mean = sum(scores, Decimal(0)) / len(scores)
    return mean.quantize(Decimal("0.01"), ROUND_HALF_UP)


class WrongScore(BadInput):
    """A mark is a number of 0 to 100."""

    code = "wrong_score"

    def __init__(self, text: str) -> None:
        super().__init__(say("{text} is no mark. Give 0 to 100, two decimals at most.", text=text))


def is_of_hundred(number: Decimal) -> bool:
    """Say whether a number lies in 0 to 100 with two decimals at most; NaN does not."""
    return number.is_finite() and 0 <= number <= 100 and number == round(number, 2)


class WrongPaper(Refusal):
    """Nobody watches candidates work in this kind of paper."""

    code = "wrong_paper"

    def __init__(self, mode: Mode) -> None:
        super().__init__(
            say("Papers of this kind are not assessed here: {mode}.", mode=MODE_SENTENCES[mode])
        )


class NotPresent(Refusal):
    """Only who is present draws a station and is assessed."""

    code = "not_present"

    def __init__(self, status: AttendanceStatus) -> None:
        super().__init__(
            say(
                "The register says: {status}. Admit the person at the door first.",
                status=PRESENCE_SENTENCES[status],
            )
        )


class StationDrawn(Refusal):
    """A station is drawn once; there are no swaps."""

    kind = "conflict"
    code = "station_drawn"

    def __init__(self, station: int) -> None:
        self.station = station
        super().__init__(say("Station {station} was drawn. There are no swaps.", station=station))


class NoFreeStation(Refusal):
    """Every station of the room is somebody's."""

    code = "no_free_station"

    def __init__(self) -> None:
        super().__init__(say("No station is free. Tell the chief of the venue."))


class NoStation(Refusal):
    """Work is assessed at a station."""

    kind = "conflict"
    code = "no_station"

    def __init__(self) -> None:
        super().__init__(say("This candidate has drawn no station yet. Let them draw first."))


class AlreadyMarked(Refusal):
    """An assessor marks a candidate once, and the mark stands."""

    kind = "conflict"
    code = "already_marked"

    def __init__(self) -> None:
        super().__init__(say("You marked this candidate already. The mark stands."))


class AssessmentClosed(Refusal):
    """The room is reconciled and the candidate has the marks that count."""

    kind = "conflict"
    code = "assessment_closed"

    def __init__(self) -> None:
        super().__init__(
            say("The room is reconciled and this mark is settled. File a correction instead.")
        )

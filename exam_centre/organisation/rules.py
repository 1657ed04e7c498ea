"""The four levels of the university, what stands under what, and what no record may say."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from exam_centre.kernel import clock
from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import say

HOME_ZONE = "Asia/Shanghai"  # the network's own clock, where no venue or series says otherwise


class UnitLevel(StrEnum):
    """Headquarters, province, prefecture, county, from the top."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    PREFECTURAL = "prefectural"
    COUNTY = "county"


DEPTH = {level: depth for depth, level in enumerate(UnitLevel)}


class WrongParent(BadInput):
    """A unit would stand under one that is not above it."""

    code = "wrong_parent"

    def __init__(self, level: UnitLevel) -> None:
        super().__init__(
            say("A unit of level {level} needs a parent of a higher level.", level=level.value)
        )


def check_parent(level: UnitLevel, parent: UnitLevel | None) -> None:
    """Raise WrongParent unless `parent` is above `level`; only headquarters has none."""
    if (parent is None) != (level is UnitLevel.NATIONAL):
        raise WrongParent(level)
    if parent is not None and DEPTH[parent] >= DEPTH[level]:
        raise WrongParent(level)


class CodeTaken(Refusal):
    """Another record bears this code already."""

    kind = "conflict"
    code = "code_taken"

    def __init__(self, taken: str) -> None:
        self.taken = taken
        super().__init__(say("The code {code} is taken. Choose another one.", code=taken))


class EndsTooEarly(BadInput):
    """A span of time would end before, or when, it starts."""

    code = "ends_too_early"

    def __init__(self) -> None:
        super().__init__(say("The end must come after the start."))


def check_span(starts_at: datetime, ends_at: datetime) -> None:
    """Raise EndsTooEarly unless `ends_at` is after `starts_at`."""
    if ends_at <= starts_at:
        raise EndsTooEarly


class WrongPosition(BadInput):
    """No such place on the globe."""

    code = "wrong_position"

    def __init__(self) -> None:
        super().__init__(
            say("Latitude runs from -90 to 90, longitude from -180 to 180, with up to 5 decimals.")
        )


def check_position(latitude: Decimal, longitude: Decimal) -> None:
    """Raise WrongPosition unless both are degrees on the globe, to at most 5 decimals."""
    for degrees, limit in ((latitude, 90), (longitude, 180)):
        if not degrees.is_finite() or abs(degrees) > limit:
            raise WrongPosition
        if degrees != degrees.quantize(Decimal("0.00001")):
            raise WrongPosition


class NobodysShift(BadInput):
    """A shift names neither a team nor a worker, or both."""

    code = "nobodys_shift"

    def __init__(self) -> None:
        super().__init__(say("A shift belongs to a team or to one worker. Name one of the two."))


class ShiftOverlaps(Refusal):
    """The same team or worker is on another shift at that time."""

    kind = "conflict"
    code = "shift_overlaps"

    def __init__(self, starts_at: datetime, ends_at: datetime) -> None:
        self.starts_at, self.ends_at = starts_at, ends_at
        super().__init__(
            say(
                "There is a shift from {start} to {end} already. Plan this one before or after it.",
                start=f"{clock.at_venue(starts_at, HOME_ZONE):%Y-%m-%d %H:%M}",
                end=f"{clock.at_venue(ends_at, HOME_ZONE):%Y-%m-%d %H:%M}",
            )
        )

"""The four levels of the university, what stands under what, and what no record may say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from exam_centre.kernel import clock
from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import Sentence, say

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


Span = tuple[datetime, datetime]


def overlapping(spans: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Return (earlier, later) for every span that begins before one begun earlier has ended.

    Spans that only touch do not overlap.
    """
    pairs: list[tuple[Span, Span]] = []
    longest: Span | None = None
    for span in sorted(spans):
        if longest is not None and span[0] < longest[1]:
            pairs.append((longest, span))
        if longest is None or span[1] > longest[1]:
            longest = span
    return pairs


LEVEL_SENTENCES: dict[UnitLevel, Sentence] = {
    UnitLevel.NATIONAL: say("Headquarters"),
    UnitLevel.PROVINCIAL: say("Provincial branch"),
    UnitLevel.PREFECTURAL: say("Prefectural school"),
    UnitLevel.COUNTY: say("County study centre"),
}

DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Bar:
    """A part of a span that lies on one day of a picture: minutes from that day's midnight."""

    day: int  # 0 is the picture's first day
    first: int  # 0 to 1440
    last: int  # above `first`, at most 1440
    label: str


def bars_of(
    spans: Iterable[tuple[datetime, datetime, str]], first_day: date, days: int, zone: str
) -> list[Bar]:
    """Cut (start, end, label) into bars of single days; a night shift becomes two.

    zone  whose midnight parts the days. What lies outside the days of the picture is left out.
    """
    bars: list[Bar] = []
    for starts_at, ends_at, label in spans:
        start, end = clock.at_venue(starts_at, zone), clock.at_venue(ends_at, zone)
        for day in range(days):
            midnight = datetime.combine(first_day + timedelta(days=day), time(), start.tzinfo)
            first = max(0, int((start - midnight).total_seconds() // 60))
            last = min(DAY_MINUTES, int((end - midnight).total_seconds() // 60))
            if first < last:
                bars.append(Bar(day, first, last, label))
    return bars

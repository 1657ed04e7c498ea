"""A map drawn by ourselves: places and lines between them, laid out on a sheet of given width.

Equirectangular: a degree of longitude is shortened by the cosine of the middle latitude, so that
shapes are right for a province and a circle of one radius means one count anywhere.
"""

import unicodedata
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians, sqrt

SMALLEST, LARGEST = 9.0, 30.0  # radius of a circle, in the sheet's units
THINNEST, THICKEST = 1.0, 10.0  # of a line
TALLEST, FLATTEST = 1.15, 0.45  # height of the sheet as a part of its width,
HIGHEST = 620  # and never more than a screen
LINE_HEIGHT = 16.0  # of a label
LETTER = 6.8  # width of a Latin letter in a label; a Chinese character is twice as wide
APART = 2.0  # between circles
ROUNDS = 60  # of pushing circles apart; more change nothing visible


@dataclass(frozen=True)
class Spot:
    """Something on the map: `weight` makes it a circle, None a small mark of fixed size."""

    key: Hashable
    latitude: float
    longitude: float
    weight: int | None
    labels: tuple[str, ...]  # the first that finds room is taken


@dataclass(frozen=True)
class Line:
    """How much goes from one spot to another."""

    start: Hashable
    end: Hashable
    weight: int


@dataclass(frozen=True)
class DrawnSpot:
    """A spot on the sheet. `label` is "" where none finds room; `label_at` x, y, text-anchor."""

    key: Hashable
    x: float
    y: float
    radius: float
    label: str
    label_at: tuple[float, float, str]


@dataclass(frozen=True)
class DrawnLine:
    """A line on the sheet as an SVG path, bent a little so that both directions are seen."""

    start: Hashable
    end: Hashable
    weight: int
    path: str
    width: float


@dataclass(frozen=True)
class DrawnMap:
    """A sheet with everything on it, and the length of a round number of kilometres."""

    width: int
    height: int
    spots: dict[Hashable, DrawnSpot]
    lines: list[DrawnLine]
    scale_km: int
    scale_length: float


MARK = 4.0  # half the side of a mark
KM_A_DEGREE = 111.2
ROUND_KM = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
Box = tuple[float, float, float, float]  # left, top, right, bottom


def draw_map(spots: Sequence[Spot], lines: Sequence[Line], width: int) -> DrawnMap | None:
    """Return the map on a sheet so many units wide, or None where there is nothing to draw.

    The same spots in the same order give the same map. Circles' areas are as their weights; those
    that would cover each other are pushed apart. Labels stand where they cover nothing; the
    heaviest choose first, and one that finds no room is left out.
    """
    if not spots:
        return None
    places, height, unit = _project(spots, width)
    radii = _radii(spots, width)
    _push_apart(spots, places, radii, width, height)
    labels = _labels(spots, places, radii, width, height)
    drawn = {
        spot.key: DrawnSpot(
            spot.key,
            x=_short(places[n][0]),
            y=_short(places[n][1]),
            radius=_short(radii[n]),
            label=labels[n][0] if n in labels else "",
            label_at=labels[n][1] if n in labels else (0.0, 0.0, "start"),
        )
        for n, spot in enumerate(spots)
    }
    scale = max((km for km in ROUND_KM if km * unit <= width / 4), default=ROUND_KM[0])
    return DrawnMap(
        width=width,
        height=round(height),
        spots=drawn,
        lines=list(_lines(lines, drawn)),
        scale_km=scale,
        scale_length=_short(scale * unit),
    )


def _short(number: float) -> float:
    return round(number, 1)


def _project(spots: Sequence[Spot], width: int) -> tuple[list[list[float]], float, float]:
    """Return each spot's [x, y], the sheet's height, and the units a kilometre has."""
    north = max(spot.latitude for spot in spots)
    south = min(spot.latitude for spot in spots)
    west = min(spot.longitude for spot in spots)
    east = max(spot.longitude for spot in spots)
    shrink = cos(radians((north + south) / 2))
    # Spots of one place still need some ground around them.
    across = max((east - west) * shrink, 0.02)
    along = max(north - south, 0.02)
    edge = LARGEST + LINE_HEIGHT
    inner = width - 2 * edge
    unit = min(inner / across, (min(TALLEST * width, HIGHEST) - 2 * edge) / along)
    height = max(along * unit + 2 * edge, FLATTEST * width)
    left = (width - (east - west) * shrink * unit) / 2
    top = (height - (north - south) * unit) / 2
    places = [
        [left + (s.longitude - west) * shrink * unit, top + (north - s.latitude) * unit]
        for s in spots
    ]
    return places, height, unit / KM_A_DEGREE


def _radii(spots: Sequence[Spot], width: int) -> list[float]:
    most = max((spot.weight or 0 for spot in spots), default=0) or 1
    largest = min(LARGEST, width / 18)
    return [
        MARK if spot.weight is None else max(SMALLEST, largest * sqrt(spot.weight / most))
        for spot in spots
    ]


def _push_apart(
    spots: Sequence[Spot],
    places: list[list[float]],
    radii: Sequence[float],
    width: float,
    height: float,
) -> None:
    """Move circles that cover each other; marks stay where they are."""
    circles = [n for n, spot in enumerate(spots) if spot.weight is not None]
    for _ in range(ROUNDS):
        moved = False
        for place, one in enumerate(circles):
            for other in circles[place + 1 :]:
                dx = places[other][0] - places[one][0]
                dy = places[other][1] - places[one][1]
                far, wanted = hypot(dx, dy), radii[one] + radii[other] + APART
                if far >= wanted:
                    continue
                # Two at one point part sideways.
                to_x, to_y = (dx / far, dy / far) if far > 0.01 else (1.0, 0.0)
                step = (wanted - far) / 2 + 0.05
                for who, sign in ((one, -step), (other, step)):
                    places[who][0] += sign * to_x
                    places[who][1] += sign * to_y
                moved = True
        if not moved:
            break
    for n in circles:
        places[n][0] = min(max(places[n][0], radii[n] + 1), width - radii[n] - 1)
        places[n][1] = min(max(places[n][1], radii[n] + 1), height - radii[n] - 1)


def _labels(
    spots: Sequence[Spot],
    places: Sequence[Sequence[float]],
    radii: Sequence[float],
    width: float,
    height: float,
) -> dict[int, tuple[str, tuple[float, float, str]]]:
    taken: list[Box] = [
        (x - r, y - r, x + r, y + r) for (x, y), r in zip(places, radii, strict=True)
    ]
    found: dict[int, tuple[str, tuple[float, float, str]]] = {}
    heaviest = sorted(range(len(spots)), key=lambda n: (-(spots[n].weight or 0), n))
    for n in heaviest:
        for label in spots[n].labels:
            room = _room(label, (*places[n], radii[n]), taken, width, height)
            if room is not None:
                box, at = room
                taken.append(box)
                found[n] = (label, at)
                break
    return found


def _room(
    label: str, circle: Sequence[float], taken: Sequence[Box], width: float, height: float
) -> tuple[Box, tuple[float, float, str]] | None:
    """Return the first place around a circle where a label covers nothing, None without one."""
    length = text_width(label)
    for x, y, anchor in _around(*circle):
        left = x - length * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        box = (left, y - 0.8 * LINE_HEIGHT, left + length, y + 0.25 * LINE_HEIGHT)
        inside = box[0] >= 2 and box[1] >= 2 and box[2] <= width - 2 and box[3] <= height - 2
        if inside and not any(_cover(box, other) for other in taken):
            return box, (_short(x), _short(y), anchor)
    return None


def _around(x: float, y: float, radius: float) -> Iterator[tuple[float, float, str]]:
    """Yield where a label may stand: right, left, below, above, then the corners."""
    gap, middle = radius + 4, 0.3 * LINE_HEIGHT
    aside = 0.7 * radius + 3
    yield x + gap, y + middle, "start"
    yield x - gap, y + middle, "end"
    yield x, y + radius + LINE_HEIGHT - 2, "middle"
    yield x, y - radius - 5, "middle"
    for across, anchor in ((aside, "start"), (-aside, "end")):
        yield x + across, y + aside + LINE_HEIGHT / 2, anchor
        yield x + across, y - aside, anchor


def text_width(text: str) -> float:
    """Return about how wide a label is, in the sheet's units."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return LETTER * (len(text) + wide)


def _cover(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _lines(lines: Sequence[Line], spots: Mapping[Hashable, DrawnSpot]) -> Iterator[DrawnLine]:
    most = max((line.weight for line in lines), default=0) or 1
    for line in sorted(lines, key=lambda line: line.weight):
        start, end = spots[line.start], spots[line.end]
        dx, dy = end.x - start.x, end.y - start.y
        far = hypot(dx, dy)
        if far <= end.radius + start.radius / 2:
            continue  # they are as good as there already; the table says how many
        # It ends at the circle's edge, so that the thickest line hides no number.
        to_x, to_y = end.x - dx / far * end.radius, end.y - dy / far * end.radius
        bend_x, bend_y = (start.x + end.x) / 2 - dy * 0.12, (start.y + end.y) / 2 + dx * 0.12
        yield DrawnLine(
            line.start,
            line.end,
            line.weight,
            f"M{start.x} {start.y}Q{_short(bend_x)} {_short(bend_y)} {_short(to_x)} {_short(to_y)}",
            _short(THINNEST + (THICKEST - THINNEST) * line.weight / most),
        )

"""How a venue is approved, and how a room's desks are numbered."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.rules import UnitLevel


class VenueKind(StrEnum):
    """A formal venue stands until withdrawn; a temporary one for its series."""

    FORMAL = "formal"
    TEMPORARY = "temporary"


class VenueStatus(StrEnum):
    """Whether papers may be sat here."""

    APPLIED = "applied"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


VENUE_FLOW: Flow[VenueStatus] = Flow(
    {
        VenueStatus.APPLIED: frozenset({VenueStatus.APPROVED, VenueStatus.REFUSED}),
        VenueStatus.APPROVED: frozenset({VenueStatus.SUSPENDED, VenueStatus.WITHDRAWN}),
        VenueStatus.SUSPENDED: frozenset({VenueStatus.APPROVED, VenueStatus.WITHDRAWN}),
        VenueStatus.REFUSED: frozenset({VenueStatus.APPLIED}),
        VenueStatus.WITHDRAWN: frozenset(),
    }
)


class ApplicationKind(StrEnum):
    """What is asked for."""

    NEW = "new"
    CONTINUE = "continue"
    CHANGE = "change"


class ApplicationStatus(StrEnum):
    """How far an application has come on its way up."""

    APPLIED = "applied"
    PREFECTURE_CHECKED = "prefecture_checked"
    PROVINCE_CHECKED = "province_checked"
    APPROVED = "approved"
    REFUSED = "refused"


APPLICATION_FLOW: Flow[ApplicationStatus] = Flow(
    {
        ApplicationStatus.APPLIED: frozenset(
            {ApplicationStatus.PREFECTURE_CHECKED, ApplicationStatus.REFUSED}
        ),
        ApplicationStatus.PREFECTURE_CHECKED: frozenset(
            {ApplicationStatus.PROVINCE_CHECKED, ApplicationStatus.REFUSED}
        ),
        ApplicationStatus.PROVINCE_CHECKED: frozenset(
            {ApplicationStatus.APPROVED, ApplicationStatus.REFUSED}
        ),
        ApplicationStatus.APPROVED: frozenset(),
        ApplicationStatus.REFUSED: frozenset(),
    }
)


# Which level takes an application to which status, from below.
REVIEWS: tuple[tuple[UnitLevel, ApplicationStatus], ...] = (
    (UnitLevel.PREFECTURAL, ApplicationStatus.PREFECTURE_CHECKED),
    (UnitLevel.PROVINCIAL, ApplicationStatus.PROVINCE_CHECKED),
    (UnitLevel.NATIONAL, ApplicationStatus.APPROVED),
)


def next_review(
    status: ApplicationStatus, levels: Iterable[UnitLevel]
) -> tuple[UnitLevel, tuple[ApplicationStatus, ...]] | None:
    """Return whose review is next, and the statuses it passes through; None at the end.

    levels  those that stand above the venue. A level the tree lacks there is skipped upward: the
            next one passes through its status, so the last status is the one reached.
    """
    here = frozenset(levels)
    done = [reached for _, reached in REVIEWS]
    if status is not ApplicationStatus.APPLIED and status not in done[:-1]:
        return None
    left = REVIEWS[done.index(status) + 1 :] if status in done else REVIEWS
    passed: list[ApplicationStatus] = []
    for level, reached in left:
        passed.append(reached)
        if level in here:
            return level, tuple(passed)
    return None


class ReviewElsewhere(Refusal):
    """The application waits for the review of another unit."""

    kind = "conflict"
    code = "review_elsewhere"

    def __init__(self, unit: str) -> None:
        super().__init__(
            say("This application waits for {unit}. Somebody of that unit reviews it.", unit=unit)
        )


class ReviewOver(Refusal):
    """The application was decided already."""

    kind = "conflict"
    code = "review_over"

    def __init__(self) -> None:
        super().__init__(say("This application was decided. File a new one to change that."))


class ApplicationOpen(Refusal):
    """Another application for the venue is on its way."""

    kind = "conflict"
    code = "application_open"

    def __init__(self) -> None:
        super().__init__(
            say("An application for this venue is under review. Wait for its decision.")
        )


class ParkElsewhere(Refusal):
    """The park is looked after by a unit that is neither above nor below the one that applies."""

    kind = "conflict"
    code = "park_elsewhere"

    def __init__(self, park: str) -> None:
        super().__init__(
            say("The park {park} belongs to another unit. That unit can apply.", park=park)
        )


class RoomKind(StrEnum):
    """What can be sat in a room."""

    STANDARD = "standard"
    COMPUTER = "computer"
    WORKSHOP = "workshop"


class Door(StrEnum):
    """Where the front door is, seen from the candidates."""

    FRONT_LEFT = "front-left"
    FRONT_RIGHT = "front-right"


class Pattern(StrEnum):
    """How the numbers run, always beginning at the column by the front door."""

    S = "S"  # up one column, down the next
    N = "N"  # every column from the front
    W = "W"  # columns of unequal length, serpentine
    II = "II"  # pairs of columns, row by row


def desk_numbers(
    rows: int, columns: int, pattern: Pattern, door: Door, missing: Iterable[tuple[int, int]] = ()
) -> dict[tuple[int, int], int]:
    """Return the number printed on each desk, {(row, column): number}.

    rows, columns  the grid; row 1 is the front, column 1 is on the candidates' left.
    missing        desks that are not there: their numbers stay unused, so that taking a desk out
                   never renumbers the others.
    """
    across = list(range(1, columns + 1))
    if door is Door.FRONT_RIGHT:
        across.reverse()
    down = list(range(1, rows + 1))
    if pattern is Pattern.II:
        pairs = [across[i : i + 2] for i in range(0, columns, 2)]
        order = [(row, column) for pair in pairs for row in down for column in pair]
    else:
        turns = pattern in (Pattern.S, Pattern.W)
        order = [
            (row, column)
            for turn, column in enumerate(across)
            for row in (reversed(down) if turns and turn % 2 else down)
        ]
    gone = frozenset(missing)
    return {desk: number for number, desk in enumerate(order, 1) if desk not in gone}


MOST_DESKS_A_SIDE = 40


class NoSuchDesk(BadInput):
    """A desk outside the grid, or one that is missing and yet described."""

    code = "no_such_desk"

    def __init__(self, row: int, column: int) -> None:
        self.row, self.column = row, column
        super().__init__(
            say(
                "There is no desk in row {row}, column {column}. Name desks of the grid.",
                row=row,
                column=column,
            )
        )


class WrongGrid(BadInput):
    """A room without desks, or with more than a room can hold."""

    code = "wrong_grid"

    def __init__(self) -> None:
        super().__init__(
            say(
                "A room has 1 to {most} rows and columns and at least one desk.",
                most=MOST_DESKS_A_SIDE,
            )
        )


def check_desks(
    rows: int,
    columns: int,
    missing: Iterable[tuple[int, int]],
    special: Iterable[tuple[int, int]],
) -> None:
    """Raise WrongGrid or NoSuchDesk unless the drawing can be a room.

    missing  desks that are not there; special  desks for a wheelchair or the left hand.
    """
    if not (1 <= rows <= MOST_DESKS_A_SIDE and 1 <= columns <= MOST_DESKS_A_SIDE):
        raise WrongGrid
    gone = set(missing)
    for row, column in sorted(gone):
        if not (1 <= row <= rows and 1 <= column <= columns):
            raise NoSuchDesk(row, column)
    for row, column in sorted(set(special)):
        if not (1 <= row <= rows and 1 <= column <= columns) or (row, column) in gone:
            raise NoSuchDesk(row, column)
    if len(gone) == rows * columns:
        raise WrongGrid


VENUE_SENTENCES: dict[VenueStatus, Sentence] = {
    VenueStatus.APPLIED: say("Waits for approval"),
    VenueStatus.APPROVED: say("Approved"),
    VenueStatus.SUSPENDED: say("Suspended"),
    VenueStatus.REFUSED: say("Refused"),
    VenueStatus.WITHDRAWN: say("Withdrawn"),
}
VENUE_KIND_SENTENCES: dict[VenueKind, Sentence] = {
    VenueKind.FORMAL: say("Formal venue"),
    VenueKind.TEMPORARY: say("Temporary venue"),
}
APPLICATION_SENTENCES: dict[ApplicationStatus, Sentence] = {
    ApplicationStatus.APPLIED: say("Filed"),
    ApplicationStatus.PREFECTURE_CHECKED: say("Checked by the prefecture"),
    ApplicationStatus.PROVINCE_CHECKED: say("Checked by the province"),
    ApplicationStatus.APPROVED: say("Approved"),
    ApplicationStatus.REFUSED: say("Refused"),
}
APPLICATION_KIND_SENTENCES: dict[ApplicationKind, Sentence] = {
    ApplicationKind.NEW: say("New venue"),
    ApplicationKind.CONTINUE: say("Go on using a venue"),
    ApplicationKind.CHANGE: say("Change a venue"),
}
ROOM_KIND_SENTENCES: dict[RoomKind, Sentence] = {
    RoomKind.STANDARD: say("Room with desks"),
    RoomKind.COMPUTER: say("Computer room"),
    RoomKind.WORKSHOP: say("Workshop"),
}
DOOR_SENTENCES: dict[Door, Sentence] = {
    Door.FRONT_LEFT: say("Front left"),
    Door.FRONT_RIGHT: say("Front right"),
}
PATTERN_SENTENCES: dict[Pattern, Sentence] = {
    Pattern.S: say("S: up one column, down the next"),
    Pattern.N: say("N: every column from the front"),
    Pattern.W: say("W: like S, with columns of unequal length"),
    Pattern.II: say("II: pairs of columns, row by row"),
}


@dataclass(frozen=True)
class DrawnDesk:
    """A desk of a drawing that is not kept yet, with what a kept one has."""

    grid_row: int
    grid_column: int
    number: int
    wheelchair: bool
    left_handed: bool


@dataclass(frozen=True)
class Drawing:
    """How desks would stand: the same facts a kept layout has."""

    grid_rows: int
    grid_columns: int
    pattern: Pattern
    door: Door
    missing: frozenset[tuple[int, int]] = frozenset()
    wheelchair: frozenset[tuple[int, int]] = frozenset()
    left_handed: frozenset[tuple[int, int]] = frozenset()

    def desks(self) -> list[DrawnDesk]:
        """Return the desks by number. Raises WrongGrid, NoSuchDesk."""
        check_desks(
            self.grid_rows, self.grid_columns, self.missing, self.wheelchair | self.left_handed
        )
        numbers = desk_numbers(
            self.grid_rows, self.grid_columns, self.pattern, self.door, self.missing
        )
        return [
            DrawnDesk(*desk, number, desk in self.wheelchair, desk in self.left_handed)
            for desk, number in numbers.items()
        ]


class NoSuchNumber(BadInput):
    """A desk number that the grid does not reach."""

    code = "no_such_number"

    def __init__(self, number: int, largest: int) -> None:
        self.number = number
        super().__init__(
            say(
                "There is no desk {number}: the numbers go from 1 to {largest}.",
                number=number,
                largest=largest,
            )
        )


def desks_numbered(
    rows: int, columns: int, pattern: Pattern, door: Door, numbers: Iterable[int]
) -> frozenset[tuple[int, int]]:
    """Return the desks that bear these numbers, as (row, column). Raises NoSuchNumber."""
    place = {number: desk for desk, number in desk_numbers(rows, columns, pattern, door).items()}
    for number in numbers:
        if number not in place:
            raise NoSuchNumber(number, rows * columns)
    return frozenset(place[number] for number in numbers)

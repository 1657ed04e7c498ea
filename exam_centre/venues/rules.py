"""How a venue is approved, and how a room's desks are numbered."""

from collections.abc import Iterable
from enum import StrEnum

from exam_centre.kernel.flow import Flow


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

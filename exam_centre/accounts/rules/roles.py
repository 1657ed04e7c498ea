"""Where a role reaches: what its narrowing to a venue, a room or a series leaves of it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.permissions import ROLE_PERMISSIONS, Permission, Role
from exam_centre.kernel.sentences import say


class Narrowing(StrEnum):
    """What a role may be narrowed to within its unit."""

    VENUE = "venue"
    ROOM = "room"
    SERIES = "series"


_UNIT: frozenset[Narrowing] = frozenset()
_VENUE = frozenset({Narrowing.VENUE})
_ROOM = frozenset({Narrowing.VENUE, Narrowing.ROOM})
_SERIES = frozenset({Narrowing.SERIES})
_DAY = _ROOM | _SERIES

# What the place of an act says besides its unit. A role narrowed to something its act's place does
# not say never reaches the act: silence widens no scope.
NARROWED_BY: dict[Permission, frozenset[Narrowing]] = {
    Permission.SEE_OWN: _DAY,  # one's own things need no scope
    Permission.SEE_ORGANISATION: _ROOM,  # units and parks not, but venues and rooms
    Permission.RUN_ORGANISATION: _UNIT,
    Permission.RUN_ACCOUNTS: _UNIT,
    Permission.APPLY_FOR_VENUE: _VENUE,
    Permission.REVIEW_VENUE: _VENUE,
    Permission.RUN_VENUE: _ROOM,
    Permission.RUN_PAPERS: _UNIT,
    Permission.RUN_SERIES: _SERIES,
    Permission.ENTER_CANDIDATES: _SERIES,
    Permission.APPROVE_ENTRIES: _SERIES,
    Permission.PLAN_TIMETABLE: _SERIES,
    Permission.PUBLISH_TIMETABLE: _SERIES,
    Permission.HAND_OVER: _DAY,
    Permission.ISSUE_SLIPS: _SERIES,
    Permission.RUN_DEVICES: _VENUE,
    Permission.CHECK_IN: _DAY,
    Permission.RUN_ROOM: _DAY,
    Permission.CLOSE_DAY: _DAY,
    Permission.RECORD_INCIDENT: _DAY,
    Permission.DECIDE_CASE: _DAY,
    Permission.RUN_MARKING: _DAY,
    Permission.ENTER_MARKS: _DAY,
    Permission.MODERATE: _DAY,
    Permission.COMPUTE_OUTCOMES: _SERIES,
    Permission.APPROVE_RESULTS: _SERIES,
    Permission.RELEASE_RESULTS: _SERIES,
    Permission.CORRECT_RESULTS: _SERIES,
    Permission.ISSUE_CERTIFICATES: _SERIES,
    Permission.RUN_CREDITS: _UNIT,
    Permission.READ_AUDIT: _DAY,
    Permission.RUN_SYSTEM: _UNIT,
}


@dataclass(frozen=True)
class Reach:
    """What a role opens where it is narrowed, in the order of the journey.

    will      what its holder can do there.
    lost      what the role has and its holder can do nowhere, because it is narrowed so.
    """

    will: list[Permission]
    lost: list[Permission]


def reach_of(role: Role, narrowed: Collection[Narrowing]) -> Reach:
    """Return what is left of a role that is narrowed to these kinds of places."""
    here = frozenset(narrowed)
    held = [permission for permission in Permission if permission in ROLE_PERMISSIONS[role]]
    return Reach(
        [permission for permission in held if here <= NARROWED_BY[permission]],
        [permission for permission in held if not here <= NARROWED_BY[permission]],
    )


class OpensNothing(BadInput):
    """A role narrowed so far that nothing is left of it."""

    code = "opens_nothing"

    def __init__(self) -> None:
        super().__init__(
            say("Narrowed like this, the role opens nothing. Take one of the limits away.")
        )


class OwnRole(Refusal):
    """Somebody would give a role to themselves."""

    kind = "conflict"
    code = "own_role"

    def __init__(self) -> None:
        super().__init__(say("Nobody changes their own roles. Ask another administrator."))

"""The life of a plan, the stages of its publication, and who is on duty as what."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


class PlanStatus(StrEnum):
    """Where a plan version stands. What it publishes it publishes in stages."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    TIME_PUBLISHED = "time_published"
    ROOM_PUBLISHED = "room_published"
    FROZEN = "frozen"  # slips are out; from here on only a repair, which is a new version
    DISCARDED = "discarded"


PLAN_FLOW: Flow[PlanStatus] = Flow(
    {
        PlanStatus.DRAFT: frozenset({PlanStatus.PROPOSED, PlanStatus.DISCARDED}),
        PlanStatus.PROPOSED: frozenset(
            {PlanStatus.DRAFT, PlanStatus.TIME_PUBLISHED, PlanStatus.DISCARDED}
        ),
        PlanStatus.TIME_PUBLISHED: frozenset({PlanStatus.ROOM_PUBLISHED}),
        PlanStatus.ROOM_PUBLISHED: frozenset({PlanStatus.FROZEN}),
        PlanStatus.FROZEN: frozenset(),
        PlanStatus.DISCARDED: frozenset(),
    }
)


class Stage(StrEnum):
    """What is published, in this order."""

    TIME = "time"
    ROOM = "room"
    SLIPS = "slips"


PUBLISHED = (PlanStatus.TIME_PUBLISHED, PlanStatus.ROOM_PUBLISHED, PlanStatus.FROZEN)

STAGE_REACHES = {
    Stage.TIME: PlanStatus.TIME_PUBLISHED,
    Stage.ROOM: PlanStatus.ROOM_PUBLISHED,
    Stage.SLIPS: PlanStatus.FROZEN,
}


class DutyRole(StrEnum):
    """What a staff member does in a period."""

    CHIEF = "chief"
    FIRST = "first"
    SECOND = "second"
    ROVER = "rover"
    SUPERVISOR = "supervisor"  # of held-over candidates


IN_ONE_ROOM = frozenset({DutyRole.FIRST, DutyRole.SECOND, DutyRole.SUPERVISOR})


class DutyStatus(StrEnum):
    """Where a duty stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ON_DUTY = "on_duty"
    REPLACED = "replaced"
    COMPLETED = "completed"


DUTY_FLOW: Flow[DutyStatus] = Flow(
    {
        DutyStatus.OFFERED: frozenset(
            {DutyStatus.ACCEPTED, DutyStatus.DECLINED, DutyStatus.REPLACED}
        ),
        DutyStatus.ACCEPTED: frozenset({DutyStatus.ON_DUTY, DutyStatus.REPLACED}),
        DutyStatus.DECLINED: frozenset({DutyStatus.REPLACED}),
        DutyStatus.ON_DUTY: frozenset({DutyStatus.COMPLETED, DutyStatus.REPLACED}),
        DutyStatus.REPLACED: frozenset(),
        DutyStatus.COMPLETED: frozenset(),
    }
)


OFF_DUTY = (DutyStatus.DECLINED, DutyStatus.REPLACED)  # somebody else may be asked instead


class SwapStatus(StrEnum):
    """Where somebody's question to swap two duties stands."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


SWAP_FLOW: Flow[SwapStatus] = Flow(
    {
        SwapStatus.ASKED: frozenset({SwapStatus.AGREED, SwapStatus.DECLINED, SwapStatus.WITHDRAWN}),
        SwapStatus.AGREED: frozenset(),
        SwapStatus.DECLINED: frozenset(),
        SwapStatus.WITHDRAWN: frozenset(),
    }
)


class MoveKind(StrEnum):
    """What was done by hand in a draft."""

    MOVE = "move"
    SWAP = "swap"
    PUSH = "push"  # somebody gives way, and another takes the desk
    VACATE = "vacate"
    PAPER = "paper"
    UNDO = "undo"


class UnplacedReason(StrEnum):
    """Why an entry that needs a seat has none."""

    CLASH_NOT_HOLDABLE = "clash_not_holdable"
    ON_SHIFT = "on_shift"
    NO_SEAT = "no_seat"
    NO_FITTING_ROOM = "no_fitting_room"
    PAPER_TOO_LONG = "paper_too_long"

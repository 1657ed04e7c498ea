"""Plans a series in a park network: when, where, which seat, which staff."""

from exam_centre.solver.park.bounds import least_sittings
from exam_centre.solver.park.complaints import Complaint, Contradiction, check_problem
from exam_centre.solver.park.geography import kilometres, nearest_metres
from exam_centre.solver.park.plan import (
    Cancelled,
    LockBroken,
    Locks,
    ParkPlan,
    Placing,
    Reason,
    Score,
    Unplaced,
)
from exam_centre.solver.park.planner import ProblemHasComplaints, solve, warm_up
from exam_centre.solver.park.problem import (
    Candidates,
    Entries,
    OrderKind,
    Orders,
    Papers,
    ParkProblem,
    Periods,
    Rooms,
    Rules,
    Seats,
    Venues,
)
from exam_centre.solver.park.repair import repair, unmoved
from exam_centre.solver.park.roster import draw_roster
from exam_centre.solver.park.score import score_of
from exam_centre.solver.park.staff import DutyRules, Role, Roster, Session, Staff, sessions
from exam_centre.solver.park.validation import Broken, Violation, validate

__all__ = [
    "Broken",
    "Cancelled",
    "Candidates",
    "Complaint",
    "Contradiction",
    "DutyRules",
    "Entries",
    "LockBroken",
    "Locks",
    "OrderKind",
    "Orders",
    "Papers",
    "ParkPlan",
    "ParkProblem",
    "Periods",
    "Placing",
    "ProblemHasComplaints",
    "Reason",
    "Role",
    "Rooms",
    "Roster",
    "Rules",
    "Score",
    "Seats",
    "Session",
    "Staff",
    "Unplaced",
    "Venues",
    "Violation",
    "check_problem",
    "draw_roster",
    "kilometres",
    "least_sittings",
    "nearest_metres",
    "repair",
    "score_of",
    "sessions",
    "solve",
    "unmoved",
    "validate",
    "warm_up",
]

"""What the runner does for credits: claim, push, compare, ask about accounts, write files."""

from exam_centre.credits.jobs.desk import BANK, Desk, connect, desk
from exam_centre.credits.jobs.exports import LOOK, WRITE, read_export
from exam_centre.credits.jobs.sending import (
    CHECK,
    CLAIM,
    LINES,
    PUSH,
    RECONCILE,
    check_if_possible,
    claim_everywhere,
    push_due,
    push_if_possible,
    reconcile,
    reconcile_if_possible,
    validate_accounts,
)

__all__ = [
    "BANK",
    "CHECK",
    "CLAIM",
    "LINES",
    "LOOK",
    "PUSH",
    "RECONCILE",
    "WRITE",
    "Desk",
    "check_if_possible",
    "claim_everywhere",
    "connect",
    "desk",
    "push_due",
    "push_if_possible",
    "read_export",
    "reconcile",
    "reconcile_if_possible",
    "validate_accounts",
]

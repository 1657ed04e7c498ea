"""The lives of a bundle and an allocation, and what stands where no number can."""

from enum import StrEnum

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.flow import Flow


class MarkStatus(StrEnum):
    """What stands where no number can."""

    ABSENT = "absent"
    REFUSED = "refused"
    REMOVED = "removed"
    VOID = "void"
    MISSING = "missing"  # not handed in, not done
    CHEATED = "cheated"


class BundleStatus(StrEnum):
    """Where a bundle of coded scripts stands."""

    CODED = "coded"
    MARKING = "marking"
    COMPARED = "compared"
    FINAL = "final"
    MODERATED = "moderated"
    APPROVED = "approved"


BUNDLE_FLOW: Flow[BundleStatus] = Flow(
    {
        BundleStatus.CODED: frozenset({BundleStatus.MARKING}),
        BundleStatus.MARKING: frozenset({BundleStatus.COMPARED}),
        BundleStatus.COMPARED: frozenset({BundleStatus.FINAL}),
        BundleStatus.FINAL: frozenset({BundleStatus.MODERATED}),
        BundleStatus.MODERATED: frozenset({BundleStatus.APPROVED, BundleStatus.MARKING}),
        BundleStatus.APPROVED: frozenset(),
    }
)


class AllocationStatus(StrEnum):
    """Where one marker's round of one bundle stands."""

    ALLOCATED = "allocated"
    SUBMITTED = "submitted"
    RETURNED = "returned"  # the marker left; another goes on where they stopped


ALLOCATION_FLOW: Flow[AllocationStatus] = Flow(
    {
        AllocationStatus.ALLOCATED: frozenset(
            {AllocationStatus.SUBMITTED, AllocationStatus.RETURNED}
        ),
        AllocationStatus.SUBMITTED: frozenset({AllocationStatus.ALLOCATED}),  # reopened
        AllocationStatus.RETURNED: frozenset(),
    }
)

# What the register says of a seat without a script. Who is present gives one instead.
STATUS_OF_ATTENDANCE: dict[AttendanceStatus, MarkStatus] = {
    AttendanceStatus.ABSENT: MarkStatus.ABSENT,
    AttendanceStatus.REFUSED: MarkStatus.REFUSED,
    AttendanceStatus.REMOVED: MarkStatus.REMOVED,
    AttendanceStatus.VOIDED: MarkStatus.VOID,
}
BY_MARKERS = frozenset({MarkStatus.MISSING})  # all other statuses come from register or case

STATUS_WORDS: dict[str, MarkStatus] = {
    **{status.value: status for status in MarkStatus},
    "q": MarkStatus.ABSENT,
    "缺": MarkStatus.ABSENT,
    "缺考": MarkStatus.ABSENT,
    "拒绝入场": MarkStatus.REFUSED,
    "取消资格": MarkStatus.REMOVED,
    "作废": MarkStatus.VOID,
    "未交": MarkStatus.MISSING,
    "作弊": MarkStatus.CHEATED,
}


def read_status(text: str) -> MarkStatus | None:
    """Return the status a word stands for, blanks around it aside; None where it is none."""
    return STATUS_WORDS.get(text.strip().lower())

"""What marking calls things, on pages and on paper."""

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking.rules.statuses import AllocationStatus, BundleStatus, MarkStatus

STATUS_NAMES: dict[MarkStatus, Sentence] = {
    MarkStatus.ABSENT: say("Absent"),
    MarkStatus.REFUSED: say("Refused at the door"),
    MarkStatus.REMOVED: say("Removed from the room"),
    MarkStatus.VOID: say("Void"),
    MarkStatus.MISSING: say("Not handed in"),
    MarkStatus.CHEATED: say("Cheated"),
}

ATTENDANCE_NAMES: dict[AttendanceStatus, Sentence] = {
    AttendanceStatus.EXPECTED: say("Expected"),
    AttendanceStatus.PRESENT: say("Present"),
    AttendanceStatus.ABSENT: say("Absent"),
    AttendanceStatus.REFUSED: say("Refused at the door"),
    AttendanceStatus.REMOVED: say("Removed from the room"),
    AttendanceStatus.VOIDED: say("Void"),
}

BUNDLE_NAMES: dict[BundleStatus, Sentence] = {
    BundleStatus.CODED: say("Coded"),
    BundleStatus.MARKING: say("Being marked"),
    BundleStatus.COMPARED: say("Compared"),
    BundleStatus.FINAL: say("Marks final"),
    BundleStatus.MODERATED: say("Moderated"),
    BundleStatus.APPROVED: say("Approved"),
}

ALLOCATION_NAMES: dict[AllocationStatus, Sentence] = {
    AllocationStatus.ALLOCATED: say("Marking"),
    AllocationStatus.SUBMITTED: say("Submitted"),
    AllocationStatus.RETURNED: say("Given back"),
}

ROUND_NAMES: dict[int, Sentence] = {
    1: say("First marker"),
    2: say("Second marker"),
    3: say("Third marker"),
}

# Of a mark of the term nothing is handed in: its part of the course was done, or was not.
TERM_STATUS_NAMES: dict[MarkStatus, Sentence] = STATUS_NAMES | {
    MarkStatus.MISSING: say("Not completed")
}

WHY_SAMPLED: dict[str, Sentence] = {
    "random": say("drawn by lot"),
    "top": say("highest mark"),
    "bottom": say("lowest mark"),
    "boundary": say("next to the pass mark"),
}

VERDICT_NAMES: dict[str, Sentence] = {
    "agrees": say("Within the tolerance"),
    "sent_back": say("Beyond the tolerance"),
    "marked_again": say("Marked again since"),
}

HOW_SETTLED: dict[str, Sentence] = {
    "agreed": say("mean of both"),
    "third": say("third marker"),
    "single": say("one marker"),
    "status": say("no mark"),
    "open": say("in dispute"),
}


def grouped(code: str) -> str:
    """Return a secret code as people read it: 1234 5678."""
    return f"{code[:4]} {code[4:]}"

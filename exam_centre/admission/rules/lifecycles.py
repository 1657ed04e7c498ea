"""The life of a slip and of an attendance, and what comparing a person gives."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


class AttendanceStatus(StrEnum):
    """What became of one placement. Nobody is present by default."""

    EXPECTED = "expected"
    PRESENT = "present"
    ABSENT = "absent"  # two people said so
    REFUSED = "refused"
    REMOVED = "removed"
    VOIDED = "voided"


ATTENDANCE_FLOW: Flow[AttendanceStatus] = Flow(
    {
        AttendanceStatus.EXPECTED: frozenset(
            {
                AttendanceStatus.PRESENT,
                AttendanceStatus.ABSENT,
                AttendanceStatus.REFUSED,
                AttendanceStatus.VOIDED,
            }
        ),
        AttendanceStatus.PRESENT: frozenset(
            {
                AttendanceStatus.EXPECTED,
                AttendanceStatus.ABSENT,  # a correction: the wrong person was checked in
                AttendanceStatus.REMOVED,
                AttendanceStatus.VOIDED,
            }
        ),
        AttendanceStatus.ABSENT: frozenset(
            {
                AttendanceStatus.EXPECTED,  # taken back while the register is open
                AttendanceStatus.PRESENT,
                AttendanceStatus.VOIDED,
            }
        ),
        AttendanceStatus.REFUSED: frozenset({AttendanceStatus.PRESENT, AttendanceStatus.VOIDED}),
        AttendanceStatus.REMOVED: frozenset({AttendanceStatus.VOIDED}),
        AttendanceStatus.VOIDED: frozenset(),
    }
)

GIVES_A_SCRIPT = frozenset({AttendanceStatus.PRESENT, AttendanceStatus.REMOVED})


class SlipStatus(StrEnum):
    """Whether a slip is the one to carry."""

    VALID = "valid"
    REPLACED = "replaced"


SLIP_FLOW: Flow[SlipStatus] = Flow(
    {SlipStatus.VALID: frozenset({SlipStatus.REPLACED}), SlipStatus.REPLACED: frozenset()}
)


class Identity(StrEnum):
    """What comparing the face, the documents and the record gave."""

    MATCH = "match"
    UNSURE = "unsure"
    MISMATCH = "mismatch"
    NOT_CHECKED = "not_checked"


DOUBTS = frozenset({Identity.UNSURE, Identity.MISMATCH})


def is_in_doubt(status: AttendanceStatus, identity: Identity, recheck: Identity) -> bool:
    """Say whether somebody sits there who may be somebody else, and nobody settled it.

    identity  what comparing gave at the door; recheck: what it gave once more, which outweighs it.
    """
    newest = identity if recheck is Identity.NOT_CHECKED else recheck
    return status in GIVES_A_SCRIPT and newest in DOUBTS

"""What is done on the way in: slips, devices, scans, every write of attendance."""

from exam_centre.admission.service.attendance import (
    admit_under_protest,
    close_register,
    confirm_absent,
    correct_attendance,
    note_absent,
    recheck_identity,
    refuse,
    remove,
    undo_admission,
    void_attendance,
)
from exam_centre.admission.service.devices import (
    device_of_secret,
    measure_clock,
    provision_device,
    revoke_device,
)
from exam_centre.admission.service.door import (
    record_scan,
)
from exam_centre.admission.service.slips import (
    expect_room,
    issue_slip,
    read_slip,
    slip_text,
)

__all__ = [
    "admit_under_protest",
    "close_register",
    "confirm_absent",
    "correct_attendance",
    "device_of_secret",
    "expect_room",
    "issue_slip",
    "measure_clock",
    "note_absent",
    "provision_device",
    "read_slip",
    "recheck_identity",
    "record_scan",
    "refuse",
    "remove",
    "revoke_device",
    "slip_text",
    "undo_admission",
    "void_attendance",
]

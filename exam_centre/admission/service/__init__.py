"""What is done on the way in: slips, devices, scans, every write of attendance."""

from exam_centre.admission.service.attendance import (
    admit_under_protest,
    close_register,
    confirm_absences,
    confirm_absent,
    correct_attendance,
    end_day,
    note_absent,
    recheck_identity,
    refuse,
    remove,
    void_attendance,
)
from exam_centre.admission.service.devices import (
    OnDuty,
    browser_device,
    device_of_secret,
    measure_clock,
    provision_device,
    revoke_device,
    ring,
    take_device,
)
from exam_centre.admission.service.door import (
    Upload,
    record_batch,
    record_scan,
    record_venue_scan,
)
from exam_centre.admission.service.issuing import (
    check_issuing,
    issue_slips,
    issue_slips_of_series,
)
from exam_centre.admission.service.keys import slip_keys
from exam_centre.admission.service.paper import key_paper
from exam_centre.admission.service.photos import photograph
from exam_centre.admission.service.slips import (
    expect_room,
    issue_slip,
    read_slip,
    slip_text,
)
from exam_centre.admission.service.undoing import undo_absence, undo_admission

__all__ = [
    "OnDuty",
    "Upload",
    "admit_under_protest",
    "browser_device",
    "check_issuing",
    "close_register",
    "confirm_absences",
    "confirm_absent",
    "correct_attendance",
    "device_of_secret",
    "end_day",
    "expect_room",
    "issue_slip",
    "issue_slips",
    "issue_slips_of_series",
    "key_paper",
    "measure_clock",
    "note_absent",
    "photograph",
    "provision_device",
    "read_slip",
    "recheck_identity",
    "record_batch",
    "record_scan",
    "record_venue_scan",
    "refuse",
    "remove",
    "revoke_device",
    "ring",
    "slip_keys",
    "slip_text",
    "take_device",
    "undo_absence",
    "undo_admission",
    "void_attendance",
]

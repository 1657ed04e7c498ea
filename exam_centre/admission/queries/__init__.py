"""The caller at the door, the register, and how slips and devices are found."""

from exam_centre.admission.queries.access import (
    access_device,
    access_placement,
    access_slip,
    admitting_device,
    hash_secret,
    stored_answer,
    valid_slip,
)
from exam_centre.admission.queries.door import (
    Caller,
    Known,
    find_caller,
)
from exam_centre.admission.queries.register import (
    RegisterLine,
    corrections_of,
    recheck_coverage,
    register,
    status_counts,
    statuses,
)

__all__ = [
    "Caller",
    "Known",
    "RegisterLine",
    "access_device",
    "access_placement",
    "access_slip",
    "admitting_device",
    "corrections_of",
    "find_caller",
    "hash_secret",
    "recheck_coverage",
    "register",
    "status_counts",
    "statuses",
    "stored_answer",
    "valid_slip",
]

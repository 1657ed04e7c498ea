"""How candidates are enrolled and entered, assessed and confirmed, and what they may ask for."""

from exam_centre.entries.service.eligibility import assess, assess_all
from exam_centre.entries.service.enrolling import give_consent, take_on_candidate
from exam_centre.entries.service.entering import (
    bar,
    confirm,
    confirm_all,
    enrol,
    enter,
    lift_bar,
    withdraw,
)
from exam_centre.entries.service.evidence import (
    Sent,
    SentFile,
    attach_evidence,
    note_opening,
)
from exam_centre.entries.service.photos import PhotoReport, attach_photos
from exam_centre.entries.service.requests import (
    decide_access,
    decide_deferral,
    decide_deferrals,
    request_access,
    request_deferral,
    request_deferrals,
    withdraw_request,
)
from exam_centre.entries.service.rosters import (
    Enrolment,
    NewLine,
    correct_line,
    enrol_all,
    enter_all,
    take_back,
    take_back_consent,
)

__all__ = [
    "Enrolment",
    "NewLine",
    "PhotoReport",
    "Sent",
    "SentFile",
    "assess",
    "assess_all",
    "attach_evidence",
    "attach_photos",
    "bar",
    "confirm",
    "confirm_all",
    "correct_line",
    "decide_access",
    "decide_deferral",
    "decide_deferrals",
    "enrol",
    "enrol_all",
    "enter",
    "enter_all",
    "give_consent",
    "lift_bar",
    "note_opening",
    "request_access",
    "request_deferral",
    "request_deferrals",
    "take_back",
    "take_back_consent",
    "take_on_candidate",
    "withdraw",
    "withdraw_request",
]

"""How candidates are enrolled and entered, assessed and confirmed, and what they may ask for."""

from exam_centre.entries.service.eligibility import assess
from exam_centre.entries.service.entering import bar, confirm, enrol, enter, lift_bar, withdraw
from exam_centre.entries.service.requests import (
    decide_access,
    decide_deferral,
    request_access,
    request_deferral,
    withdraw_request,
)

__all__ = [
    "assess",
    "bar",
    "confirm",
    "decide_access",
    "decide_deferral",
    "enrol",
    "enter",
    "lift_bar",
    "request_access",
    "request_deferral",
    "withdraw",
    "withdraw_request",
]

"""What a device says happened, and the codes people type."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exam_centre.admission.rules.lifecycles import Identity

SHORT_CODE_DIGITS = 12
CLOCK_TOLERANCE = timedelta(minutes=2)  # a scan further in the future than this did not happen
CODE_KEPT = 12  # characters of what was read that stay with a scan


class Action(StrEnum):
    """What the person at the device did."""

    LOOK = "look"  # at a gate, or before the person was compared: admits nobody
    ADMIT = "admit"
    ADMITTED_OFFLINE = "admitted_offline"  # they sit already: a difference becomes an incident


@dataclass(frozen=True)
class Fact:
    """One scan as the device tells it.

    scan_no    the device's own number of it, e.g. "0193-000042"; a retry has the same.
    here       the room session at this door.
    device_at  aware moment on the device's clock.
    token      the slip's text, or its 12 digits with or without blanks and dashes; "" where the
               person was found by search, and then `placement_id` says whom.
    """

    scan_no: str
    here: int
    device_at: datetime
    token: str = ""
    placement_id: int | None = None
    identity: Identity = Identity.NOT_CHECKED
    action: Action = Action.ADMIT


def check_digit(digits: str) -> str:
    """Return the digit that closes a code: ISO/IEC 7064, MOD 11,10.

    Finds every wrong digit and nearly every swap of neighbours.
    """
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def new_short_code() -> str:
    """Return 12 random digits, the last a check digit."""
    body = f"{secrets.randbelow(10 ** (SHORT_CODE_DIGITS - 1)):0{SHORT_CODE_DIGITS - 1}d}"
    return body + check_digit(body)


def read_short_code(text: str) -> str | None:
    """Return the 12 digits a person typed, without blanks and dashes, or None if it is no code."""
    digits = text.replace(" ", "").replace("-", "")
    if len(digits) != SHORT_CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    return digits if check_digit(digits[:-1]) == digits[-1] else None

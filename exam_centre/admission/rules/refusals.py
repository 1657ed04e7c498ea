"""Why admission refuses an act; a refusal at the door itself is a verdict and no exception."""

from typing import ClassVar

from exam_centre.admission.rules.lifecycles import AttendanceStatus
from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import say


class _Conflict(Refusal):
    kind: ClassVar[str] = "conflict"


class SlipsNotPublished(_Conflict):
    """The plan in force has not reached its last stage."""

    code = "slips_not_published"

    def __init__(self) -> None:
        super().__init__(say("Slips are issued once the plan's slips are published."))


class NothingToPrint(_Conflict):
    """The candidate has no seat in the series."""

    code = "nothing_to_print"

    def __init__(self) -> None:
        super().__init__(say("This candidate has no seat in the series, so there is no slip."))


class DeviceGone(Refusal):
    """The device was revoked, or its duty is over."""

    kind = "forbidden"
    code = "device_gone"

    def __init__(self) -> None:
        super().__init__(say("This device is not on duty any more. Ask for a new code."))


class UnknownDevice(Refusal):
    """No device on duty has this secret."""

    kind = "not_signed_in"
    code = "unknown_device"

    def __init__(self) -> None:
        super().__init__(say("This device is not known here. Ask the chief for a new code."))


class WrongScan(BadInput):
    """The body of a scan is no scan; `fields` names what is missing or wrong."""

    code = "wrong_scan"

    def __init__(self, fields: str) -> None:
        super().__init__(
            say("This is no scan. Missing or wrong: {fields}.", fields=fields or "body")
        )


class DoorElsewhere(BadInput):
    """The device stands at another venue than the room it scans for."""

    code = "door_elsewhere"

    def __init__(self) -> None:
        super().__init__(say("This device is bound to another venue. Choose a room of that one."))


class RegisterClosed(_Conflict):
    """The room is closed: from here on only corrections."""

    code = "register_closed"

    def __init__(self) -> None:
        super().__init__(say("The register is closed. Two people correct it with evidence."))


class RegisterOpen(_Conflict):
    """Nothing to correct yet: the room is open."""

    code = "register_open"

    def __init__(self) -> None:
        super().__init__(say("The register is open. Change it in the room."))


class WrongStatus(_Conflict):
    """The act needs another status than the placement has."""

    code = "wrong_status"

    def __init__(self, status: AttendanceStatus, needed: AttendanceStatus) -> None:
        super().__init__(
            say(
                "The seat is recorded as {status}; this needs {needed}.",
                status=status.value,
                needed=needed.value,
            )
        )


class DoorStillOpen(_Conflict):
    """Somebody not here yet may still come."""

    code = "door_still_open"

    def __init__(self, closes: str) -> None:
        super().__init__(
            say("The door is open until {closes}; after it a seat may be absent.", closes=closes)
        )


class NotNotedAbsent(_Conflict):
    """Confirming comes second."""

    code = "not_noted_absent"

    def __init__(self) -> None:
        super().__init__(say("Nobody noted this seat as absent yet. One notes, another confirms."))


class ReasonMissing(BadInput):
    """An act that has to be put into words has none."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(say("Say why."))


class NotCompared(BadInput):
    """The act is a comparison, and nothing was compared."""

    code = "not_compared"

    def __init__(self) -> None:
        super().__init__(say("Compare the person with the record first, then say what it gave."))


class DayIsClosed(_Conflict):
    """Two people closed the venue's day: what comparing gave stays as it is."""

    code = "day_is_closed"

    def __init__(self) -> None:
        super().__init__(
            say(
                "The venue's day is closed: the comparison stands. "
                "Two people who may close a day correct the register with evidence."
            )
        )


class NothingToUndo(_Conflict):
    """Nobody admitted this person, and nobody noted the seat as empty."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__(say("Nobody noted this seat as absent, so there is nothing to take back."))


class NotInDoubt(_Conflict):
    """Photographs are taken of people in doubt alone."""

    code = "not_in_doubt"

    def __init__(self) -> None:
        super().__init__(
            say(
                "Nobody doubts who this is. A photograph is taken only of somebody seated in "
                "doubt, or whom comparing again did not match."
            )
        )


class ConsentMissing(BadInput):
    """A photograph without the person's consent, or consent without a photograph."""

    code = "consent_missing"

    def __init__(self) -> None:
        super().__init__(
            say("Read the words to the person. With their consent, take the photograph.")
        )

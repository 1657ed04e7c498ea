"""The verdict at the door, and the life of a slip, a device and an attendance."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


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
            {AttendanceStatus.EXPECTED, AttendanceStatus.REMOVED, AttendanceStatus.VOIDED}
        ),
        AttendanceStatus.ABSENT: frozenset({AttendanceStatus.PRESENT, AttendanceStatus.VOIDED}),
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


class Code(StrEnum):
    """The verdicts, stable for devices and reports."""

    ADMIT = "admit"
    ADMIT_LATE = "admit_late"
    ALREADY_IN = "already_in"
    WRONG_ROOM = "wrong_room"
    WRONG_VENUE = "wrong_venue"
    WRONG_TIME = "wrong_time"
    HELD_OVER = "held_over"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    SLIP_REPLACED = "slip_replaced"
    BARRED = "barred"
    WITHDRAWN = "withdrawn"
    DEFERRED = "deferred"
    GENUINE_NOT_HERE = "genuine_not_here"
    FORGED = "forged"
    IN_DOUBT = "in_doubt"
    MISMATCH = "mismatch"


ADMITS = frozenset({Code.ADMIT, Code.ADMIT_LATE, Code.IN_DOUBT})

VERDICT_SENTENCES: dict[Code, Sentence] = {
    Code.ADMIT: say("Seat {seat}."),
    Code.ADMIT_LATE: say("Seat {seat}. {late_minutes} minutes late."),
    Code.ALREADY_IN: say("Admitted {admitted_at} already. Is this the same person?"),
    Code.WRONG_ROOM: say("Go to {venue}, room {room}, seat {seat}. Starts {starts}."),
    Code.WRONG_VENUE: say("Another venue: {venue}, room {room}, seat {seat}. Starts {starts}."),
    Code.WRONG_TIME: say("Another time: {starts}, room {room}, seat {seat}."),
    Code.HELD_OVER: say("Held over: {starts} in room {room}. Bring the person to the supervisor."),
    Code.TOO_EARLY: say("The doors open at {opens}."),
    Code.TOO_LATE: say("The doors closed at {closed}. Send the person to the exam office."),
    Code.SLIP_REPLACED: say("A newer slip was issued. Check the person, then use the newer slip."),
    Code.BARRED: say("Barred from this paper. Send the person to the exam office."),
    Code.WITHDRAWN: say("Withdrawn from this paper. Send the person to the exam office."),
    Code.DEFERRED: say("Deferred to a later series. Send the person to the exam office."),
    Code.GENUINE_NOT_HERE: say("A good slip, but nobody here is known by it. Call the help line."),
    Code.FORGED: say("This code was not issued here. Find the person by name or number."),
    Code.IN_DOUBT: say("Seat {seat}, in doubt. Two people look again before the paper ends."),
    Code.MISMATCH: say("Not the person on the record. A second person decides."),
}


@dataclass(frozen=True)
class DoorProfile:
    """The door's rules out of the rule profile."""

    doors_open: timedelta  # before the start
    late_limit: timedelta  # after the start; the last second is inside


@dataclass(frozen=True)
class Place:
    """One placement of the person, as the door needs it."""

    placement_id: int
    room_session_id: int
    venue_id: int
    starts: datetime  # the person's own start
    held_over: bool
    status: AttendanceStatus


@dataclass(frozen=True)
class Verdict:
    """What the door says: a stable code, and the placement it is about (None: nobody's)."""

    code: Code
    place: Place | None = None

    @property
    def admits(self) -> bool:
        """Whether the person may take the seat now."""
        return self.code in ADMITS


def judge(
    places: list[Place],
    here: int,
    venue_id: int,
    at: datetime,
    slip_is_valid: bool,
    profile: DoorProfile,
    identity: Identity = Identity.MATCH,
) -> Verdict:
    """Judge one scan by one pure rule; the order of checks is drawn in docs/door.md.

    places    the person's placements in force, any order; empty: the slip names nobody here.
    here      the room session at this door.
    at        corrected time; both ends of the door's window are inside.
    """
    if not places:
        return Verdict(Code.GENUINE_NOT_HERE)
    place = next((p for p in places if p.room_session_id == here), None)
    if place is None:
        return _elsewhere(places, venue_id, at, profile)
    if not slip_is_valid:
        return Verdict(Code.SLIP_REPLACED, place)
    if place.status is AttendanceStatus.PRESENT:
        return Verdict(Code.ALREADY_IN, place)
    if at < place.starts - profile.doors_open:
        return Verdict(Code.HELD_OVER if place.held_over else Code.TOO_EARLY, place)
    if at > place.starts + profile.late_limit:
        return Verdict(Code.TOO_LATE, place)
    if identity is Identity.MISMATCH:
        return Verdict(Code.MISMATCH, place)
    if identity is Identity.UNSURE:
        return Verdict(Code.IN_DOUBT, place)
    return Verdict(Code.ADMIT if at <= place.starts else Code.ADMIT_LATE, place)


def _elsewhere(places: list[Place], venue_id: int, at: datetime, profile: DoorProfile) -> Verdict:
    """Say where the person should be: at the placement of this time, else at the nearest one."""
    now = [
        p for p in places if p.starts - profile.doors_open <= at <= p.starts + profile.late_limit
    ]
    if not now:
        return Verdict(Code.WRONG_TIME, min(places, key=lambda p: abs(p.starts - at)))
    place = min(now, key=lambda p: abs(p.starts - at))
    return Verdict(Code.WRONG_ROOM if place.venue_id == venue_id else Code.WRONG_VENUE, place)

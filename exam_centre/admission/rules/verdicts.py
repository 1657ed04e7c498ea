"""The verdict at the door: one pure function that the server and the devices share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from exam_centre.admission.rules.lifecycles import AttendanceStatus, Identity
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.sentences import Sentence, say


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
    NOT_ENTERED = "not_entered"
    SETTLED = "settled"
    GENUINE_NOT_HERE = "genuine_not_here"
    UNKNOWN_SLIP = "unknown_slip"
    FORGED = "forged"
    IN_DOUBT = "in_doubt"
    MISMATCH = "mismatch"


class Next(StrEnum):
    """What the person at the door does now."""

    COMPARE = "compare"  # look, check the documents, confirm
    SEAT = "seat"
    ASK_WHO = "ask_who"  # is this the same person? an incident if not
    SEND_THERE = "send_there"
    WAIT = "wait"
    ESCORT = "escort"
    EXAM_OFFICE = "exam_office"
    NEWER_SLIP = "newer_slip"
    CHIEF = "chief"
    HELP_LINE = "help_line"
    SEARCH = "search"
    SECOND_PERSON = "second_person"


ADMITS = frozenset({Code.ADMIT, Code.ADMIT_LATE, Code.IN_DOUBT})

VERDICT_SENTENCES: dict[Code, Sentence] = {
    Code.ADMIT: say("Seat {seat}."),
    Code.ADMIT_LATE: say("Seat {seat}. {late_minutes} minutes late."),
    Code.ALREADY_IN: say(
        "Admitted {admitted_at} to room {room} by {admitted_by}. Is this the same person?"
    ),
    Code.WRONG_ROOM: say("Go to {venue}, room {room}, seat {seat}. Starts {starts}."),
    Code.WRONG_VENUE: say("Another venue: {venue}, room {room}, seat {seat}. Starts {starts}."),
    Code.WRONG_TIME: say("Another time: {starts}, {venue}, room {room}, seat {seat}."),
    Code.HELD_OVER: say("Held over: {starts} in room {room}. Bring the person to the supervisor."),
    Code.TOO_EARLY: say("The doors open at {opens}."),
    Code.TOO_LATE: say("The doors closed at {closed}. Send the person to the exam office."),
    Code.SLIP_REPLACED: say("This slip is void. Check the person and find them by name or number."),
    Code.BARRED: say("Barred from this paper. Send the person to the exam office."),
    Code.WITHDRAWN: say("Withdrawn from this paper. Send the person to the exam office."),
    Code.DEFERRED: say("Deferred to a later series. Send the person to the exam office."),
    Code.NOT_ENTERED: say("Not entered for this paper. Send the person to the exam office."),
    Code.SETTLED: say("Recorded as {status} already. Only the chief can change that."),
    Code.GENUINE_NOT_HERE: say("A good slip, but nobody here is known by it. Call the help line."),
    Code.UNKNOWN_SLIP: say("No slip has this code. Check the digits, or find the person by name."),
    Code.FORGED: say("This code was not issued here. Find the person by name or number."),
    Code.IN_DOUBT: say("Seat {seat}, in doubt. Two people look again before the paper ends."),
    Code.MISMATCH: say("Not the person on the record. A second person decides."),
}

NEXT_ACTIONS: dict[Code, Next] = {
    Code.ADMIT: Next.SEAT,
    Code.ADMIT_LATE: Next.SEAT,
    Code.ALREADY_IN: Next.ASK_WHO,
    Code.WRONG_ROOM: Next.SEND_THERE,
    Code.WRONG_VENUE: Next.SEND_THERE,
    Code.WRONG_TIME: Next.WAIT,
    Code.HELD_OVER: Next.ESCORT,
    Code.TOO_EARLY: Next.WAIT,
    Code.TOO_LATE: Next.EXAM_OFFICE,
    Code.SLIP_REPLACED: Next.NEWER_SLIP,
    Code.BARRED: Next.EXAM_OFFICE,
    Code.WITHDRAWN: Next.EXAM_OFFICE,
    Code.DEFERRED: Next.EXAM_OFFICE,
    Code.NOT_ENTERED: Next.EXAM_OFFICE,
    Code.SETTLED: Next.CHIEF,
    Code.GENUINE_NOT_HERE: Next.HELP_LINE,
    Code.UNKNOWN_SLIP: Next.SEARCH,
    Code.FORGED: Next.SEARCH,
    Code.IN_DOUBT: Next.SEAT,
    Code.MISMATCH: Next.SECOND_PERSON,
}

NOT_SITTING: dict[EntryStatus, Code] = {
    EntryStatus.BARRED: Code.BARRED,
    EntryStatus.WITHDRAWN: Code.WITHDRAWN,
    EntryStatus.DEFERRED: Code.DEFERRED,
}


@dataclass(frozen=True)
class DoorProfile:
    """The door's rules out of the rule profile."""

    doors_open: timedelta  # before the start; the first second is inside
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
    entry: EntryStatus = EntryStatus.CONFIRMED
    on_slip: bool = True  # the slip names this placement, or the person was found without one
    late_entry: bool = True  # False: a listening paper, whose door closes at the start

    def opens(self, profile: DoorProfile) -> datetime:
        """Return the first moment of the door's window."""
        return self.starts - profile.doors_open

    def closes(self, profile: DoorProfile) -> datetime:
        """Return the last moment of the door's window."""
        return self.starts + profile.late_limit if self.late_entry else self.starts

    def is_open(self, at: datetime, profile: DoorProfile) -> bool:
        """Whether the door stands open for this placement; both ends are inside."""
        return self.opens(profile) <= at <= self.closes(profile)


@dataclass(frozen=True)
class Verdict:
    """What the door says: a stable code, and the placement it is about (None: nobody's)."""

    code: Code
    place: Place | None = None

    @property
    def admits(self) -> bool:
        """Whether the person may take the seat, once they were compared with the record."""
        return self.code in ADMITS


def judge(
    places: Sequence[Place],
    here: int,
    venue_id: int,
    at: datetime,
    slip_is_valid: bool,
    profile: DoorProfile,
    identity: Identity = Identity.MATCH,
) -> Verdict:
    """Judge one scan by one pure rule; the order of checks is drawn in docs/door.md.

    places    the person's placements in force, any order; empty: the slip names nobody here.
    here      the room session at this door; venue_id its venue.
    at        corrected time; both ends of the door's window are inside.
    identity  a mismatch is a verdict and no refusal: refusing takes a second person. Not checked
              yet gives the verdict to act on; nobody is admitted by it.

    Of two papers in one room (one is held over) the one whose door stands open counts, and of two
    of those the one not sat yet.
    """
    if not places:
        return Verdict(Code.GENUINE_NOT_HERE)
    sitting = [p for p in places if p.entry is EntryStatus.CONFIRMED]
    at_this_door = [p for p in sitting if p.room_session_id == here]
    if not at_this_door:
        return _elsewhere(places, sitting, here, venue_id, at, profile)
    place = _nearest(at_this_door, at, profile)
    if place.status is AttendanceStatus.PRESENT:
        return Verdict(Code.ALREADY_IN, place)
    if place.status is not AttendanceStatus.EXPECTED:
        return Verdict(Code.SETTLED, place)
    if not (slip_is_valid and place.on_slip):
        return Verdict(Code.SLIP_REPLACED, place)
    if at < place.opens(profile):
        return Verdict(Code.HELD_OVER if place.held_over else Code.TOO_EARLY, place)
    if at > place.closes(profile):
        return Verdict(Code.TOO_LATE, place)
    return Verdict(_seen(identity, at > place.starts), place)


def minutes_late(starts: datetime, at: datetime) -> int:
    """Return the begun minutes since the start, 0 before it: one second late is one minute."""
    return max(0, -((starts - at) // timedelta(minutes=1)))


def _seen(identity: Identity, late: bool) -> Code:
    if identity is Identity.MISMATCH:
        return Code.MISMATCH
    if identity is Identity.UNSURE:
        return Code.IN_DOUBT
    return Code.ADMIT_LATE if late else Code.ADMIT


def _nearest(places: Sequence[Place], at: datetime, profile: DoorProfile) -> Place:
    """Return the placement this moment is about: open ones first, then those not sat yet."""
    return min(
        places,
        key=lambda p: (
            not p.is_open(at, profile),
            p.status is not AttendanceStatus.EXPECTED,
            abs(p.starts - at),
            p.placement_id,
        ),
    )


def _elsewhere(
    places: Sequence[Place],
    sitting: Sequence[Place],
    here: int,
    venue_id: int,
    at: datetime,
    profile: DoorProfile,
) -> Verdict:
    """Say where the person should be, or why they sit nothing here."""
    place = _nearest(sitting, at, profile) if sitting else None
    if place is not None and place.is_open(at, profile):
        if place.status is AttendanceStatus.PRESENT:
            return Verdict(Code.ALREADY_IN, place)
        return Verdict(Code.WRONG_ROOM if place.venue_id == venue_id else Code.WRONG_VENUE, place)
    out = [p for p in places if p.entry is not EntryStatus.CONFIRMED and p.room_session_id == here]
    if out or place is None:
        reason = _nearest(out or places, at, profile)
        return Verdict(NOT_SITTING.get(reason.entry, Code.NOT_ENTERED), reason)
    waits = place.held_over and at < place.opens(profile) and _is_between(sitting, place, at)
    return Verdict(Code.HELD_OVER if waits else Code.WRONG_TIME, place)


def _is_between(sitting: Sequence[Place], second: Place, at: datetime) -> bool:
    """Whether the person came to an earlier paper and now waits, isolated, for the second one."""
    return any(
        p.status is AttendanceStatus.PRESENT and p.starts <= at < second.starts for p in sitting
    )

"""Why the timetable refuses: one class a reason, each saying what would have worked.

Moments come in as words on the venue's clock.
"""

from collections.abc import Sequence
from typing import ClassVar

from exam_centre.entries.rules import AccessKind, EntryStatus
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.rules import Mode
from exam_centre.timetable.rules.lifecycles import PlanStatus
from exam_centre.timetable.rules.meanings import kinds_in_words
from exam_centre.venues.rules import RoomKind

NEED_SENTENCES: dict[AccessKind, Sentence] = {
    AccessKind.WHEELCHAIR: say("a desk for a wheelchair"),
    AccessKind.ALONE: say("a room alone"),
}


class _Conflict(Refusal):
    kind: ClassVar[str] = "conflict"


class PlanIsClosed(_Conflict):
    """Only a draft is changed; what was proposed or published is followed by a version."""

    code = "plan_is_closed"

    def __init__(self, number: int, status: PlanStatus) -> None:
        super().__init__(
            say(
                "Plan {number} is {status}. Draft the next version and change that.",
                number=number,
                status=status.value,
            )
        )


class OtherSeries(Refusal):
    """Plan, entry and period belong to different series."""

    kind = "bad_input"
    code = "other_series"

    def __init__(self) -> None:
        super().__init__(say("Entry, period and plan must be of one series."))


class EntryNotConfirmed(_Conflict):
    """Only a confirmed entry is given a seat."""

    code = "entry_not_confirmed"

    def __init__(self, status: EntryStatus) -> None:
        super().__init__(say("The entry is {status}. Confirm it first.", status=status.value))


class NeedsNoSeat(Refusal):
    """Assignments and theses are not sat."""

    code = "needs_no_seat"

    def __init__(self, mode: Mode) -> None:
        super().__init__(say("A paper of mode {mode} needs no seat.", mode=mode.value))


class AlreadyPlaced(_Conflict):
    """The entry has a seat in this plan, or in the plan it repairs."""

    code = "already_placed"

    def __init__(self) -> None:
        super().__init__(say("The entry has a seat. Take it back first, then give another."))


class NotPlacedHere(_Conflict):
    """The placement does not stand in this plan, so there is nothing to end."""

    code = "not_placed_here"

    def __init__(self) -> None:
        super().__init__(say("This seat is not given in this plan. Look at the newest version."))


class WrongRoomKind(Refusal):
    """The paper can not be sat in this kind of room."""

    code = "wrong_room_kind"

    def __init__(self, mode: Mode, kind: RoomKind, needed: Sequence[RoomKind]) -> None:
        super().__init__(
            say(
                "A paper of mode {mode} is sat in a room of kind {needed}, not {kind}.",
                mode=mode.value,
                kind=kind.value,
                needed=" / ".join(n.value for n in needed),
            )
        )


class VenueNotApproved(Refusal):
    """The venue is not approved on that day."""

    code = "venue_not_approved"

    def __init__(self, venue: str) -> None:
        super().__init__(
            say("Venue {venue} is not approved on that day. Choose an approved one.", venue=venue)
        )


class SeatNotStanding(_Conflict):
    """The desk belongs to an earlier drawing of the room."""

    code = "seat_not_standing"

    def __init__(self, room: str) -> None:
        super().__init__(
            say("Room {room} was drawn anew. Choose a seat of its present layout.", room=room)
        )


class PaperTooLong(Refusal):
    """The paper's own minutes do not fit the period; extra time may run past its end."""

    code = "paper_too_long"

    def __init__(self, minutes: int, free: int) -> None:
        super().__init__(
            say(
                "The paper takes {minutes} minutes; from this start the period has {free}.",
                minutes=minutes,
                free=free,
            )
        )


class StartsOutsidePeriod(Refusal):
    """The start lies before the period or after its end."""

    code = "starts_outside_period"

    def __init__(self, starts: str, ends: str) -> None:
        super().__init__(
            say(
                "The period runs from {starts} to {ends}. Start within it.",
                starts=starts,
                ends=ends,
            )
        )


class RoomBooked(_Conflict):
    """The room is taken for something else."""

    code = "room_booked"

    def __init__(self, room: str, until: str) -> None:
        super().__init__(
            say("Room {room} is booked until {until}. Choose another.", room=room, until=until)
        )


class NeedUnmet(Refusal):
    """The seat does not give what the candidate was granted."""

    code = "need_unmet"

    def __init__(self, need: AccessKind) -> None:
        super().__init__(
            say("The candidate was granted {need}. This seat is none.", need=NEED_SENTENCES[need])
        )


class RoomIsSomebodys(_Conflict):
    """Somebody in the room was granted a room alone."""

    code = "room_is_somebodys"

    def __init__(self, room: str) -> None:
        super().__init__(
            say("Somebody sits alone in room {room} at that time. Choose another.", room=room)
        )


class PersonClash(_Conflict):
    """The person sits another paper at that time."""

    code = "person_clash"

    def __init__(self, starts: str, ends: str) -> None:
        super().__init__(
            say(
                "The person sits another paper from {starts} to {ends}. "
                "Choose another period, or hold one paper over.",
                starts=starts,
                ends=ends,
            )
        )


class SeatTaken(_Conflict):
    """Somebody else has the seat at that time."""

    code = "seat_taken"

    def __init__(self, number: int) -> None:
        super().__init__(say("Seat {number} is taken at that time. Choose another.", number=number))


class OnShift(_Conflict):
    """The person is at work, or resting after a night shift."""

    code = "on_shift"

    def __init__(self, starts: str, ends: str, free_from: str) -> None:
        super().__init__(
            say(
                "The person's shift runs from {starts} to {ends}; free from {free_from}, rest "
                "included. Choose another period, or let the person accept the clash.",
                starts=starts,
                ends=ends,
                free_from=free_from,
            )
        )


class ClashNotHoldable(_Conflict):
    """Two compulsory papers clash: one is sat, the other waits for another series."""

    code = "clash_not_holdable"

    def __init__(self) -> None:
        super().__init__(
            say("Two compulsory papers can not be held over. Choose another period for one.")
        )


class CompulsoryFirst(_Conflict):
    """The elective paper would come before the compulsory one."""

    code = "compulsory_first"

    def __init__(self) -> None:
        super().__init__(say("The compulsory paper is sat first. Hold the elective one over."))


class HeldOverElsewhere(_Conflict):
    """The second paper would be sat at another venue, and the way there is no isolation."""

    code = "held_over_elsewhere"

    def __init__(self, venue: str) -> None:
        super().__init__(
            say(
                "Who is held over stays at one venue. Choose a desk at venue {venue} for the "
                "second paper.",
                venue=venue,
            )
        )


class NotOnePerson(Refusal):
    """A paper is held over for one person, not between two."""

    kind = "bad_input"
    code = "not_one_person"

    def __init__(self) -> None:
        super().__init__(say("Both papers must be of one person."))


class SecondPaperWaits(_Conflict):
    """Another paper of the person is held over until this one ends."""

    code = "second_paper_waits"

    def __init__(self) -> None:
        super().__init__(
            say("A paper is held over until this one ends. Take the seat of that one back first.")
        )


class SeedPartTooShort(Refusal):
    """A part of the seed that could be guessed."""

    kind = "bad_input"
    code = "seed_part_too_short"

    def __init__(self, shortest: int) -> None:
        super().__init__(
            say("Type at least {shortest} characters nobody can guess.", shortest=shortest)
        )


class SeedComplete(_Conflict):
    """Two people gave their parts already."""

    code = "seed_complete"

    def __init__(self) -> None:
        super().__init__(say("Two people gave their parts. Seal the plan."))


class NotSealed(_Conflict):
    """The plan lacks a part of its seed or its seal."""

    code = "not_sealed"

    def __init__(self) -> None:
        super().__init__(say("Two people give a part of the seed each, then the plan is sealed."))


class SealBroken(_Conflict):
    """The plan was changed after it was sealed."""

    code = "seal_broken"

    def __init__(self) -> None:
        super().__init__(say("The plan was changed after it was sealed. Seal it again."))


class NewerPlanInForce(_Conflict):
    """A later version is published; publishing this one would turn back time."""

    code = "newer_plan_in_force"

    def __init__(self, number: int) -> None:
        super().__init__(
            say("Plan {number} is published and newer. Draft the next version.", number=number)
        )


class PlanHasProblems(_Conflict):
    """The independent validator found hard violations; `kinds` counts them by kind."""

    code = "plan_has_problems"

    def __init__(self, kinds: Sequence[tuple[str, int]]) -> None:
        self.kinds = tuple(kinds)
        words = kinds_in_words(self.kinds)
        super().__init__(say("The check found {words}. Put these right first.", words=words))


class SecondPersonNeeded(_Conflict):
    """A published plan seats people at the venue, so one person alone does not withdraw it."""

    code = "second_person_needed"

    def __init__(self) -> None:
        super().__init__(say("A published plan stands at this venue, so two people withdraw it."))

"""Why an entry has no place, in sentences that say what would help."""

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.solver.park import Reason
from exam_centre.solver.park import Unplaced as Without
from exam_centre.timetable.queries.problem import Planning
from exam_centre.timetable.rules import UnplacedReason

REASONS: dict[Reason, UnplacedReason] = {
    Reason.PAPER_TOO_LONG: UnplacedReason.PAPER_TOO_LONG,
    Reason.NO_FITTING_ROOM: UnplacedReason.NO_FITTING_ROOM,
    Reason.ON_SHIFT: UnplacedReason.ON_SHIFT,
    Reason.CLASH_NOT_HOLDABLE: UnplacedReason.CLASH_NOT_HOLDABLE,
    Reason.NO_SEAT: UnplacedReason.NO_SEAT,
}
SHOWN = 6  # periods named in one sentence


def what_helps(planning: Planning, without: Without) -> Sentence:
    """Return what keeps an entry from every place, and what would help."""
    paper = planning.paper_of(without.entry)
    if without.reason is Reason.PAPER_TOO_LONG:
        minutes = int(planning.problem.own_minutes()[without.entry])
        return say(
            "The person needs {minutes} minutes for it, and no period leaves as many. "
            "A longer period, or a longer break after one, would help.",
            minutes=minutes,
        )
    if without.reason is Reason.NO_FITTING_ROOM:
        return say(
            "No open room suits a paper of mode {mode} and what the person was granted. "
            "One more such room in any period would help.",
            mode=paper.mode.value,
        )
    if without.reason is Reason.ON_SHIFT:
        return say(
            "On shift or resting in every period that would do: {periods}. Free the person from "
            "one of these shifts, or let them accept the clash.",
            periods=_codes(planning, without.periods_on_shift),
        )
    if without.reason is Reason.CLASH_NOT_HOLDABLE:
        return say(
            "Free only where other papers of the person stand: {clashes}. Moving one of these "
            "to another period would help.",
            clashes=", ".join(
                f"{planning.periods[period].code} ({planning.paper_of(other).code})"
                for period, other in without.clashes[:SHOWN]
            ),
        )
    return say(
        "Every suitable desk within reach is taken in {periods}. One more room in one of these "
        "would help.",
        periods=_codes(planning, without.periods_full),
    )


def no_supervisor() -> Sentence:
    """Return what is said where nobody can guard the isolation between two papers."""
    return say(
        "The paper could be held over, but nobody on the staff is free to supervise the person. "
        "One more trained helper would help."
    )


def room_needed_again(room: str) -> Sentence:
    """Return what is said where the room of a paper held over is booked."""
    return say(
        "The paper could be held over, but room {room} is booked then. Free the room, or open "
        "another.",
        room=room,
    )


def _codes(planning: Planning, periods: tuple[int, ...]) -> str:
    shown = [planning.periods[period].code for period in periods[:SHOWN]]
    return ", ".join(shown) + (" ..." if len(periods) > SHOWN else "")

"""What is said in a room, minute by minute, and how seats are named in one breath."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exam_centre.kernel.sentences import Sentence, say


@dataclass(frozen=True)
class Announcement:
    """What the invigilator says or does at one minute."""

    at: datetime
    sentence: Sentence


READ_RULES_BEFORE = timedelta(minutes=10)  # a habit of the house; no regulation fixes it
HAND_OUT_BEFORE = timedelta(minutes=5)
WARN_BEFORE = timedelta(minutes=15)


def announcements(
    starts: datetime,
    ends: Mapping[datetime, Sequence[int]],
    *,
    doors_open: timedelta,
    late_limit: timedelta,
    minimum_stay: timedelta,
) -> list[Announcement]:
    """Return what is said in a room, minute by minute.

    starts  when the room's clock was started, or shall be.
    ends    {moment: seats whose time is up then}.
    """
    said = [
        Announcement(starts - doors_open, say("Doors open. Documents lie on the desk.")),
        Announcement(starts - READ_RULES_BEFORE, say("Read out the rules of the room.")),
        Announcement(starts - HAND_OUT_BEFORE, say("Hand the papers out, face down.")),
        Announcement(starts, say("Start. Everybody writes name, number and seat first.")),
        Announcement(
            starts + late_limit, say("Last second to come in. Then two people note empty seats.")
        ),
        Announcement(starts + minimum_stay, say("From now on people may hand in and leave.")),
    ]
    for number, (end, seats) in enumerate(sorted(ends.items())):
        if number == 0:
            said.append(Announcement(end - WARN_BEFORE, say("15 minutes left.")))
        said.append(
            Announcement(end, say("Time is up at seats {seats}. Pens down.", seats=spans(seats)))
        )
    return sorted(said, key=lambda each: each.at)


def spans(numbers: Sequence[int]) -> str:
    """Return numbers as people write them: "1-12, 14"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )

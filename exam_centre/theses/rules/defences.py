"""Where a defence is held, and how long one may take."""

from datetime import datetime, timedelta
from enum import StrEnum

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.theses.rules.refusals import PlaceMissing, WrongSpan
from exam_centre.theses.rules.stages import ThesisStatus


class DefenceKind(StrEnum):
    """How people meet for a defence."""

    ROOM = "room"
    VIDEO = "video"
    WORKPLACE = "workplace"


DEFENCE_SENTENCES: dict[DefenceKind, Sentence] = {
    DefenceKind.ROOM: say("In a room of a venue"),
    DefenceKind.VIDEO: say("By video"),
    DefenceKind.WORKPLACE: say("At the workplace"),
}

AHEAD_OF_DEFENCE = (ThesisStatus.CHECKED, ThesisStatus.ADVISED)
SHORTEST_DEFENCE = timedelta(minutes=15)
LONGEST_DEFENCE = timedelta(hours=3)


def check_span(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise WrongSpan unless a defence lies ahead and is neither too short nor too long."""
    if starts_at <= now:
        raise WrongSpan(say("This time is over. Choose one that is still to come."))
    if not SHORTEST_DEFENCE <= ends_at - starts_at <= LONGEST_DEFENCE:
        raise WrongSpan(
            say(
                "A defence takes from {least} to {most} minutes.",
                least=SHORTEST_DEFENCE // timedelta(minutes=1),
                most=LONGEST_DEFENCE // timedelta(minutes=1),
            )
        )


def check_place(kind: DefenceKind, has_room: bool, words: str) -> None:
    """Raise PlaceMissing unless people know where to go: a room, or words for any other place."""
    if kind is DefenceKind.ROOM and not has_room:
        raise PlaceMissing(say("Choose the room of the defence."))
    if kind is not DefenceKind.ROOM and not words.strip():
        raise PlaceMissing(say("Say where: the meeting's number or link, or the place at work."))

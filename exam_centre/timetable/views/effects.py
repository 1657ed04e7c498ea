"""What a move would cause, in words."""

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries.effects import Effect
from exam_centre.timetable.rules import BROKEN_WORDS
from exam_centre.timetable.views.blueprint import SCORE_WORDS

METRES = "travel_metres"


def words_of(effect: Effect) -> list[Sentence]:
    """Return one line a rule that would break and a cost that would change."""
    broken = [
        say("{kind}: {count} more", kind=BROKEN_WORDS.get(kind, kind), count=more)
        for kind, more in effect.broken
    ]
    return broken + [
        say("{kind}: {change}", kind=SCORE_WORDS[name], change=_signed(name, change))
        for name, change in effect.changes.items()
        if name in SCORE_WORDS
    ]


def _signed(name: str, change: int) -> str:
    return f"{change / 1000:+.1f}" if name == METRES else f"{change:+d}"

"""What people need in the room, in words that stand on cards, pages and paper alike."""

from exam_centre.entries.rules import AccessKind
from exam_centre.kernel.sentences import Sentence, say

NEED_WORDS: dict[AccessKind, Sentence] = {
    AccessKind.EXTRA_TIME: say("Extra time"),
    AccessKind.WHEELCHAIR: say("Wheelchair"),
    AccessKind.LEFT_HANDED: say("Left-handed desk"),
    AccessKind.ALONE: say("Sits alone"),
    AccessKind.READER: say("Reader"),
    AccessKind.SCRIBE: say("Scribe"),
    AccessKind.REST_BREAKS: say("Rest breaks"),
}

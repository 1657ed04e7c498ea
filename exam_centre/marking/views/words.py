"""What the lists of marking call their parts."""

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking.queries.assignments import Shown
from exam_centre.marking.queries.formative import Recorded

RECORDED_NAMES: dict[Recorded, Sentence] = {
    Recorded.ALL: say("All"),
    Recorded.WITHOUT: say("Without a mark"),
    Recorded.NUMBER: say("With a mark"),
    Recorded.STATUS: say("Not completed"),
}

SHOWN_NAMES: dict[Shown, Sentence] = {
    Shown.LEFT: say("To mark"),
    Shown.MINE: say("Marked by me, not checked"),
    Shown.OTHERS: say("Marked by others"),
    Shown.CHECKED: say("Checked already"),
}

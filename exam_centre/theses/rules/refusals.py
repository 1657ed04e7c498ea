"""Why an act on a thesis is refused, and what would have worked."""

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import say
from exam_centre.theses.rules.stages import SMALLEST_PANEL, THESIS_SENTENCES, ThesisStatus


class NotAThesis(Refusal):
    """The entry is for another kind of paper, or not confirmed."""

    code = "not_a_thesis"

    def __init__(self) -> None:
        super().__init__(say("Only a confirmed entry for a thesis can begin one."))


class ThesisBegun(Refusal):
    """The entry has its thesis."""

    kind = "conflict"
    code = "thesis_begun"

    def __init__(self) -> None:
        super().__init__(say("This entry has a thesis already. Open that one."))


class NotTheSupervisor(Refusal):
    """Guidance is recorded by who guides."""

    kind = "forbidden"
    code = "not_the_supervisor"

    def __init__(self) -> None:
        super().__init__(say("Only the supervisor of this thesis does this."))


class NotOnThePanel(Refusal):
    """Only the supervisor and the assessors of the panel mark a thesis."""

    kind = "forbidden"
    code = "not_on_the_panel"

    def __init__(self) -> None:
        super().__init__(say("Only the supervisor and the panel's assessors mark this thesis."))


class WrongStage(Refusal):
    """The thesis has not come so far, or is past it."""

    kind = "conflict"
    code = "wrong_stage"

    def __init__(self, status: ThesisStatus) -> None:
        super().__init__(
            say(
                "The thesis stands at: {status}. This is not its next step.",
                status=THESIS_SENTENCES[status],
            )
        )


class UnsoundPanel(BadInput):
    """A panel has one chair, at least three assessors and an odd number of them."""

    code = "unsound_panel"

    def __init__(self) -> None:
        super().__init__(
            say(
                "A panel needs one chair and an odd number of assessors, {least} at least, "
                "the supervisor not among them.",
                least=SMALLEST_PANEL,
            )
        )


class PanelSeated(Refusal):
    """A panel is seated once."""

    kind = "conflict"
    code = "panel_seated"

    def __init__(self) -> None:
        super().__init__(say("This thesis has its panel. It does not change."))


class AlreadyMarked(Refusal):
    """A person marks a thesis once, and the mark stands."""

    kind = "conflict"
    code = "already_marked"

    def __init__(self) -> None:
        super().__init__(say("You marked this thesis already. The mark stands."))


class PanelUnfinished(Refusal):
    """Some assessors have not marked yet."""

    kind = "conflict"
    code = "panel_unfinished"

    def __init__(self, missing: int) -> None:
        super().__init__(say("{missing} assessors have not marked yet.", missing=missing))


class WrongPercent(BadInput):
    """A similarity is a percentage."""

    code = "wrong_percent"

    def __init__(self, text: str) -> None:
        super().__init__(
            say("{text} is no percentage. Give 0 to 100, two decimals at most.", text=text)
        )


class WrongScore(BadInput):
    """A mark is a number of 0 to 100."""

    code = "wrong_score"

    def __init__(self, text: str) -> None:
        super().__init__(say("{text} is no mark. Give 0 to 100, two decimals at most.", text=text))


class NotYourEntry(Refusal):
    """A topic is proposed by who is entered."""

    kind = "forbidden"
    code = "not_your_entry"

    def __init__(self) -> None:
        super().__init__(say("Everybody proposes the topic of their own thesis."))


class TopicStands(Refusal):
    """A proposed topic waits for its supervisor, so neither another one nor a thesis begins."""

    kind = "conflict"
    code = "topic_stands"

    def __init__(self) -> None:
        super().__init__(
            say("A topic is proposed for this entry. Its supervisor approves or returns it first.")
        )


class TopicDecided(Refusal):
    """The supervisor has approved or returned this topic."""

    kind = "conflict"
    code = "topic_decided"

    def __init__(self) -> None:
        super().__init__(say("This topic is decided already. Open the newest version."))


class NoSupervisorYet(Refusal):
    """Nobody is named who could approve the topic."""

    kind = "conflict"
    code = "no_supervisor_yet"

    def __init__(self) -> None:
        super().__init__(say("The exam office names a supervisor for this topic first."))


class OwnSupervisor(BadInput):
    """Nobody supervises their own thesis."""

    code = "own_supervisor"

    def __init__(self) -> None:
        super().__init__(say("Nobody supervises their own thesis. Name somebody else."))


class NoPanelYet(Refusal):
    """A defence is held before a panel."""

    kind = "conflict"
    code = "no_panel_yet"

    def __init__(self) -> None:
        super().__init__(say("A defence needs its panel. Seat the panel first."))


class NotTheChair(Refusal):
    """The defence is set by the exam office or by who chairs the panel."""

    kind = "forbidden"
    code = "not_the_chair"

    def __init__(self) -> None:
        super().__init__(say("The exam office or the chair of the panel sets the defence."))


class WrongSpan(BadInput):
    """A defence lies ahead and takes between some minutes and some hours."""

    code = "wrong_span"


class PlaceMissing(BadInput):
    """Nobody can come to a defence without knowing where."""

    code = "place_missing"


class DefenceMoved(Refusal):
    """Somebody set or moved the defence since the page was opened."""

    kind = "conflict"
    code = "defence_moved"

    def __init__(self) -> None:
        super().__init__(
            say("Somebody set this defence since you opened the page. Look at it and decide again.")
        )


class _Clash(Refusal):
    """Somebody or some room is taken at that time."""

    kind = "conflict"


class SitsThen(_Clash):
    """The worker sits a paper of a published plan at that time."""

    code = "sits_then"

    def __init__(self, paper: str, starts: str, ends: str) -> None:
        super().__init__(
            say(
                "The worker sits {paper} from {starts} to {ends}. Choose another time.",
                paper=paper,
                starts=starts,
                ends=ends,
            )
        )


class AtWorkThen(_Clash):
    """The worker's shift, or the rest after a night's one, lies over that time."""

    code = "at_work_then"

    def __init__(self, starts: str, ends: str, free_from: str) -> None:
        super().__init__(
            say(
                "The worker's shift runs from {starts} to {ends}; free from {free_from}, rest "
                "included. Choose another time, or note that the worker accepts the clash.",
                starts=starts,
                ends=ends,
                free_from=free_from,
            )
        )


class DefendsThen(_Clash):
    """Somebody of this defence is in another one at that time."""

    code = "defends_then"

    def __init__(self, name: str, starts: str, ends: str) -> None:
        super().__init__(
            say(
                "{name} is in another defence from {starts} to {ends}. Choose another time.",
                name=name,
                starts=starts,
                ends=ends,
            )
        )


class RoomTaken(_Clash):
    """The room is used for something else at that time."""

    code = "room_taken"

    def __init__(self, room: str, starts: str, ends: str) -> None:
        super().__init__(
            say(
                "Room {room} is taken from {starts} to {ends}. Choose another room or time.",
                room=room,
                starts=starts,
                ends=ends,
            )
        )

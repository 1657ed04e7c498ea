"""What the venue's day report says on paper, and who closed the day."""

from collections.abc import Sequence
from dataclasses import dataclass

from exam_centre.adapters.pdf import (
    Align,
    Block,
    Boxed,
    Bullets,
    Column,
    Document,
    Facts,
    Heading,
    Page,
    PageBreak,
    Signatures,
    Spacer,
    Table,
    Text,
)
from exam_centre.conduct.queries import IncidentLine
from exam_centre.conduct.rules import INCIDENT_WORDS, KIND_WORDS
from exam_centre.invigilation.models import ClosedDay
from exam_centre.invigilation.queries import DayHeads, RoomState
from exam_centre.invigilation.rules import STATUS_WORDS, Checked
from exam_centre.kernel.laws import Law
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules import on_the_clock


@dataclass(frozen=True)
class Ending:
    """How a venue's day stands: what it was held against, and who closed it, if anybody."""

    checks: Sequence[Checked]
    closed: ClosedDay | None
    people: Sequence[str]  # the two who signed, in order
    zone: str


def day_report(
    states: Sequence[RoomState],
    laws: Sequence[Law],
    incidents: Sequence[IncidentLine],
    heads: DayHeads,
    *,
    venue: str,
    code: str,
    day: str,
    compared: tuple[int, int],
    ending: Ending,
    number: str,
    language: str,
) -> Document:
    """Return a venue's report of one day: its rooms, laws, incidents, and the trail's end."""

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    title = word(say("Venue day report"))
    done, due = compared
    return Document(
        title=title,
        number=number,
        language=language,
        page=Page.LANDSCAPE,
        blocks=(
            Heading(title),
            Facts(
                (
                    (word(say("Venue")), f"{code} {venue}"),
                    (word(say("Day")), day),
                    (word(say("Rooms")), str(len(states))),
                    (word(say("Compared again")), f"{done} / {due}"),
                ),
                columns=2,
                label_mm=34,
            ),
            _ending(ending, language),
            _rooms(states, language),
            Heading(word(say("Laws")), level=2),
            Table(
                (
                    Column(word(say("Left side")), weight=2),
                    Column("", width_mm=16, align=Align.RIGHT, bold=True),
                    Column(word(say("Right side")), weight=2),
                    Column("", width_mm=16, align=Align.RIGHT, bold=True),
                    Column(word(say("In balance")), width_mm=22),
                    Column(word(say("Rows to look at")), weight=3, shrink=False),
                ),
                tuple(
                    (
                        word(law.left_text),
                        str(law.left),
                        word(law.right_text),
                        str(law.right),
                        word(say("Yes")) if law.green else word(say("No")),
                        " ".join(word(row.text) for row in law.rows[:8]),
                    )
                    for law in laws
                ),
            ),
            PageBreak(),
            Heading(word(say("Incidents")), level=2),
            _incidents(incidents, language),
            Heading(word(say("End of the audit trail")), level=2),
            *_heads(heads, language),
            Spacer(8),
            Signatures(
                (word(say("Chief examiner")), word(say("Venue manager"))), dated=word(say("Date"))
            ),
        ),
    )


def _rooms(states: Sequence[RoomState], language: str) -> Table:
    heads = (
        (say("Room"), 22.0),
        (say("Period"), 40.0),
        (say("State"), None),
        (say("Should sit"), 20.0),
        (say("Present"), 18.0),
        (say("Late"), 16.0),
        (say("Absent"), 18.0),
        (say("Not admitted"), 24.0),
        (say("Sent out"), 20.0),
        (say("Scripts"), 20.0),
    )
    return Table(
        tuple(
            Column(
                head.say_in(language), width_mm=width, align=Align.RIGHT if n > 2 else Align.LEFT
            )
            for n, (head, width) in enumerate(heads)
        ),
        tuple(
            (
                state.spot.room,
                on_the_clock(state.spot.starts_at, state.spot.zone),
                STATUS_WORDS[state.status].say_in(language),
                str(state.due),
                str(state.present),
                str(state.late),
                str(state.absent),
                str(state.refused),
                str(state.removed),
                str(state.first_count) if state.counted_alike else "-",
            )
            for state in states
        ),
    )


def _incidents(incidents: Sequence[IncidentLine], language: str) -> Table | Text:
    if not incidents:
        return Text(say("Nothing was recorded on this day.").say_in(language))
    return Table(
        (
            Column(say("No.").say_in(language), width_mm=12),
            Column(say("Time").say_in(language), width_mm=16),
            Column(say("Room").say_in(language), width_mm=20),
            Column(say("Kind").say_in(language), weight=2, shrink=False),
            Column(say("Course of events").say_in(language), weight=4, shrink=False),
            Column(say("What was done").say_in(language), weight=3, shrink=False),
        ),
        tuple(
            (
                str(line.incident.number),
                on_the_clock(line.incident.happened_at, line.zone)[-5:],
                line.room or "-",
                KIND_WORDS[line.incident.kind].say_in(language),
                Sentence(line.incident.text, line.incident.facts).say_in(language),
                line.incident.resolution or INCIDENT_WORDS[line.incident.status].say_in(language),
            )
            for line in sorted(incidents, key=lambda each: each.incident.number)
        ),
    )


def _heads(heads: DayHeads, language: str) -> tuple[Table | Text, ...]:
    """Say where the venue's chain of records ends: an outside witness compares these digits."""
    state = (
        say("Signed for the whole day. Root {root}.", root=heads.root)
        if heads.root
        else say("The day is not signed yet: these are the records up to this print.")
    )
    if not heads.streams:
        return (Text(say("No record of this venue yet.").say_in(language)),)
    rows = tuple((name, str(number), digest) for name, number, digest in heads.streams)
    return (
        Text(state.say_in(language)),
        Table(
            (
                Column(say("Stream").say_in(language), width_mm=34),
                Column(say("Records").say_in(language), width_mm=24, align=Align.RIGHT),
                Column(say("Hash of the last one").say_in(language)),
            ),
            rows,
        ),
    )


def _ending(ending: Ending, language: str) -> Block:
    """Say who closed the day, or what still keeps it open."""
    if ending.closed is not None:
        signed = say(
            "Closed for good by {people}, {at}.",
            people="、".join(ending.people),
            at=on_the_clock(ending.closed.closed_at, ending.zone),
        )
        counts = say(
            "They signed for {rooms} rooms, {due} people who should sit, {present} present, "
            "{scripts} scripts.",
            rooms=ending.closed.rooms,
            due=ending.closed.should_sit,
            present=ending.closed.present,
            scripts=ending.closed.scripts,
        )
        return Boxed((Text(signed.say_in(language), bold=True), Text(counts.say_in(language))))
    red = tuple(each.sentence.say_in(language) for each in ending.checks if not each.green)
    if not red:
        return Text(say("Nothing is open. The day is not closed yet.").say_in(language), bold=True)
    words = say("The day is not closed. Still open:").say_in(language)
    return Boxed((Text(words, bold=True), Bullets(red, boxes=True)))

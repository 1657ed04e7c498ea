"""The card an invigilator carries: where, when, with whom, and what to say at which minute."""

from collections.abc import Sequence
from dataclasses import dataclass

from exam_centre.adapters.pdf import (
    Align,
    Boxed,
    Bullets,
    Column,
    Columns,
    Document,
    Facts,
    Heading,
    Plate,
    Table,
    Text,
    Tick,
)
from exam_centre.admission.rules import NEED_WORDS
from exam_centre.entries.rules import AccessKind
from exam_centre.invigilation.queries import RoomView
from exam_centre.invigilation.rules import DUTY_WORDS, spans
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules import DutyRole, on_the_clock

ALWAYS = (
    say("Two people open the bags and the room. Look at the seal before it is cut."),
    say("Nobody is absent by default: after the last second to come in, two people say who is."),
    say("Whatever goes otherwise than planned becomes an incident, with its time."),
    say("Alarm: writing stops, papers stay on the desks, call the roll outside."),
    say("Scripts are collected in the order of the seats, with a place-holder for every absentee."),
)


@dataclass(frozen=True)
class Needs:
    """What people of a room need: {what: the seats}, in the order of the words above."""

    seats: dict[AccessKind, list[int]]


def duty_card(
    seen: RoomView, staff: Sequence[tuple[DutyRole, str]], needs: Needs, *, language: str
) -> Document:
    """Return the card of one room session, for everybody on duty in it."""

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    zone = seen.spot.zone
    title = word(say("Invigilator duty card"))
    timeline = Table(
        (
            Column(word(say("Time")), width_mm=20, align=Align.RIGHT, bold=True),
            Column(word(say("What to say and do")), weight=1, shrink=False),
            Column(word(say("Done")), width_mm=16, align=Align.CENTRE),
        ),
        tuple(
            (on_the_clock(each.at, zone)[-5:], word(each.sentence), Tick())
            for each in seen.announcements
        ),
        row_mm=8,
    )
    special = tuple(
        word(say("{need}: seats {seats}.", need=NEED_WORDS[kind], seats=spans(seats)))
        for kind, seats in needs.seats.items()
    )
    return Document(
        title=title,
        number=f"DC-{seen.spot.token[:8]}",
        language=language,
        blocks=(
            Heading(title),
            Columns(
                (
                    (Plate(seen.spot.room, label=word(say("Room")), points=64),),
                    (
                        Facts(
                            (
                                (word(say("Venue")), seen.spot.venue),
                                (word(say("Published start")), on_the_clock(seen.starts_at, zone)),
                                (word(say("Doors open")), on_the_clock(seen.opens_at, zone)[-5:]),
                                (word(say("Should sit")), str(len(seen.lines))),
                                (
                                    word(say("Papers")),
                                    ", ".join(f"{p.code} {p.name}" for p in seen.papers),
                                ),
                            ),
                            label_mm=32,
                        ),
                    ),
                ),
                weights=(2, 3),
            ),
            Facts(tuple((word(DUTY_WORDS[role]), name) for role, name in staff), columns=2)
            if staff
            else Text(word(say("Nobody is rostered in this room yet."))),
            Heading(word(say("What to say when")), level=2),
            timeline,
            *(
                (Boxed((Heading(word(say("Special arrangements")), level=3), Bullets(special))),)
                if special
                else ()
            ),
            Heading(word(say("In every room")), level=2),
            Bullets(tuple(word(each) for each in ALWAYS)),
        ),
    )

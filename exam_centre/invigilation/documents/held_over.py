"""The log of people who wait between two papers of one period, under supervision."""

from collections.abc import Sequence

from exam_centre.adapters.pdf import (
    Boxed,
    Bullets,
    Column,
    Document,
    Facts,
    Heading,
    Signatures,
    Spacer,
    Table,
    Text,
)
from exam_centre.invigilation.queries import HeldPerson
from exam_centre.invigilation.rules import DUTY_WORDS
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries.whereabouts import RoomSpot
from exam_centre.timetable.rules import DutyRole, on_the_clock

EMPTY_ROWS = 5  # for whoever is brought without being on the list, and for further ways out
RULES = (
    say("Telephones and watches are handed in and kept by the supervisor."),
    say("Nobody speaks with anybody outside. Contact is an offence: record it at once."),
    say("To the toilet only accompanied; each way out and back is written down below."),
    say("The supervisor brings everybody to the second paper, and hands them over by name."),
)


def held_over_log(spot: RoomSpot, people: Sequence[HeldPerson], *, language: str) -> Document:
    """Return the supervision log of one isolation room; without people it is a blank form."""

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    def at(person: HeldPerson) -> tuple[str, str]:
        return (
            on_the_clock(person.isolated_from, spot.zone)[-5:],
            on_the_clock(person.isolated_until, spot.zone)[-5:],
        )

    title = word(say("Held-over supervision log"))
    promise = say("Nobody listed here met anybody outside, or it is written above.")
    rows = tuple(
        (
            person.name,
            person.person_no,
            f"{person.first_paper} {person.first_place}",
            f"{person.second_paper} {person.second_place}",
            "–".join(at(person)),
            "",
            "",
            "",
        )
        for person in people
    )
    blank = ("",) * 8
    ways_out = ("",) * 5
    return Document(
        title=title,
        number=f"HL-{spot.token[:8]}",
        language=language,
        blocks=(
            Heading(f"{title} · {spot.room}"),
            Facts(
                (
                    (word(say("Venue")), spot.venue),
                    (word(say("Series")), spot.series_name),
                    (
                        word(say("Period")),
                        f"{spot.period} {on_the_clock(spot.starts_at, spot.zone)}",
                    ),
                    (
                        word(DUTY_WORDS[DutyRole.SUPERVISOR]),
                        "、".join(dict.fromkeys(p.supervisor for p in people)) or "________",
                    ),
                ),
                columns=2,
            ),
            Boxed((Bullets(tuple(word(rule) for rule in RULES)),)),
            Table(
                (
                    Column(word(say("Name")), weight=1.2),
                    Column(word(say("Candidate number")), weight=1.2),
                    Column(word(say("First paper, seat")), weight=1.1),
                    Column(word(say("Second paper, seat")), weight=1.1),
                    Column(word(say("Isolated")), width_mm=24),
                    Column(word(say("Taken over")), width_mm=18),
                    Column(word(say("Handed over")), width_mm=18),
                    Column(word(say("Signature")), width_mm=22),
                ),
                rows + (blank,) * (EMPTY_ROWS if not rows else 2),
                row_mm=11,
            ),
            Heading(word(say("Ways out and anything unusual")), level=2),
            Table(
                (
                    Column(word(say("Name")), weight=1.2),
                    Column(word(say("Left at")), width_mm=18),
                    Column(word(say("Back at")), width_mm=18),
                    Column(word(say("Accompanied by"))),
                    Column(word(say("Remarks")), weight=1.4),
                ),
                (ways_out,) * EMPTY_ROWS,
                row_mm=10,
            ),
            Spacer(6),
            Text(word(promise)),
            Signatures(
                (word(DUTY_WORDS[DutyRole.SUPERVISOR]), word(say("Chief examiner"))),
                dated=word(say("Date")),
            ),
        ),
    )

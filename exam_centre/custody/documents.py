"""What the papers that travel with a bag say."""

from collections.abc import Mapping, Sequence

from exam_centre.adapters.pdf import (
    Align,
    Bullets,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Plate,
    QrBlock,
    Signatures,
    Spacer,
    Table,
    Text,
    Tick,
)
from exam_centre.adapters.pdf import Columns as SideBySide
from exam_centre.custody.models import HandOver
from exam_centre.custody.queries import BagLine
from exam_centre.custody.rules import KIND_WORDS, BagKind
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules import on_the_clock

SPARE_LINES = 6  # hand-overs that can still be written by hand
LINE = "________"


def packing_list(line: BagLine, *, sees_count: bool, language: str) -> Document:
    """Return the list that lies on top in a bag, and is its label outside.

    sees_count  False leaves a line for the number: whoever prints it may be handed the bag.
    """

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    inside = str(line.bag.declared) if sees_count else LINE
    checks = (
        (
            say("Day and time agree with the label."),
            say("The paper's code agrees with the label."),
            say("The seal is whole, and its number is the one above."),
            say("Two people are there when the seal is cut."),
        )
        if line.bag.kind is BagKind.PAPERS
        else (
            say("Scripts lie in the order of the seats."),
            say("Every empty seat has its place-holder."),
            say("Two people counted, and counted alike."),
            say("The seal is whole, and its number is the one above."),
        )
    )
    title = word(say("Packing list"))
    return Document(
        title=title,
        number=f"PL-{line.bag.token[:8]}",
        language=language,
        blocks=(
            Heading(title),
            SideBySide(
                (
                    (Plate(line.room, label=word(say("Room")), points=72),),
                    (QrBlock(line.bag.token, caption=line.bag.token),),
                ),
                weights=(2, 1),
            ),
            Facts(
                (
                    *_facts(line, language),
                    (word(say("How many")), inside),
                    (word(say("Seal")), line.bag.seal_no if sees_count else LINE),
                ),
                columns=2,
                label_mm=30,
            ),
            Heading(word(say("Before the seal is cut or set")), level=2),
            Bullets(tuple(word(check) for check in checks), boxes=True),
            Spacer(10),
            Signatures((word(say("Packed by")), word(say("Checked by"))), dated=word(say("Date"))),
        ),
    )


def hand_over_slip(
    line: BagLine, chain: Sequence[HandOver], names: Mapping[int, str], *, language: str
) -> Document:
    """Return the slip of a bag's way: who gave and who took it. No count is ever printed on it."""

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    done: tuple[tuple[Cell, ...], ...] = tuple(
        (
            on_the_clock(row.received_at or row.sent_at, line.zone),
            names[row.sender_id],
            "",
            names[row.receiver_id] if row.receiver_id else "",
            "",
            "",
        )
        for row in chain
    )
    empty: tuple[Cell, ...] = ("", "", "", "", "", "")
    title = word(say("Hand-over slip"))
    return Document(
        title=title,
        number=f"HO-{line.bag.token[:8]}",
        language=language,
        blocks=(
            Heading(title),
            Facts(_facts(line, language), columns=2, label_mm=30),
            Spacer(3),
            Text(
                word(
                    say(
                        "Each side counts for itself, writes its own number, 0 included, and signs."
                    )
                )
            ),
            Table(
                (
                    Column(word(say("Time")), width_mm=32),
                    Column(word(say("Given by"))),
                    Column(word(say("Count")), width_mm=18),
                    Column(word(say("Taken by"))),
                    Column(word(say("Count")), width_mm=18),
                    Column(word(say("Seal number")), width_mm=30),
                ),
                done + (empty,) * SPARE_LINES,
                row_mm=12,
            ),
        ),
    )


def script_bag_cover(line: BagLine, seats: int, *, sees_count: bool, language: str) -> Document:
    """Return the cover of a bag of scripts: what must be inside, who counted, who sealed.

    seats       how many seats of the room were set for this paper.
    sees_count  False leaves lines for the numbers: whoever may still take the bag counts blind.
    """

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    inside = line.bag.declared
    title = word(say("Script-bag cover"))
    counts = (
        (say("Seats used"), str(seats)),
        (say("Scripts inside"), str(inside) if sees_count else LINE),
        (say("Place-holders of absentees"), str(seats - inside) if sees_count else LINE),
    )
    checks = (
        say("Scripts lie in the order of the seats, a place-holder for every empty seat."),
        say("Scripts and place-holders together are the seats used."),
        say("Every script bears name, number and seat; nothing else marks a person."),
        say("Two people counted, each for themselves, and counted alike."),
    )
    return Document(
        title=title,
        number=f"SB-{line.bag.token[:8]}",
        language=language,
        blocks=(
            Heading(title),
            SideBySide(
                (
                    (
                        Plate(line.paper, label=word(say("Paper")), points=56),
                        Plate(line.room, label=word(say("Room")), points=56),
                    ),
                    (QrBlock(line.bag.token, side_mm=46, caption=line.bag.token),),
                ),
                weights=(2, 1),
            ),
            Facts(_facts(line, language), columns=2, label_mm=26),
            Table(
                (
                    Column(word(say("What is inside")), weight=2),
                    Column(word(say("How many")), width_mm=32, bold=True, align=Align.RIGHT),
                    Column(word(say("First count")), width_mm=34),
                    Column(word(say("Second count")), width_mm=34),
                ),
                tuple((word(label), number, "", "") for label, number in counts),
                row_mm=10,
            ),
            Bullets(tuple(word(check) for check in checks), boxes=True),
            Facts(
                (
                    (word(say("Seal")), line.bag.seal_no if sees_count else LINE),
                    (word(say("New seal, if any")), LINE),
                ),
                columns=2,
                label_mm=34,
            ),
            Spacer(6),
            Signatures(
                (
                    word(say("First invigilator")),
                    word(say("Second invigilator")),
                    word(say("Received by")),
                    word(say("Chief examiner")),
                ),
                dated=word(say("Date")),
            ),
        ),
    )


def box_list(lines: Sequence[BagLine], *, number: str, language: str) -> Document:
    """Return what lies in the box of one room: its bags with their codes, and the papers."""

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    title = word(say("Packing list of the box"))
    papers = (
        say("Attendance register"),
        say("Seating chart"),
        say("Room record sheet"),
        say("Incident log"),
        say("Access arrangements"),
        say("Late-arrival form"),
        say("Paper fall-back pack"),
    )
    first = lines[0]
    return Document(
        title=title,
        number=number,
        language=language,
        blocks=(
            Heading(title),
            Facts(_facts(first, language)[2:], columns=2, label_mm=26),
            Table(
                (
                    Column(word(say("Bag of")), weight=1),
                    Column(word(say("Paper")), weight=1.4),
                    Column(word(say("Code of the bag")), weight=1.6),
                    Column(word(say("Put in")), width_mm=18, align=Align.CENTRE),
                    Column(word(say("Came back")), width_mm=18, align=Align.CENTRE),
                ),
                tuple(
                    (
                        word(KIND_WORDS[each.bag.kind]),
                        f"{each.paper} {each.paper_name}",
                        each.bag.token,
                        Tick(),
                        Tick(),
                    )
                    for each in lines
                ),
                row_mm=10,
            ),
            Heading(word(say("Papers that lie with them")), level=2),
            Bullets(tuple(word(each) for each in papers), boxes=True),
            Spacer(8),
            Signatures((word(say("Packed by")), word(say("Checked by"))), dated=word(say("Date"))),
        ),
    )


def _facts(line: BagLine, language: str) -> tuple[tuple[str, str], ...]:
    pairs = (
        (say("Bag of"), KIND_WORDS[line.bag.kind].say_in(language)),
        (say("Paper"), f"{line.paper} {line.paper_name}"),
        (say("Venue"), line.venue),
        (say("Room"), line.room),
        (say("Series"), line.series),
        (say("Period"), f"{line.period}, {on_the_clock(line.starts_at, line.zone)}"),
    )
    return tuple((label.say_in(language), value) for label, value in pairs)

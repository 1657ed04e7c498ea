"""Papers for what is not usual: access arrangements, coming late, and a day without machines."""

from exam_centre.adapters.pdf import (
    Align,
    Block,
    Boxed,
    Bullets,
    Cell,
    Column,
    Document,
    Facts,
    Fonts,
    Heading,
    PageBreak,
    Signatures,
    Spacer,
    Table,
    Text,
    Tick,
    draw_batch,
)
from exam_centre.admission.documents.rooms import (
    RoomPaper,
    attendance_register,
    door_list,
    room_document,
    seating_chart,
    times_of,
)
from exam_centre.admission.queries import RegisterLine
from exam_centre.admission.rules import NEED_WORDS
from exam_centre.entries.rules import AccessKind
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.sentences import Sentence, say

LINE = "________"
LOG_ROWS = 9  # of a day kept by hand
WHAT_TO_DO: dict[AccessKind, Sentence] = {
    AccessKind.EXTRA_TIME: say("Their own end stands below. Announce it to nobody else."),
    AccessKind.WHEELCHAIR: say("Keep the way to the desk free; they enter first and leave last."),
    AccessKind.LEFT_HANDED: say("The desk is left-handed; nobody is moved to it."),
    AccessKind.ALONE: say("Nobody else sits in this room. A roving invigilator looks in."),
    AccessKind.READER: say("The reader reads the paper aloud as it stands, and explains nothing."),
    AccessKind.SCRIBE: say("The scribe writes what is said, word for word, and signs the script."),
    AccessKind.REST_BREAKS: say("The person's clock stops while they rest. Write down both times."),
}
KEYING = (
    say("Use these sheets where machines, network or power fail. Nobody is turned away for it."),
    say("Compare the face and two documents, write the minute of entry, let the person sign."),
    say("After the last second to come in, two people tick who is absent, and both sign."),
    say("Count the scripts twice, each for yourself, and write both numbers."),
    say("When machines run again, key everything in with these times. Keep the sheets in the bag."),
)


def access_cover(paper: RoomPaper) -> Document:
    """Return the cover for the invigilator: who needs what, at which seat, and what to do."""
    people = [line for line in paper.lines if paper.needs.get(line.placement_id)]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(line.seat),
            line.name,
            line.paper,
            "\n".join(_need(paper, line, kind) for kind in paper.needs[line.placement_id]),
            times_of(paper, line)[1],
            Tick(),
        )
        for line in people
    )
    kinds = [k for k in AccessKind if any(k in paper.needs[x.placement_id] for x in people)]
    what = tuple(
        paper.say(say("{need}: {what}", need=NEED_WORDS[kind], what=WHAT_TO_DO[kind]))
        for kind in kinds
    )
    body: tuple[Block, ...] = (
        (
            Table(
                (
                    Column(paper.say(say("Seat")), width_mm=15, bold=True, align=Align.RIGHT),
                    Column(paper.say(say("Name")), weight=1.2),
                    Column(paper.say(say("Paper")), width_mm=20),
                    Column(paper.say(say("Needs")), weight=1.6, shrink=False),
                    Column(paper.say(say("Own end")), width_mm=22, bold=True),
                    Column(paper.say(say("Done")), width_mm=15, align=Align.CENTRE),
                ),
                rows,
                row_mm=12,
            ),
            Boxed((Heading(paper.say(say("What to do")), level=3), Bullets(what))),
            Spacer(6),
            Signatures(
                (
                    paper.say(say("First invigilator")),
                    paper.say(say("Reader, scribe or rover")),
                ),
                dated=paper.say(say("Date")),
            ),
        )
        if people
        else (Text(paper.say(say("Nobody in this room has an approved access arrangement."))),)
    )
    return room_document(paper, say("Access arrangements"), "AA", body)


def late_form(paper: RoomPaper) -> Document:
    """Return a form for each person who came late so far, and a blank one for the next."""
    late = [line for line in paper.lines if line.minutes_late]
    blocks: list[Block] = []
    for line in [*late, None]:
        if blocks:
            blocks.append(PageBreak())
        blocks += _late_blocks(paper, line)
    return room_document(paper, say("Late-arrival form"), "LF", tuple(blocks))


def fall_back_pack(paper: RoomPaper, fonts: Fonts, title: str) -> bytes:
    """Return everything a room needs for a day without machines, as one file.

    Raises CannotDraw, DamagedPhoto.
    """
    blank = tuple(("",) * 4 for _ in range(LOG_ROWS))
    cover = room_document(
        paper,
        say("Paper fall-back pack"),
        "FP",
        (
            Bullets(tuple(paper.say(each) for each in KEYING), numbered=True),
            Facts(
                tuple(
                    (paper.say(each), LINE)
                    for each in (
                        say("Bags opened at"),
                        say("Clock started at"),
                        say("Stopped from, to"),
                        say("Register closed at"),
                        say("First count of scripts"),
                        say("Second count of scripts"),
                    )
                ),
                columns=2,
                label_mm=44,
            ),
            Heading(paper.say(say("Incidents and ways out")), level=2),
            Table(
                (
                    Column(paper.say(say("Time")), width_mm=20),
                    Column(paper.say(say("Seat")), width_mm=16),
                    Column(paper.say(say("What happened and what was done"))),
                    Column(paper.say(say("Recorded by")), width_mm=30),
                ),
                blank,
                row_mm=10,
            ),
            Spacer(4),
            Signatures(
                (paper.say(say("First invigilator")), paper.say(say("Second invigilator"))),
                dated=paper.say(say("Date")),
            ),
        ),
    )
    pack = [cover, door_list(paper), attendance_register(paper), seating_chart(paper)]
    return draw_batch([*pack, access_cover(paper), late_form(paper)], title, fonts)


def _need(paper: RoomPaper, line: RegisterLine, kind: AccessKind) -> str:
    words = paper.say(NEED_WORDS[kind])
    percent = paper.extra.get(line.placement_id)
    return f"{words} {percent:f} %" if kind is AccessKind.EXTRA_TIME and percent else words


def _late_blocks(paper: RoomPaper, line: RegisterLine | None) -> list[Block]:
    starts, ends = times_of(paper, line) if line else (LINE, LINE)
    zone = paper.room.time_zone
    came = line.admitted_at if line else None
    entered = f"{at_venue(came, zone):%H:%M}" if came else LINE
    facts = (
        (say("Name"), line.name if line else LINE),
        (say("Candidate number"), line.person_no if line else LINE),
        (say("Seat"), str(line.seat) if line else LINE),
        (say("Paper"), line.paper if line else LINE),
        (say("Published start"), starts),
        (say("Own end as planned"), ends),
        (say("Came in at"), entered),
        (say("Minutes late"), str(line.minutes_late) if line else LINE),
        (say("Began to write at"), LINE),
        (say("Handed in at"), LINE),
    )
    questions = (
        say("The person was under supervision from the published start of the paper."),
        say("The person had no telephone and spoke with nobody who had seen the paper."),
        say("The usual end was kept: time that was missed is not given back."),
    )
    return [
        Facts(tuple((paper.say(label), value) for label, value in facts), columns=2, label_mm=38),
        Heading(paper.say(say("Why the person came late, in their own words")), level=2),
        Spacer(30),
        Heading(paper.say(say("To tick where it is so; where it is not, say why below")), level=2),
        Bullets(tuple(paper.say(each) for each in questions), boxes=True),
        Spacer(22),
        Signatures(
            (
                paper.say(say("Candidate")),
                paper.say(say("First invigilator")),
                paper.say(say("Chief examiner")),
            ),
            per_row=3,
            dated=paper.say(say("Date")),
        ),
    ]

"""What the room record sheet, the roll call and the absentee list say on paper."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from exam_centre.adapters.pdf import (
    Align,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Signatures,
    Spacer,
    Table,
    Text,
    Tick,
)
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.custody.models import Bag, PaperCount
from exam_centre.invigilation.queries import RoomView
from exam_centre.invigilation.rules import ATTENDANCE_WORDS, DUTY_WORDS, STATUS_WORDS, spans
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules import DutyRole, on_the_clock

S = AttendanceStatus
BLANK = "________"
Staff = Sequence[tuple[DutyRole, str]]
NOTED = (S.ABSENT, S.REFUSED, S.REMOVED, S.VOIDED)


def room_record_sheet(
    seen: RoomView,
    bags: Sequence[tuple[Bag, str, PaperCount | None]],
    names: Mapping[int, str],
    staff: Staff,
    *,
    language: str,
) -> Document:
    """Return a room's record sheet; what is not known yet is a line to fill in by hand.

    bags  each bag of papers with its paper's code and what became of the papers.
    """

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    counts = Counter(line.status for line in seen.lines)
    day = seen.day
    scripts = str(day.first_count) if day and seen.counted_alike else BLANK
    signed = [p for p in (day.closed_by_id, day.countersigned_by_id) if p] if day else []
    title = word(say("Room record sheet"))
    return Document(
        title=title,
        number=f"RR-{seen.spot.token[:8]}",
        language=language,
        blocks=(
            Heading(title),
            Facts(
                (
                    (word(say("Venue")), seen.spot.venue),
                    (word(say("Room")), seen.spot.room),
                    (word(say("Series")), seen.spot.series_name),
                    (word(say("Period")), seen.spot.period),
                    (word(say("Papers")), ", ".join(f"{p.code} {p.name}" for p in seen.papers)),
                    (word(say("State")), word(STATUS_WORDS[seen.status])),
                ),
                columns=2,
            ),
            Heading(word(say("People")), level=2),
            Facts(
                (
                    (word(say("Should sit")), str(len(seen.lines))),
                    *((word(ATTENDANCE_WORDS[each]), str(counts[each])) for each in S),
                    (word(say("Late")), str(sum(1 for p in seen.lines if p.minutes_late))),
                    (word(say("Scripts")), scripts),
                ),
                columns=3,
            ),
            _by_hand(seen, language),
            Heading(word(say("Times")), level=2),
            _times(seen, language),
            Heading(word(say("Papers used and left")), level=2),
            _papers(bags, language),
            Heading(word(say("Signed")), level=2),
            Text(
                "  ·  ".join(names[p] for p in signed)
                if signed
                else word(say("The register is not closed yet."))
            ),
            Facts(tuple((word(DUTY_WORDS[role]), name) for role, name in staff), columns=2)
            if staff
            else Spacer(1),
            Spacer(6),
            Signatures(
                (
                    word(say("First invigilator")),
                    word(say("Second invigilator")),
                    word(say("Chief examiner")),
                ),
                per_row=3,
                dated=word(say("Date")),
            ),
        ),
    )


def roll_call(seen: RoomView, staff: Staff, *, language: str) -> Document:
    """Return the list to tick outside the building: who was in the room, seat by seat."""

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    title = word(say("Evacuation roll call"))
    inside: list[tuple[Cell, ...]] = [
        (str(line.seat), line.name, line.paper, word(ATTENDANCE_WORDS[line.status]), Tick())
        for line in seen.lines
        if line.status in (S.PRESENT, S.EXPECTED)
    ]
    crew: list[tuple[Cell, ...]] = [
        ("-", name, "", word(DUTY_WORDS[role]), Tick()) for role, name in staff
    ]
    return Document(
        title=title,
        number=f"RC-{seen.spot.token[:8]}",
        language=language,
        blocks=(
            Heading(f"{title} · {seen.spot.room}"),
            Text(f"{seen.spot.venue} · {on_the_clock(seen.now, seen.spot.zone)}"),
            Table(
                (
                    Column(word(say("Seat")), width_mm=16, align=Align.RIGHT, bold=True),
                    Column(word(say("Name")), weight=2, bold=True),
                    Column(word(say("Paper")), width_mm=24),
                    Column(word(say("State")), width_mm=40),
                    Column(word(say("Here")), width_mm=16, align=Align.CENTRE),
                ),
                tuple(inside + crew),
                row_mm=8,
            ),
        ),
    )


def absentee_list(
    seen: RoomView, said_by: Mapping[int, tuple[str, str]], *, language: str
) -> Document:
    """Return who was absent in a room, each with the two people who said so, to sign and post.

    said_by  {placement: (who noted it, who confirmed it)}.
    """

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    title = word(say("Absentee list"))
    absent = [line for line in seen.lines if line.status is S.ABSENT]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(line.seat),
            line.name,
            line.person_no,
            line.paper,
            "、".join(said_by.get(line.placement_id, ())),
        )
        for line in absent
    )
    open_ones = say(
        "Seats without a word yet: {seats}.", seats=spans([x.seat for x in seen.silent])
    )
    body = (
        Table(
            (
                Column(word(say("Seat")), width_mm=16, align=Align.RIGHT, bold=True),
                Column(word(say("Name")), weight=1.2),
                Column(word(say("Candidate number"))),
                Column(word(say("Paper")), width_mm=24),
                Column(word(say("Noted and confirmed by")), weight=1.4),
            ),
            rows,
        )
        if rows
        else Text(word(say("Nobody is absent in this room.")))
    )
    return Document(
        title=title,
        number=f"AL-{seen.spot.token[:8]}",
        language=language,
        blocks=(
            Heading(f"{title} · {seen.spot.venue} {seen.spot.room}"),
            Text(f"{on_the_clock(seen.starts_at, seen.spot.zone)} · {seen.spot.series_name}"),
            Facts(
                (
                    (word(say("Should sit")), str(len(seen.lines))),
                    (word(say("Absent")), str(len(absent))),
                ),
                columns=2,
            ),
            *((Text(word(open_ones), bold=True),) if seen.silent else ()),
            body,
            Spacer(8),
            Signatures(
                (word(say("First invigilator")), word(say("Second invigilator"))),
                dated=word(say("Date")),
            ),
        ),
    )


def _by_hand(seen: RoomView, language: str) -> Text:
    """Say the seats of everybody who did not simply sit the paper."""
    parts = []
    for status in NOTED:
        seats = [line.seat for line in seen.lines if line.status is status]
        if seats:
            parts.append(
                say(
                    "{status}: seats {seats}.",
                    status=ATTENDANCE_WORDS[status],
                    seats=spans(seats),
                ).say_in(language)
            )
    return Text(" ".join(parts) or say("Nobody was absent or sent out.").say_in(language))


def _times(seen: RoomView, language: str) -> Facts:
    zone, day = seen.spot.zone, seen.day

    def at(moment: datetime | None) -> str:
        return on_the_clock(moment, zone)[-5:] if moment else BLANK

    stops = "; ".join(
        f"{at(each.began_at)}-{at(each.ended_at)} {each.reason}" for each in seen.stoppages
    )
    pairs = (
        (say("Published start"), on_the_clock(seen.starts_at, zone)),
        (say("Clock started"), at(day.started_at if day else None)),
        (say("Last own end"), at(max(seen.ends.values(), default=None))),
        (say("Register closed"), at(day.closed_at if day else None)),
        (say("Minutes stopped"), f"{seen.lost // timedelta(minutes=1)} {stops}".strip()),
    )
    return Facts(tuple((label.say_in(language), value) for label, value in pairs), label_mm=40)


def _papers(bags: Sequence[tuple[Bag, str, PaperCount | None]], language: str) -> Table | Text:
    if not bags:
        return Text(say("No bag of question papers belongs to this room.").say_in(language))
    heads = (say("Paper"), say("Received"), say("Used"), say("Spare"), say("Damaged"))
    rows: list[tuple[Cell, ...]] = []
    for bag, paper, count in bags:
        received = str(bag.declared) if bag.opened_at else BLANK
        parts = (count.used, count.spare, count.damaged) if count else (BLANK,) * 3
        rows.append((paper, received, *(str(part) for part in parts)))
    return Table(tuple(Column(head.say_in(language)) for head in heads), tuple(rows))

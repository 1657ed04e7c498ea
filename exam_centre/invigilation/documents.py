"""What the room record sheet, the roll call and the venue's day report say on paper."""

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
    Page,
    PageBreak,
    Signatures,
    Spacer,
    Table,
    Text,
    Tick,
)
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.conduct.queries import IncidentLine
from exam_centre.conduct.rules import INCIDENT_WORDS, KIND_WORDS
from exam_centre.custody.models import Bag, PaperCount
from exam_centre.invigilation.queries import DayHeads, RoomState, RoomView
from exam_centre.invigilation.rules import (
    ATTENDANCE_WORDS,
    DUTY_WORDS,
    STATUS_WORDS,
    spans,
)
from exam_centre.kernel.laws import Law
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

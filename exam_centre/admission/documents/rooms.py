"""The papers of a room on the day: door list, register, desk labels, seating chart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.dates import format_date
from sqlalchemy.orm import Session

from exam_centre.adapters.pdf import (
    Align,
    Block,
    Column,
    Document,
    Facts,
    Fonts,
    Grid,
    GridCell,
    Heading,
    Page,
    Photo,
    Signatures,
    Size,
    Table,
    Text,
    Tick,
    draw,
)
from exam_centre.adapters.storage import DiskStorage, FileMissing
from exam_centre.admission import queries
from exam_centre.admission.queries import DoorRoom, RegisterLine
from exam_centre.calendar.queries import rules_of
from exam_centre.entries.rules import AccessKind
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.sentences import LANGUAGES, Sentence, say
from exam_centre.timetable.models import RoomSession
from exam_centre.timetable.queries import SealFacts, plan_in_force, seal_of
from exam_centre.venues.models import Layout, Seat
from exam_centre.venues.queries import layout_of, seats_of
from exam_centre.venues.rules import Door

DAYS = {"zh": "y年M月d日 EEEE", "en": "EEEE d MMMM y"}
HASH_SHOWN = 12
LABELS_A_ROW = 3


@dataclass(frozen=True)
class RoomPaper:
    """What the papers of one room session are made of."""

    room: DoorRoom
    lines: tuple[RegisterLine, ...]  # by seat
    layout: Layout
    seats: tuple[Seat, ...]
    photos: dict[int, bytes]  # of those placements that have one
    plan: str  # version and hash of the plan in force
    seal: SealFacts | None  # of that plan
    documents_needed: int
    needs: dict[int, tuple[AccessKind, ...]]  # placement -> what was approved, if anything
    extra: dict[int, Decimal]  # placement -> extra time in per cent of the paper's minutes
    language: str

    @classmethod
    def of(
        cls,
        session: Session,
        room: DoorRoom,
        language: str,
        photos: DiskStorage | None = None,
    ) -> "RoomPaper":
        """Gather it; photos only where a storage is given."""
        lines = tuple(queries.register(session, room.id))
        plan = plan_in_force(session, room.series_id)
        room_id = session.get_one(RoomSession, room.id).room_id
        digest = plan.result_sha256[:HASH_SHOWN] if plan else ""
        return cls(
            room=room,
            lines=lines,
            layout=layout_of(session, room_id),
            seats=tuple(seats_of(session, room_id)),
            photos=_photos(session, lines, photos) if photos else {},
            plan=f"{plan.number} {digest}".strip() if plan else "-",
            seal=seal_of(session, plan) if plan else None,
            documents_needed=rules_of(session, room.series_id).documents_needed,
            needs=queries.needs_in_room(session, room.id, room.series_id),
            extra=queries.extra_in_room(session, room.id, room.series_id),
            language=language,
        )

    def say(self, sentence: Sentence) -> str:
        """Return a sentence in the paper's language."""
        return sentence.say_in(self.language)


def room_pdf(paper: RoomPaper, what: Callable[[RoomPaper], Document], fonts: Fonts) -> bytes:
    """Return one of the papers below as a file. Raises CannotDraw, DamagedPhoto."""
    return draw(what(paper), fonts)


def door_list(paper: RoomPaper) -> Document:
    """Return the list that hangs at the door: who sits where. No ID numbers on it."""
    columns = (
        Column(paper.say(say("Seat")), width_mm=16, bold=True, align=Align.RIGHT),
        Column(paper.say(say("Name")), weight=1.4),
        Column(paper.say(say("Candidate number"))),
        Column(paper.say(say("Paper")), width_mm=22),
        Column(paper.say(say("Starts")), width_mm=18),
        Column(paper.say(say("Ends")), width_mm=18),
    )
    rows = tuple(
        (str(line.seat), line.name, line.person_no, line.paper, *times_of(paper, line))
        for line in paper.lines
    )
    blocks = (Table(columns, rows, size=Size.LARGE), *_seal(paper))
    return room_document(paper, say("Door list"), "DL", blocks)


def _seal(paper: RoomPaper) -> tuple[Block, ...]:
    """Return who drew the seats by lot, and the hashes by which anybody can check the draw."""
    if paper.seal is None:
        return ()
    rows = [
        (say("Seed drawn by"), " / ".join(paper.seal.people)),
        (say("Algorithm"), paper.seal.algorithm),
        (say("Hash of what it was told"), paper.seal.input_sha256),
        (say("Hash of the result"), paper.seal.result_sha256),
        (say("Hash of the sealed file"), paper.seal.file_sha256),
    ]
    return (Facts(tuple((paper.say(label), words) for label, words in rows if words)),)


def attendance_register(paper: RoomPaper) -> Document:
    """Return the register with photo and signature, for two people to sign."""
    columns = (
        Column(paper.say(say("Seat")), width_mm=13, bold=True, align=Align.RIGHT),
        Column(paper.say(say("Photo")), width_mm=18),
        Column(paper.say(say("Name")), weight=1.3),
        Column(paper.say(say("Number, ID end")), weight=1.1),
        Column(paper.say(say("Paper")), width_mm=17),
        Column(paper.say(say("Absent")), width_mm=14, align=Align.CENTRE),
        Column(paper.say(say("Signature")), weight=1.4),
    )
    rows = tuple(
        (
            str(line.seat),
            Photo(paper.photos.get(line.placement_id), 14, 18),
            line.name,
            f"{line.person_no}\n…{line.id_tail}",
            line.paper,
            Tick(),
            "",
        )
        for line in paper.lines
    )
    needed = say("Documents to look at: {count} a person.", count=paper.documents_needed)
    signatures = (
        paper.say(say("First invigilator")),
        paper.say(say("Second invigilator")),
    )
    return room_document(
        paper,
        say("Attendance register"),
        "AR",
        (
            Text(paper.say(needed), Size.SMALL),
            Table(columns, rows, row_mm=20),
            Facts(
                (
                    (paper.say(say("Should sit")), str(len(paper.lines))),
                    (paper.say(say("Present")), ""),
                    (paper.say(say("Absent")), ""),
                ),
                columns=3,
                label_mm=20,
            ),
            Signatures(signatures, dated=paper.say(say("Date"))),
        ),
    )


def desk_labels(paper: RoomPaper) -> Document:
    """Return a label a person, to cut out: the seat large, the name and number small."""
    cells = [
        GridCell(
            str(line.seat),
            above=f"{paper.room.room}  {line.paper}",
            below=f"{line.name}  {line.person_no}",
        )
        for line in paper.lines
    ]
    rows = [
        (*cells[start : start + LABELS_A_ROW], *[None] * LABELS_A_ROW)[:LABELS_A_ROW]
        for start in range(0, len(cells), LABELS_A_ROW)
    ]
    grid = Grid(tuple(rows), row_mm=33, gap_mm=2, main_points=34)
    return room_document(paper, say("Desk labels"), "DK", (grid,))


def seating_chart(paper: RoomPaper) -> Document:
    """Return the room from above: front, door, every desk, and who sits at it."""
    people: dict[int, list[RegisterLine]] = {}
    for line in paper.lines:
        people.setdefault(line.seat, []).append(line)
    desks = {(seat.grid_row, seat.grid_column): seat for seat in paper.seats}
    rows = tuple(
        tuple(
            _desk(desks.get((row, column)), people)
            for column in range(1, paper.layout.grid_columns + 1)
        )
        for row in range(1, paper.layout.grid_rows + 1)
    )
    height = min(24.0, 120.0 / max(paper.layout.grid_rows, 1))
    grid = Grid(
        rows,
        row_mm=height,
        front=paper.say(say("Front")),
        door=paper.say(say("Door")),
        door_at=Align.RIGHT if paper.layout.door is Door.FRONT_RIGHT else Align.LEFT,
    )
    return room_document(paper, say("Seating chart"), "SC", (grid,), Page.LANDSCAPE)


def _desk(seat: Seat | None, people: dict[int, list[RegisterLine]]) -> GridCell | None:
    if seat is None:
        return None
    here = people.get(seat.number, [])
    names = "\n".join(dict.fromkeys(line.name for line in here))
    papers = " / ".join(line.paper for line in here)
    return GridCell(str(seat.number), above=papers, below=names)


def room_document(
    paper: RoomPaper,
    title: Sentence,
    kind: str,
    blocks: tuple[Block, ...],
    page: Page = Page.PORTRAIT,
) -> Document:
    """Return a paper of this room: title, day and time above, the plan in the footer."""
    room = paper.room
    starts = at_venue(room.starts_at, room.time_zone)
    day = format_date(starts, DAYS[paper.language], LANGUAGES[paper.language])
    ends = at_venue(room.ends_at, room.time_zone)
    where = f"{room.venue}  {room.room}"
    return Document(
        title=paper.say(title),
        number=f"{kind}-{room.series}-{room.period}-{room.room}",
        language=paper.language,
        blocks=(
            Heading(f"{paper.say(title)}  {where}"),
            Text(f"{day}  {starts:%H:%M}–{ends:%H:%M}  {room.series} {room.period}", bold=True),
            *blocks,
        ),
        page=page,
        footer=((paper.say(say("Plan")), paper.plan),),
    )


def times_of(paper: RoomPaper, line: RegisterLine) -> tuple[str, str]:
    """Return when somebody starts and when their own time is up, on the venue's clock."""
    zone = paper.room.time_zone
    starts, ends = at_venue(line.starts_at, zone), at_venue(line.ends_at, zone)
    return f"{starts:%H:%M}", f"{ends:%H:%M}"


def _photos(
    session: Session, lines: Sequence[RegisterLine], photos: DiskStorage
) -> dict[int, bytes]:
    keys = queries.photo_keys_of(session, [line.placement_id for line in lines])
    found = {}
    for placement_id, key in keys.items():
        try:
            if key:
                found[placement_id] = photos.read(key)
        except FileMissing:
            continue  # An empty frame is what the register shows for a photo that is gone.
    return found

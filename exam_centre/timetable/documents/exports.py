"""A plan for spreadsheet programs: lines for other programs, and grids and lists for people."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from exam_centre.adapters.spreadsheets.writing import OutSheet, write_csv, write_xlsx
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.documents.words import DUTY_SENTENCES, ROLE_SENTENCES
from exam_centre.timetable.queries.export import COLUMNS, Line
from exam_centre.timetable.queries.grid import Grid
from exam_centre.timetable.queries.printing import DutyRow, SeatLine


def plan_csv(lines: Iterable[Line]) -> bytes:
    """Return a plan as CSV, one line an entry course."""
    return write_csv(COLUMNS, lines)


def plan_workbook(name: str, lines: Iterable[Line], made_at: datetime) -> bytes:
    """Return a plan as a workbook of one sheet."""
    return write_xlsx([OutSheet(name, COLUMNS, list(lines))], made_at)


def lists_workbook(
    venues: Grid,
    rooms: Grid,
    papers: Grid,
    seats: Sequence[SeatLine],
    duties: Sequence[DutyRow],
    *,
    language: str,
    made_at: datetime,
) -> bytes:
    """Return a workbook for people: three grids, who sits where, and who is on duty."""

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    seat_heads = (
        say("Venue"),
        say("Room"),
        say("Period"),
        say("Starts"),
        say("Ends"),
        say("Seat"),
        say("Student number"),
        say("Name"),
        say("Paper"),
    )
    duty_heads = (
        say("Staff number"),
        say("Name"),
        say("Period"),
        say("Starts"),
        say("Ends"),
        say("Venue"),
        say("Room"),
        say("Duty"),
        say("State"),
    )
    sheets = [
        _grid_sheet(word(say("Venues")), word(say("Venue")), venues),
        _grid_sheet(word(say("Rooms")), word(say("Room")), rooms),
        _grid_sheet(word(say("Papers")), word(say("Paper")), papers),
        OutSheet(
            word(say("Seats")),
            [word(head) for head in seat_heads],
            [
                (
                    line.venue,
                    line.room,
                    line.period,
                    local(line.starts_at, line.zone),
                    local(line.ends_at, line.zone),
                    line.seat,
                    line.person_no,
                    line.name,
                    line.paper,
                )
                for line in seats
            ],
        ),
        OutSheet(
            word(say("Duties")),
            [word(head) for head in duty_heads],
            [
                (
                    row.staff_no,
                    row.name,
                    row.period,
                    local(row.starts_at, row.zone),
                    local(row.ends_at, row.zone),
                    row.venue,
                    row.room,
                    word(ROLE_SENTENCES[row.role]),
                    word(DUTY_SENTENCES[row.status]),
                )
                for row in duties
            ],
        ),
    ]
    return write_xlsx(sheets, made_at)


def local(moment: datetime, zone: str) -> str:
    """Return a moment on a venue's clock as spreadsheet programs sort it."""
    return at_venue(moment, zone).strftime("%Y-%m-%d %H:%M")


def _grid_sheet(name: str, head: str, grid: Grid) -> OutSheet:
    heads = [head, *(period.code for period in grid.periods)]
    rows = [
        (line.name, *(cell.people if cell else None for cell in line.cells)) for line in grid.lines
    ]
    return OutSheet(name, heads, rows)

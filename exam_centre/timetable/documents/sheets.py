"""A plan on paper: a venue's grid day by day, its room lists, and the duties by person."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

from babel.dates import format_date

from exam_centre.adapters.pdf import (
    Align,
    Block,
    Column,
    Document,
    Facts,
    Heading,
    Page,
    PageBreak,
    Size,
    Table,
    Text,
)
from exam_centre.calendar.models import Period
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.sentences import LANGUAGES, Sentence, say
from exam_centre.timetable.documents.words import ROLE_SENTENCES
from exam_centre.timetable.queries.grid import Cell, Grid
from exam_centre.timetable.queries.printing import DutyRow, SeatLine
from exam_centre.venues.models import Venue

DAYS = {"zh": "y年M月d日 EEEE", "en": "EEEE d MMMM y"}


def venue_sheet(
    venue: Venue, grid: Grid, days: Mapping[date, Sequence[Period]], footing: "Footing", page: Page
) -> Document:
    """Return a venue's rooms by period, a page a day; days without anybody are left out.

    page  Page.LANDSCAPE is A4, Page.WIDE is A3.
    """
    place = {period.id: n for n, period in enumerate(grid.periods)}
    title = footing.word(say("Rooms by period"))
    blocks: list[Block] = []
    for day, periods in days.items():
        columns = [place[period.id] for period in periods]
        lines = [line for line in grid.lines if any(line.cells[n] for n in columns)]
        if not lines:
            continue
        if blocks:
            blocks.append(PageBreak())
        heads = [
            Column(
                f"{p.code} · {_clock(p.starts_at, venue)}–{_clock(p.ends_at, venue)}", shrink=False
            )
            for p in periods
        ]
        rows = tuple(
            (line.code, *(_cell(line.cells[n], footing) for n in columns)) for line in lines
        )
        blocks += [
            Heading(venue.name),
            Text(footing.day(day), Size.LARGE),
            Table(
                (Column(footing.word(say("Room")), width_mm=24, bold=True), *heads), rows, row_mm=11
            ),
        ]
    return footing.document(
        title, f"G-{venue.code}", blocks or [Heading(venue.name), footing.nothing()], page
    )


def room_lists(venue: Venue, day: date, lines: Sequence[SeatLine], footing: "Footing") -> Document:
    """Return who sits in each room of a venue in each period of a day, a page a room session."""
    blocks: list[Block] = []
    columns = (
        Column(footing.word(say("Seat")), width_mm=16, bold=True, align=Align.RIGHT),
        Column(footing.word(say("Name")), weight=1.4),
        Column(footing.word(say("Student number"))),
        Column(footing.word(say("Paper")), width_mm=24),
        Column(footing.word(say("Starts")), width_mm=18),
        Column(footing.word(say("Ends")), width_mm=18),
    )
    for (room, period), group in groupby(lines, key=lambda line: (line.room, line.period)):
        people = list(group)
        if blocks:
            blocks.append(PageBreak())
        blocks += [
            Heading(footing.word(say("Room {room}, {period}", room=room, period=period))),
            Facts(
                (
                    (footing.word(say("Venue")), venue.name),
                    (footing.word(say("Day")), footing.day(day)),
                    (footing.word(say("People")), str(len(people))),
                )
            ),
            Table(
                columns,
                tuple(
                    (
                        str(each.seat),
                        each.name,
                        each.person_no,
                        each.paper,
                        _clock(each.starts_at, venue),
                        _clock(each.ends_at, venue),
                    )
                    for each in people
                ),
            ),
        ]
    return footing.document(
        footing.word(say("Who sits where")),
        f"R-{venue.code}-{day:%m%d}",
        blocks or [Heading(venue.name), footing.nothing()],
        Page.PORTRAIT,
    )


def duty_sheet(rows: Iterable[DutyRow], footing: "Footing") -> Document:
    """Return everybody's duties, one table a person."""
    title = footing.word(say("Duties by person"))
    columns = (
        Column(footing.word(say("Day")), width_mm=44),
        Column(footing.word(say("Period")), width_mm=18),
        Column(footing.word(say("Time")), width_mm=28),
        Column(footing.word(say("Venue")), weight=2),
        Column(footing.word(say("Room")), width_mm=18),
        Column(footing.word(say("Duty")), weight=1.2),
    )
    blocks: list[Block] = [Heading(title)]
    for (number, name), group in groupby(rows, key=lambda row: (row.staff_no, row.name)):
        blocks += [
            Heading(f"{name} {number}".strip(), level=2),
            Table(
                columns,
                tuple(
                    (
                        footing.day(at_venue(row.starts_at, row.zone).date()),
                        row.period,
                        f"{at_venue(row.starts_at, row.zone):%H:%M}–"
                        f"{at_venue(row.ends_at, row.zone):%H:%M}",
                        row.venue,
                        row.room or "–",
                        footing.word(ROLE_SENTENCES[row.role]),
                    )
                    for row in group
                ),
                size=Size.SMALL,
            ),
        ]
    if len(blocks) == 1:
        blocks.append(footing.nothing())
    return footing.document(title, "D", blocks, Page.PORTRAIT)


class Footing:
    """What every sheet of one plan says of itself, and the language it is in."""

    def __init__(self, series: str, code: str, number: int, sha256: str, language: str) -> None:
        """series, code, number  of the plan; sha256 of its seal, "" before there is one."""
        self._series, self._code, self._number = series, code, number
        self._sha256, self._language = sha256, language

    def word(self, sentence: Sentence) -> str:
        """Return a sentence in the sheet's language."""
        return sentence.say_in(self._language)

    def day(self, day: date) -> str:
        """Return a day with its weekday."""
        return format_date(day, DAYS[self._language], LANGUAGES[self._language])

    def nothing(self) -> Text:
        """Return what an empty sheet says."""
        return Text(self.word(say("Nobody is planned here.")))

    def document(self, title: str, kind: str, blocks: Sequence[Block], page: Page) -> Document:
        """Return the sheet with its number and its plan in the footer."""
        version = self.word(say("Version {number}", number=self._number))
        return Document(
            title=f"{self._series} · {title}",
            number=f"{kind}-{self._code}-{self._number}",
            language=self._language,
            blocks=tuple(blocks),
            page=page,
            footer=((version, self._sha256[:12]),),
        )


def _cell(cell: Cell | None, footing: Footing) -> str:
    if cell is None:
        return ""
    people = say("{people} of {seats} seats", people=cell.people, seats=cell.seats)
    return f"{' '.join(cell.papers)}\n{footing.word(people)}"


def _clock(moment: datetime, venue: Venue) -> str:
    return f"{at_venue(moment, venue.time_zone):%H:%M}"

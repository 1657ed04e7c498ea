"""Reading the cells of one row: what they must be, and what would have worked otherwise."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from exam_centre.adapters.spreadsheets import Cell, Kind
from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import Sentence, say

Read = TypeVar("Read")

LONGEST = 200  # characters of a cell, unless a column says otherwise
DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
WHOLE = re.compile(r"[0-9]{1,9}")
SEVERAL = re.compile(r"[;；,，、+|\s]+")
YES_NO = {
    "yes": True, "y": True, "true": True, "1": True, "是": True,
    "no": False, "n": False, "false": False, "0": False, "否": False,
}  # fmt: skip
EMPTY_CELL = Cell("", Kind.EMPTY)


class WrongCell(Exception):
    """One cell can not be meant as it stands; the sentence says what would have worked."""

    def __init__(self, column: str, sentence: Sentence) -> None:
        super().__init__(f"{column}: {sentence.text}")
        self.column, self.sentence = column, sentence


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file, its cells by the column's name; a column the file lacks is empty.

    number  as the spreadsheet numbers it.
    note    something to tell about the whole row, e.g. that it is hidden.
    """

    number: int
    cells: Mapping[str, Cell]
    merged: bool = False
    note: Sentence | None = None

    def text(self, column: str, *, most: int = LONGEST) -> str:
        """Return the text without blanks around it, "" for an empty cell. Raises WrongCell."""
        cell = self.cells.get(column, EMPTY_CELL)
        if cell.kind is Kind.FORMULA:
            raise WrongCell(
                column, say("The cell is a formula. Type the text that it should show.")
            )
        if cell.has_controls or any(0xD800 <= ord(sign) <= 0xDFFF for sign in cell.text):
            raise WrongCell(
                column, say("The cell holds a control character that nobody sees. Type it again.")
            )
        text = cell.text.strip()
        if len(text) > most:
            raise WrongCell(
                column,
                say(
                    "The cell has {length} characters. Shorten it to {most} at most.",
                    length=len(text),
                    most=most,
                ),
            )
        return text

    def needed(self, column: str, *, most: int = LONGEST) -> str:
        """Return the text of a cell that must not be empty. Raises WrongCell."""
        text = self.text(column, most=most)
        if not text:
            raise WrongCell(column, say("The cell is empty. Every row needs it."))
        return text

    def number_text(self, column: str) -> str:
        """Return a number that is a name, such as a student number: its leading zeros count.

        Raises WrongCell also where the spreadsheet keeps it as a number, without such zeros.
        """
        text = self.needed(column)
        if self.cells[column].kind is Kind.NUMBER:
            raise WrongCell(
                column,
                say(
                    "The spreadsheet keeps this as a number, so leading zeros are lost. "
                    "Format the column as text and type it again."
                ),
            )
        return text

    def parsed(self, column: str, read: Callable[[str], Read]) -> Read:
        """Return what `read` makes of the cell; its BadInput becomes a WrongCell."""
        text = self.needed(column)
        try:
            return read(text)
        except BadInput as refusal:
            raise WrongCell(column, refusal.sentence) from refusal

    def day(self, column: str) -> date:
        """Return the date in a cell that must not be empty. Raises WrongCell."""
        return _date(column, self.needed(column))

    def days(self, column: str) -> list[date]:
        """Return the dates in a cell, separated by semicolons or commas. Raises WrongCell."""
        return [_date(column, text) for text in self.several(column)]

    def optional_day(self, column: str) -> date | None:
        """Return the date, or None for an empty cell. Raises WrongCell."""
        return _date(column, self.text(column)) if self.text(column) else None

    def time_of_day(self, column: str) -> time:
        """Return the time of day, e.g. from 08:30. Raises WrongCell."""
        text = self.needed(column)
        found = TIME.fullmatch(text)
        if found is None or int(found[1]) > 23 or int(found[2]) > 59:
            raise WrongCell(
                column, say("{text} is no time of day. Write it like 08:30.", text=text)
            )
        return time(int(found[1]), int(found[2]))

    def decimal(self, column: str) -> Decimal:
        """Return the number in a cell that must not be empty. Raises WrongCell."""
        text = self.needed(column)
        if NUMBER.fullmatch(text) is None:
            raise WrongCell(
                column,
                say("{text} is no number. Write half-width digits, e.g. 85 or 0.5.", text=text),
            )
        return Decimal(text)

    def whole(self, column: str) -> int:
        """Return the whole number, 0 or more, in a cell that must not be empty."""
        text = self.needed(column)
        if WHOLE.fullmatch(text) is None:
            raise WrongCell(
                column,
                say("{text} is no whole number. Write half-width digits, e.g. 90.", text=text),
            )
        return int(text)

    def chosen(self, column: str, words: Mapping[str, Read]) -> Read:
        """Return what the word in the cell stands for; upper and lower case do not matter."""
        text = self.needed(column)
        found = words.get(text.casefold())
        if found is None:
            raise WrongCell(
                column,
                say("{text} is not known here. Write one of: {words}.", text=text,
                    words=", ".join(words)),
            )  # fmt: skip
        return found

    def yes(self, column: str) -> bool:
        """Return whether the cell says yes. Raises WrongCell for anything but yes and no."""
        return self.chosen(column, YES_NO)

    def several(self, column: str) -> list[str]:
        """Return the words of a cell that may hold several."""
        return [word for word in SEVERAL.split(self.text(column)) if word]

    def known(self, column: str, things: Mapping[str, Read], thing: Sentence) -> Read:
        """Return the thing that the code in the cell names. Raises WrongCell for an unknown one."""
        code = self.needed(column)
        found = things.get(code)
        if found is None:
            raise WrongCell(
                column,
                say(
                    "There is no {thing} {code} here. Use a code that is listed, or import it "
                    "first.",
                    thing=thing,
                    code=code,
                ),
            )
        return found

    def trimmed(self) -> str:
        """Return the name of a column whose text has blanks around it, "" where none has."""
        for column, cell in self.cells.items():
            if cell.text != cell.text.strip():
                return column
        return ""


def moments(day: date, starts: time, ends: time, zone: str) -> tuple[datetime, datetime]:
    """Return the moments of a span on the clock of `zone`; one that ends earlier ends next day."""
    clock = ZoneInfo(zone)
    last = day if ends > starts else day + timedelta(days=1)
    return datetime.combine(day, starts, clock), datetime.combine(last, ends, clock)


def _date(column: str, text: str) -> date:
    found = DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
    try:
        if found is not None:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass  # A month 13 or a day 40: said below, in one sentence with everything else.
    raise WrongCell(column, say("{text} is no date. Write it like 2026-09-01.", text=text))

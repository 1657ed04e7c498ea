"""Reading CSV: the encoding and the separator are found out, and records keep their numbers."""

import codecs
import csv
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from exam_centre.adapters.spreadsheets.cells import (
    CONTROLS,
    DamagedFile,
    Limits,
    Row,
    Sheet,
    WrongFileType,
    refuse_large_cell,
    refuse_large_sheet,
    text_cell,
)
from exam_centre.kernel.sentences import say

SEPARATORS = ",;\t"
PROBE = 20  # records that decide on the separator
PROBE_CHARACTERS = 64_000
MOST_CONTROLS = 0.01  # share of control characters beyond which it is no table of text
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(data: bytes, limits: Limits) -> Sheet:
    """Return the records of a CSV file in UTF-8, UTF-16 with its mark, or GB18030.

    Separated by commas, semicolons or tabs; a line break inside quotes belongs to its cell.
    Raises WrongFileType, FileTooLarge, DamagedFile: see `read`.
    """
    text = _decode(data)
    controls = len(CONTROLS.findall(text[:PROBE_CHARACTERS]))
    if controls > MOST_CONTROLS * min(len(text), PROBE_CHARACTERS) + 1:
        raise WrongFileType(say("This is no table of text."))
    rows = []
    for number, record in _records(text, _separator(text)):
        refuse_large_sheet(number, len(record), limits)
        for cell in record:
            refuse_large_cell(cell, number, limits)
        if any(cell.strip() for cell in record):
            rows.append(Row(number, tuple(text_cell(cell) for cell in record)))
    return Sheet("", tuple(rows))


def _decode(data: bytes) -> str:
    is_marked = data.startswith(UTF16_MARKS)
    for encoding in ("utf-16",) if is_marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongFileType(say("The file's characters are neither UTF-8 nor GB18030."))


def _separator(text: str) -> str:
    """Choose the separator that gives the typical record the most cells; a comma in doubt."""

    def typical_cells(separator: str) -> int:
        reader = csv.reader(StringIO(text[:PROBE_CHARACTERS], newline=""), delimiter=separator)
        try:
            counts = sorted(len(record) for record in islice(reader, PROBE) if any(record))
        except csv.Error:
            return 0
        return counts[len(counts) // 2] if counts else 0

    return max(SEPARATORS, key=typical_cells)


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells); a spreadsheet counts records, not lines of the file."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            yield number, record
    except csv.Error as error:
        raise DamagedFile(
            say("Row {row} has a quotation mark that does not close.", row=number + 1)
        ) from error

"""Reading XLSX: extents, formulas and hidden rows from the XML, values through calamine."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import TypeAlias
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from exam_centre.adapters.spreadsheets.archive import (
    ForbiddenXml,
    elements,
    pack,
    unpack,
    xml_parser,
)
from exam_centre.adapters.spreadsheets.cells import (
    NOTHING,
    Cell,
    DamagedFile,
    Kind,
    Limits,
    Row,
    Sheet,
    WrongFileType,
    refuse_large_cell,
    refuse_large_sheet,
    text_cell,
)
from exam_centre.kernel.sentences import say

Value: TypeAlias = int | float | str | bool | time | date | datetime | timedelta
Place: TypeAlias = tuple[int, int]  # row and column, the first is 1

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
MOST_DIGITS = 10**15  # a spreadsheet's number is exact below this
YES = ("1", "true")


@dataclass
class _Extent:
    """What the XML of a sheet says about its cells, without their values."""

    rows: int = 0
    columns: int = 0
    formulas: dict[Place, str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Listed:
    name: str
    extent: _Extent


def read_workbook(data: bytes, limits: Limits) -> Sheet:
    """Return the first visible sheet that has cells, or an empty one where none has.

    Raises WrongFileType, FileTooLarge, DamagedFile: see `read`.
    """
    parts = unpack(data, limits)
    if WORKBOOK not in parts:
        raise WrongFileType(say("This is an archive, but no Excel workbook."))
    try:
        filled = _visible_sheets(parts)
    except ForbiddenXml as error:
        raise DamagedFile(say("The workbook declares a document type, as none does.")) from error
    except expat.ExpatError as error:
        raise DamagedFile(say("A part of the workbook is not well formed.")) from error
    if not filled:
        return Sheet("", ())
    chosen, *others = filled
    refuse_large_sheet(chosen.extent.rows, chosen.extent.columns, limits)
    try:
        with CalamineWorkbook.from_filelike(pack(parts)) as workbook:
            sheet = workbook.get_sheet_by_name(chosen.name)
            start = sheet.start or (0, 0)
            merged = _merged_rows(sheet.merged_cell_ranges or [], chosen.extent.rows)
            # The iterator begins at the first row, but at the first column that is not empty.
            rows = _rows(sheet.iter_rows(), start[1], chosen.extent, merged, limits)
    except (CalamineError, ValueError, OverflowError) as error:
        raise DamagedFile(say("The workbook can not be read.")) from error
    return Sheet(chosen.name, rows, tuple(each.name for each in others))


def _visible_sheets(parts: dict[str, bytes]) -> list[_Listed]:
    """Return the visible worksheets with cells; look through every other part as well."""
    targets = {
        attributes.get("Id", ""): _path(attributes.get("Target", ""))
        for name, attributes in elements(parts.get(RELATIONS, b"<none/>"))
        if name == "Relationship"
    }
    extents: dict[str, _Extent] = {}
    sheets = set(targets.values())
    for name, xml in parts.items():
        extents[name] = _scan(xml) if name in sheets else _Extent()
        if name not in sheets:
            xml_parser().Parse(xml, True)
    listed = []
    for name, attributes in elements(parts[WORKBOOK]):
        if name != "sheet" or attributes.get("state", "visible") != "visible":
            continue
        extent = extents.get(targets.get(_relation(attributes), ""), _Extent())
        if extent.rows:
            listed.append(_Listed(attributes.get("name", ""), extent))
    return listed


def _relation(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")


def _path(target: str) -> str:
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _scan(xml: bytes) -> _Extent:
    """Find how far a sheet reaches, its formulas and its hidden rows.

    A cell far away would make a reader reserve everything in between, so this comes first.
    """
    extent = _Extent()
    row = column = 0
    formula: list[str] | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, formula
        name = tag.rpartition(":")[2]
        if name == "row":
            row = _whole(attributes.get("r"), row + 1)
            column = 0
            if attributes.get("hidden") in YES:
                extent.hidden.add(row)
        elif name == "c":
            row, column = _place(attributes.get("r"), (row, column + 1))
            extent.rows, extent.columns = max(extent.rows, row), max(extent.columns, column)
        elif name == "f":
            formula = []

    def text(part: str) -> None:
        if formula is not None:
            formula.append(part)

    def end(tag: str) -> None:
        nonlocal formula
        if formula is not None and tag.rpartition(":")[2] == "f":
            extent.formulas[row, column] = "=" + "".join(formula)
            formula = None

    parser = xml_parser()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EndElementHandler = end
    parser.Parse(xml, True)
    return extent


def _place(reference: str | None, following: Place) -> Place:
    if reference is None:
        return following
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise DamagedFile(say("A cell of the workbook has an impossible address."))
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def _whole(digits: str | None, following: int) -> int:
    if digits is None:
        return following
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7):
        raise DamagedFile(say("A row of the workbook has an impossible number."))
    return int(digits)


def _merged_rows(ranges: list[tuple[Place, Place]], rows: int) -> set[int]:
    """Return the rows, the first is 1, that a merged range touches; calamine counts from 0."""
    begins = [0] * (rows + 2)
    for (first, _), (last, _) in ranges:
        if first < rows:
            begins[first + 1] += 1
            begins[min(last + 1, rows) + 1] -= 1
    return {row for row, depth in enumerate(accumulate(begins)) if depth > 0}


def _rows(
    lines: Iterable[list[Value]], before: int, extent: _Extent, merged: set[int], limits: Limits
) -> tuple[Row, ...]:
    """Return the rows that are not blank; `before` columns at the left are empty everywhere."""
    rows = []
    padding = (NOTHING,) * before
    formulas = extent.formulas
    for number, line in enumerate(lines, 1):
        cells = padding + tuple(_cell(value) for value in line)
        if formulas:
            cells = tuple(
                Cell(formulas[number, column], Kind.FORMULA)
                if (number, column) in formulas
                else cell
                for column, cell in enumerate(cells, 1)
            )
        if not any(cell.text.strip() for cell in cells):
            continue
        for cell in cells:
            refuse_large_cell(cell.text, number, limits)
        rows.append(Row(number, cells, number in extent.hidden, number in merged))
    return tuple(rows)


def _cell(value: Value) -> Cell:
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, bool):
        return Cell(str(value).upper(), Kind.TRUTH)
    if isinstance(value, int | float):
        return Cell(_number(value), Kind.NUMBER)
    return Cell(_moment(value), Kind.DATE)


def _number(value: float) -> str:
    """Spell a number as a spreadsheet shows it in a column without a format."""
    if abs(value) >= MOST_DIGITS:
        return f"{value:.2E}"
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def _moment(value: time | date | datetime | timedelta) -> str:
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat()
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    return value.isoformat()

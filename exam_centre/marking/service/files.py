"""Marks out of a spreadsheet: every row judged first, then all of them kept or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.adapters.spreadsheets import Kind, Wanted, read_table
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor
from exam_centre.marking.models import Allocation, Bundle
from exam_centre.marking.queries import rules_of_bundle
from exam_centre.marking.queries.grid import GridLine, grid_of
from exam_centre.marking.rules import (
    BY_MARKERS,
    MarkStatus,
    PlaceHolder,
    WrongCode,
    WrongStatus,
    read_mark,
)
from exam_centre.marking.rules.sheets import (
    TAIL,
    FileHasFaults,
    FormulaCell,
    NameColumn,
    RepeatedCode,
    meant,
)
from exam_centre.marking.service.sheets import Cell, keep_cells

COLUMNS = (
    Wanted("secret_code", ("code", "保密号", "代码", "secret code")),
    Wanted("score", ("mark", "成绩", "分数", "得分")),
)
# Whoever is named here could be told from the file; the marker must not be.
TELLING = (
    Wanted("name", ("姓名", "考生姓名", "学生姓名", "candidate", "student"), required=False),
    Wanted("person_no", ("学号", "student no", "准考证号", "admission no"), required=False),
    Wanted("id_no", ("身份证号", "身份证号码", "证件号", "id number"), required=False),
)


@dataclass(frozen=True)
class FileRow:
    """One row of a file: its number in the spreadsheet, the code and what stands beside it."""

    number: int
    code: str
    typed: str
    is_formula: bool = False


@dataclass(frozen=True)
class RowVerdict:
    """What would become of one row. `before` and `version` are what is on record, if anything."""

    row: FileRow
    before: str = ""
    version: int | None = None
    refusal: Refusal | None = None

    @property
    def changes(self) -> bool:
        """Whether keeping it changes anything; a place-holder says what the register says."""
        return (
            self.refusal is None
            and bool(self.row.typed)
            and meant(self.row.typed) not in (self.before, meant(self.before))
        )


def read_rows(data: bytes) -> list[FileRow]:
    """Return the rows of a marker's file, blank ones left out.

    Raises FileRefused and its kinds, NameColumn where a column tells who people are.
    """
    table = read_table(data, COLUMNS + TELLING)
    for telling in TELLING:
        if telling.name in table.letters:
            raise NameColumn(table.letters[telling.name])
    rows = []
    for record in table.records:
        code, mark = record.cell("secret_code"), record.cell("score")
        if code.text.strip() or mark.text.strip():
            is_formula = Kind.FORMULA in (code.kind, mark.kind)
            digits = code.text.replace(" ", "")
            rows.append(FileRow(record.number, digits, mark.text.strip(" "), is_formula))
    return rows


def judge_rows(
    session: Session, allocation: Allocation, rows: Sequence[FileRow]
) -> list[RowVerdict]:
    """Say of every row what would become of it; nothing is written."""
    lines = {each.line.code: each for each in grid_of(session, allocation)}
    bundle = session.get_one(Bundle, allocation.bundle_id)
    decimals = rules_of_bundle(session, bundle).decimals
    seen: dict[str, int] = {}
    verdicts = []
    for row in rows:
        line = lines.get(row.code)
        before = line.text if line else ""
        version = line.line.version if line else None
        try:
            _check(row, line, decimals, seen)
        except Refusal as refusal:
            verdicts.append(RowVerdict(row, before, version, refusal))
        else:
            verdicts.append(RowVerdict(row, before, version))
        seen.setdefault(row.code, row.number)
    return verdicts


def keep_rows(
    session: Session,
    actor: Actor,
    allocation: Allocation,
    rows: Sequence[FileRow],
    versions: Sequence[int | None],
    *,
    now: datetime,
) -> int:
    """Keep all rows of a file and return how many marks that gave or changed.

    versions  of the marks as the preview showed them, one a row.
    Raises FileHasFaults, MarkChanged and what `keep_cells` raises: then nothing is kept.
    """
    verdicts = judge_rows(session, allocation, rows)
    faults = sum(verdict.refusal is not None for verdict in verdicts)
    if faults:
        raise FileHasFaults(faults)
    places = {each.line.code: each.line.position for each in grid_of(session, allocation)}
    cells = [
        Cell(places[v.row.code], v.row.typed, version, v.row.code[-TAIL:])
        for v, version in zip(verdicts, versions, strict=True)
        if v.changes
    ]
    for kept in keep_cells(session, actor, allocation, cells, now=now):
        if kept.refusal is not None:
            raise kept.refusal
    return len(cells)


def _check(row: FileRow, line: GridLine | None, decimals: int, seen: dict[str, int]) -> None:
    if row.is_formula:
        raise FormulaCell
    if line is None:
        raise WrongCode(row.code)
    if row.code in seen:
        raise RepeatedCode(row.code, seen[row.code])
    given = meant(row.typed) if row.typed else ""
    if line.line.place_holder and line.line.status is not None:
        if given and given is not line.line.status:
            raise PlaceHolder(line.line.position, line.line.status)
    elif isinstance(given, MarkStatus):
        if given not in BY_MARKERS:
            raise WrongStatus(given)
    elif given:
        read_mark(given, decimals)

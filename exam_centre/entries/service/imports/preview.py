"""Reading a file and saying, row by row, what it would do: nothing is changed yet."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from exam_centre.adapters.spreadsheets import Cell, Kind, Table, read_table
from exam_centre.calendar.models import Series
from exam_centre.entries.models import ImportBatch, ImportRow
from exam_centre.entries.queries import applied_before, import_rows
from exam_centre.entries.rules import RowVerdict, SeriesMissing
from exam_centre.entries.service.imports.cells import Line
from exam_centre.entries.service.imports.importers import (
    Importer,
    Judged,
    Progress,
    Setting,
    quietly,
)
from exam_centre.kernel import audit
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.permissions import Actor, Place
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import HOME_ZONE

SEALED = "sealed"  # the key under which a private cell is kept
CONTROL_PICTURE = "\ufffd"


@dataclass(frozen=True)
class Upload:
    """A file as it came: its bytes, and what the person called it."""

    name: str
    data: bytes


def preview(
    session: Session,
    actor: Actor,
    importer: Importer,
    upload: Upload,
    unit: Unit,
    *,
    seal: Seal,
    series: Series | None = None,
    now: datetime,
    progress: Progress = quietly,
) -> ImportBatch:
    """Keep a file with a verdict for every row: what applying it would do.

    unit    whose file it is; what the rows name must lie within the actor's reach.
    series  for the kinds whose rows do not name one.
    Raises  FileRefused for a file that can not be read, or lacks columns; SeriesMissing.
    """
    actor.require(importer.permission, Place(unit.path, series_id=series.id if series else None))
    if importer.needs_series and series is None:
        raise SeriesMissing
    table = read_table(upload.data, importer.columns)
    total = len(table.records)
    progress(0, total)
    batch = ImportBatch(
        kind=importer.kind,
        file_name=upload.name,
        file_sha256=hashlib.sha256(upload.data).hexdigest(),
        series_id=series.id if series else None,
        unit_id=unit.id,
        by_id=actor.human(),
        at=now,
        notes=[],
    )
    earlier = applied_before(session, importer.kind, batch.file_sha256)
    batch.notes = [as_words(note) for note in _notes(table, earlier)]
    session.add(batch)
    session.flush()
    lines = _lines(table)
    setting = Setting(session, actor, seal, unit, series, upload.name, now)
    judged = importer.judge(setting, lines)
    progress(total // 2, total)
    rows = [
        _words_of(row) | {"batch_id": batch.id, "cells": _kept(importer, line, seal), "before": {}}
        for row, line in zip(judged, lines, strict=True)
    ]
    if rows:
        session.execute(insert(ImportRow), rows)
    audit.record(session, actor, "entries.file_previewed", batch, now)
    progress(total, total)
    return batch


def judge_again(
    session: Session, actor: Actor, importer: Importer, batch: ImportBatch, *, seal: Seal,
    now: datetime,
) -> None:  # fmt: skip
    """Write the verdicts anew, as things stand now, for a file that was not applied yet."""
    _, rows, judged = judged_now(session, actor, importer, batch, seal=seal, now=now)
    words = [_words_of(verdict) | {"id": row.id} for row, verdict in zip(rows, judged, strict=True)]
    if words:
        session.execute(update(ImportRow), words)
    session.expire_all()
    audit.record(session, actor, "entries.file_judged_again", batch, now)


def judged_now(
    session: Session, actor: Actor, importer: Importer, batch: ImportBatch, *, seal: Seal,
    now: datetime,
) -> tuple[Setting, list[ImportRow], list[Judged]]:  # fmt: skip
    """Judge a kept file against what the records say at this moment."""
    unit = session.get_one(Unit, batch.unit_id)
    series = session.get(Series, batch.series_id) if batch.series_id else None
    actor.require(importer.permission, Place(unit.path, series_id=batch.series_id))
    rows = import_rows(session, batch.id)
    setting = Setting(session, actor, seal, unit, series, batch.file_name, now)
    judged = importer.judge(setting, [Line(row.row_no, opened(row.cells, seal)) for row in rows])
    return setting, rows, judged


def as_words(sentence: Sentence) -> list[Any]:
    """Return a sentence as [text, facts] of plain words, sentences among the facts included."""
    return [sentence.text, {name: _plain(fact) for name, fact in sentence.facts.items()}]


def _plain(fact: object) -> Any:
    if isinstance(fact, Sentence):
        return as_words(fact)
    return fact if isinstance(fact, int | str) else str(fact)


def as_sentence(words: Sequence[Any]) -> Sentence:
    """Return the sentence that was kept as [text, facts]."""
    text, facts = words
    return Sentence(
        text,
        {
            name: as_sentence(fact) if isinstance(fact, list) else fact
            for name, fact in facts.items()
        },
    )


def said_of(row: ImportRow) -> Sentence | None:
    """Return why a row is wrong, or what to know of one that is right; None for nothing."""
    return as_sentence([row.text, row.facts]) if row.text else None


def opened(cells: Mapping[str, Any], seal: Seal) -> dict[str, Cell]:
    """Return kept cells as they were read, private ones unsealed."""
    found = {}
    for column, kept in cells.items():
        text = kept
        if isinstance(kept, dict):
            text = seal.open(base64.b64decode(kept[SEALED]))
        found[column] = Cell(text, Kind.TEXT if text else Kind.EMPTY)
    return found


def shown(cells: Mapping[str, Any], column: str, seal: Seal) -> str:
    """Return a cell for people to look at; of a private one, the last four characters."""
    if column not in cells:
        return ""
    text = opened({column: cells[column]}, seal)[column].text
    if isinstance(cells[column], dict) and len(text) > 8:
        return "*" * (len(text) - 4) + text[-4:]
    return text


def _lines(table: Table) -> list[Line]:
    hidden = say("The row is hidden in the file.")
    return [
        Line(record.number, record.cells, record.merged, hidden if record.hidden else None)
        for record in table.records
    ]


def _kept(importer: Importer, line: Line, seal: Seal) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for column, cell in line.cells.items():
        # Databases keep neither NUL nor halves of characters; such a row is wrong in any case.
        text = "".join(
            CONTROL_PICTURE if sign == "\0" or 0xD800 <= ord(sign) <= 0xDFFF else sign
            for sign in cell.text
        ) if not cell.text.isprintable() else cell.text  # fmt: skip
        if text and column in importer.private:
            kept[column] = {SEALED: base64.b64encode(seal.close(text)).decode()}
        else:
            kept[column] = text
    return kept


def _words_of(row: Judged) -> dict[str, Any]:
    text, facts = as_words(row.sentence) if row.sentence is not None else ("", {})
    return {
        "row_no": row.number,
        "verdict": RowVerdict(row.verdict),
        "column": row.column,
        "text": text,
        "facts": facts,
        "made": "",
    }


def _notes(table: Table, earlier: ImportBatch | None) -> list[Sentence]:
    notes = []
    if earlier is not None:
        notes.append(
            say(
                "This very file was imported on {moment}.",
                moment=f"{at_venue(earlier.at, HOME_ZONE):%Y-%m-%d %H:%M}",
            )
        )
    if table.unknown:
        notes.append(
            say("These columns are not known and were left out: {columns}.",
                columns=", ".join(table.unknown))
        )  # fmt: skip
    if table.other_sheets:
        notes.append(
            say("Only the first sheet was read, not: {sheets}.",
                sheets=", ".join(table.other_sheets))
        )  # fmt: skip
    return notes

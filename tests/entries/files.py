"""Files as people upload them, and the office that imports them."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.entries.models import ImportBatch, ImportRow
from exam_centre.entries.queries import import_rows, verdicts_of
from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service import imports
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.marking.service import formative_import
from exam_centre.organisation.rules import UnitLevel
from tests.factories.make import Make
from tests.factories.people import resident_number
from tests.factories.times import NINE

FORMATIVE = formative_import.FormativeImporter.kind


def csv_of(rows: Iterable[Mapping[str, str]], encoding: str = "utf-8-sig", sep: str = ",") -> bytes:
    """Return a CSV file with the columns of the first row, CRLF as spreadsheet programs write."""
    listed = list(rows)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(listed[0]), delimiter=sep)
    writer.writeheader()
    writer.writerows(listed)
    return text.getvalue().encode(encoding)


class Office:
    """Somebody who may import every kind of file, over the whole tree."""

    def __init__(self, session: Session, make: Make) -> None:
        self.session, self.make = session, make
        self.actor = make.actor(Role.ADMINISTRATOR, Role.EXAM_OFFICER, Role.VENUE_MANAGER)

    def preview(
        self,
        kind: ImportKind,
        data: bytes,
        *,
        name: str = "file.csv",
        series: Series | None = None,
        actor: Actor | None = None,
        now: datetime = NINE,
    ) -> ImportBatch:
        """Read a file and keep a verdict for every row."""
        return imports.preview(
            self.session,
            actor or self.actor,
            imports.IMPORTERS[kind],
            imports.Upload(name, data),
            self.make.home(UnitLevel.NATIONAL),
            seal=self.make.seal,
            series=series,
            now=now,
        )

    def apply(
        self, batch: ImportBatch, *, actor: Actor | None = None, now: datetime = NINE
    ) -> None:
        """Apply a file."""
        importer = imports.IMPORTERS[batch.kind]
        imports.apply(
            self.session,
            actor or self.actor,
            importer,
            batch,
            seal=self.make.seal,
            now=now,
        )

    def load(self, kind: ImportKind, data: bytes, **facts: Any) -> ImportBatch:
        """Preview and apply a file."""
        batch = self.preview(kind, data, **facts)
        self.apply(batch)
        return batch

    def undo(self, batch: ImportBatch) -> None:
        """Undo an applied file."""
        importer = imports.IMPORTERS[batch.kind]
        imports.undo(
            self.session,
            self.actor,
            importer,
            batch,
            reason="wrong file",
            seal=self.make.seal,
            now=NINE,
        )

    def judge_again(self, batch: ImportBatch) -> None:
        """Write the verdicts of a file anew."""
        importer = imports.IMPORTERS[batch.kind]
        imports.judge_again(
            self.session, self.actor, importer, batch, seal=self.make.seal, now=NINE
        )

    def verdicts(self, batch: ImportBatch) -> dict[str, int]:
        """Return {verdict: rows} of those that occur."""
        counts = verdicts_of(self.session, batch.id)
        return {verdict.value: count for verdict, count in counts.items() if count}

    def rows(self, batch: ImportBatch) -> list[ImportRow]:
        """Return the rows of a file."""
        return import_rows(self.session, batch.id)

    def only_row(self, kind: ImportKind, data: bytes, **facts: Any) -> ImportRow:
        """Return the one row of a previewed file."""
        [row] = self.rows(self.preview(kind, data, **facts))
        return row

    def says(self, row: ImportRow) -> str:
        """Return a row as one line: verdict, column and sentence."""
        return f"{row.verdict.value} {row.column}: {imports.said_of(row) or ''}"

    def person(self, n: int = 1, **cells: str) -> dict[str, str]:
        """Return the row of a new candidate of the home unit, apart from what is given."""
        facts = {
            "person_no": f"00320000{n:04d}",
            "name": f"张伟{chr(0x4E00 + n)}",
            "id_type": "ID",
            "id_no": resident_number(5000 + n),
            "gender": "男",
            "phone": f"138000{n:05d}",
            "org_code": self.make.home().code,
            "enterprise": self.make.home_enterprise().code,
            "work_no": f"W{n}",
            "team": "C",
            "consent_date": "2026-09-01",
        }
        return facts | cells


WRONG, NEW, SAME, CHANGED = RowVerdict.WRONG, RowVerdict.NEW, RowVerdict.SAME, RowVerdict.CHANGED

"""Imported files: what they hold, what became of them, and what stands on what they made."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Column, func, select
from sqlalchemy.orm import Session

from exam_centre.entries.models import ImportBatch, ImportRow
from exam_centre.entries.rules import ImportKind, ImportStatus, RowVerdict
from exam_centre.kernel.database import Base, pieces
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit

IMPORTERS = (  # whoever may import files of some kind sees the files of their units
    Permission.ENTER_CANDIDATES,
    Permission.RUN_ORGANISATION,
    Permission.RUN_ACCOUNTS,
    Permission.RUN_PAPERS,
    Permission.RUN_SERIES,
    Permission.RUN_MARKING,
    Permission.RUN_VENUE,
    Permission.REVIEW_VENUE,
)

# What belongs to a row and goes with it; everything else that names a row stands on it.
PARTS = frozenset({"layouts", "seats", "eligibility_findings"})
# Columns that name a row of another table without a key: 0 there means none.
KEYLESS = {"venues": [("role_grants", "venue_id")], "rooms": [("role_grants", "room_id")]}


def access_import(session: Session, actor: Actor, token: str) -> ImportBatch:
    """Return the imported file, or raise NotFound where it is none of the actor's units'."""
    found = session.scalar(
        select(ImportBatch)
        .join(Unit, Unit.id == ImportBatch.unit_id)
        .where(ImportBatch.token == token, within(actor, IMPORTERS, unit_path=Unit.path))
    )
    if found is None:
        raise NotFound(say("imported file"))
    return found


def imports_of(session: Session, actor: Actor, limit: int = 100) -> list[ImportBatch]:
    """Return the newest imported files of the actor's units."""
    return list(
        session.scalars(
            select(ImportBatch)
            .join(Unit, Unit.id == ImportBatch.unit_id)
            .where(within(actor, IMPORTERS, unit_path=Unit.path))
            .order_by(ImportBatch.id.desc())
            .limit(limit)
        )
    )


def applied_before(session: Session, kind: ImportKind, file_sha256: str) -> ImportBatch | None:
    """Return the newest import of this very file that stands, or None."""
    return session.scalar(
        select(ImportBatch)
        .where(
            ImportBatch.kind == kind,
            ImportBatch.file_sha256 == file_sha256,
            ImportBatch.status == ImportStatus.APPLIED,
        )
        .order_by(ImportBatch.id.desc())
        .limit(1)
    )


def verdicts_of(session: Session, batch_id: int) -> dict[RowVerdict, int]:
    """Return {verdict: number of rows}, every verdict named."""
    rows = session.execute(
        select(ImportRow.verdict, func.count())
        .where(ImportRow.batch_id == batch_id)
        .group_by(ImportRow.verdict)
    )
    counts = dict.fromkeys(RowVerdict, 0)
    for verdict, count in rows:
        counts[verdict] = count
    return counts


def import_rows(
    session: Session,
    batch_id: int,
    verdict: RowVerdict | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[ImportRow]:
    """Return rows of a file by their number, or a part of them; all verdicts for None."""
    wanted = select(ImportRow).where(ImportRow.batch_id == batch_id)
    if verdict is not None:
        wanted = wanted.where(ImportRow.verdict == verdict)
    wanted = wanted.order_by(ImportRow.row_no)
    if offset or limit is not None:
        wanted = wanted.offset(offset).limit(limit)
    return list(session.scalars(wanted))


def standing_on(
    session: Session, made: Mapping[str, Iterable[int]], besides: frozenset[str]
) -> dict[str, str]:
    """Return {"table:id" of a made row: a table with rows that stand on it}.

    made     {table: ids}, in whatever room; later rooms are found by their keys alone.
    besides  "table:id" of rows that go as well, and so stand in nobody's way.
    """
    found: dict[str, str] = {}
    for table, ids in made.items():
        for child, column in _columns_naming(table):
            if child in PARTS:
                continue
            key = list(Base.metadata.tables[child].primary_key.columns)
            for piece in pieces(ids):
                for parent, *own in session.execute(select(column, *key).where(column.in_(piece))):
                    if f"{child}:{':'.join(map(str, own))}" not in besides:
                        found.setdefault(f"{table}:{parent}", child)
    return found


def _columns_naming(table: str) -> list[tuple[str, Column[int]]]:
    """Return every (table, column) that names rows of `table` by their id."""
    naming = [
        (other.name, column)
        for other in Base.metadata.sorted_tables
        for column in other.columns
        for key in column.foreign_keys
        if key.column.table.name == table
    ]
    for other_name, column_name in KEYLESS.get(table, []):
        naming.append((other_name, Base.metadata.tables[other_name].columns[column_name]))
    return naming

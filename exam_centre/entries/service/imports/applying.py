"""Applying a previewed file as a whole or not at all, and giving one up."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from exam_centre.entries.models import ImportBatch, ImportRow
from exam_centre.entries.rules import (
    IMPORT_FLOW,
    ImportStatus,
    PreviewOutdated,
    RowsWrong,
    RowVerdict,
)
from exam_centre.entries.service.imports.importers import (
    Importer,
    Judged,
    Progress,
    name_of,
    quietly,
)
from exam_centre.entries.service.imports.preview import judged_now
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Place
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation.models import Unit

ACTED_ON = (RowVerdict.NEW, RowVerdict.CHANGED)


def apply(
    session: Session,
    actor: Actor,
    importer: Importer,
    batch: ImportBatch,
    *,
    seal: Seal,
    now: datetime,
    progress: Progress = quietly,
) -> None:
    """Do what every row of a file says, through the services of the rooms concerned.

    All rows or none: the caller's unit of work is the whole. Rows are judged once more first.
    Raises  RowsWrong; PreviewOutdated where somebody changed things since the preview (see
            `judge_again`); IllegalMove for a file that was applied, undone or given up.
    """
    IMPORT_FLOW.check(batch.status, ImportStatus.APPLIED)
    setting, rows, judged = judged_now(session, actor, importer, batch, seal=seal, now=now)
    wrong = [row.row_no for row in rows if row.verdict is RowVerdict.WRONG]
    if wrong:
        raise RowsWrong(len(wrong))
    differing = [
        row.row_no
        for row, verdict in zip(rows, judged, strict=True)
        if row.verdict is not verdict.verdict
    ]
    if differing:
        raise PreviewOutdated(differing)
    acted_on = [row for row in judged if row.verdict in ACTED_ON]
    importer.apply(setting, acted_on, progress)
    _keep(session, rows, judged)
    batch.move_to(ImportStatus.APPLIED)
    audit.record(session, actor, "entries.file_applied", batch, now)


def discard(session: Session, actor: Actor, importer: Importer, batch: ImportBatch, *,
            now: datetime) -> None:  # fmt: skip
    """Give up a file that was not applied. Raises IllegalMove."""
    unit = session.get_one(Unit, batch.unit_id)
    actor.require(importer.permission, Place(unit.path, series_id=batch.series_id))
    batch.move_to(ImportStatus.DISCARDED)
    audit.record(session, actor, "entries.file_discarded", batch, now)


def _keep(session: Session, rows: Sequence[ImportRow], judged: Sequence[Judged]) -> None:
    """Keep what each row made and what was before, for undo."""
    words = [
        {
            "id": row.id,
            "made": " ".join(name_of(made) for made in verdict.made),
            "before": verdict.before,
        }
        for row, verdict in zip(rows, judged, strict=True)
        if verdict.made or verdict.before
    ]
    if words:
        session.execute(update(ImportRow), words)

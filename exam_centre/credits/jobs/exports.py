"""Look at a file for the credit bank, and write it once it is signed."""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

from exam_centre.calendar.models import Series
from exam_centre.credits import documents, service
from exam_centre.credits.jobs.desk import desk, who_asked
from exam_centre.credits.models import CreditExport
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.jobs import Progress, job
from exam_centre.kernel.permissions import Actor

LOOK, WRITE = "credits.look_at_export", "credits.write_export"


@job(LOOK)
def look_at_export(arguments: dict[str, Any], progress: Progress) -> None:
    """See what an export will say and what stays out. Arguments: "export" and "user", ids."""
    actor = who_asked(arguments)
    looked = _look(actor, int(arguments["export"]), progress)
    with unit_of_work() as session:
        row = session.get_one(CreditExport, int(arguments["export"]))
        kept = documents.as_kept(looked.left_out)
        service.note_look(
            session, actor, row, lines=len(looked.drafts), obstacles=kept, now=clock.now()
        )


@job(WRITE)
def write_export(arguments: dict[str, Any], progress: Progress) -> None:
    """Write the file of a signed export. Arguments: "export" and "user", ids.

    ID numbers are read a portion of people at a time, so that nobody waits for the whole. Run
    again after a fall it reads them again, which the trail keeps, and tells nobody twice.
    """
    actor, key = who_asked(arguments), int(arguments["export"])
    with reading() as session:
        row = session.get_one(CreditExport, key)
        reason, is_written = row.reason, bool(row.file_key)
    if is_written or not reason:
        return
    looked = _look(actor, key, lambda _done, _total: None)
    people, seal = looked.people(), desk().seal
    numbers: dict[int, str] = {}
    for start in range(0, len(people), documents.PORTION):
        progress(start, len(people))
        with unit_of_work() as session:
            numbers |= service.open_id_numbers(
                session,
                actor,
                seal,
                people[start : start + documents.PORTION],
                reason=reason,
                now=clock.now(),
                about=f"export:{key}",
            )
    content = documents.workbook(looked, numbers, clock.now())
    file_key = desk().storage.put(seal.close(b64encode(content).decode()))
    with unit_of_work() as session:
        row = session.get_one(CreditExport, key)
        kept = documents.as_kept(looked.left_out)
        service.note_look(
            session, actor, row, lines=len(looked.drafts), obstacles=kept, now=clock.now()
        )
        digest = sha256(content).hexdigest()
        service.keep_file(
            session, actor, row, file_key=file_key, file_sha256=digest, now=clock.now()
        )
    progress(len(people), len(people))


def read_export(row: CreditExport) -> bytes:
    """Return the workbook that was written, out of its seal."""
    return b64decode(desk().seal.open(desk().storage.read(row.file_key)))


def _look(actor: Actor, key: int, progress: Progress) -> documents.Looked:
    with reading() as session:
        row = session.get_one(CreditExport, key)
        return documents.look(
            session,
            actor,
            session.get_one(Series, row.series_id),
            row.destination,
            issuer_name=desk().issuer_name,
            now=clock.now(),
            progress=progress,
        )

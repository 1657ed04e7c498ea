"""What the runner does for files and for whole series, in units of work of a bearable size."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from exam_centre.accounts.models import User
from exam_centre.accounts.service import actor_of
from exam_centre.adapters.storage import Storage
from exam_centre.calendar.models import Series
from exam_centre.entries import service
from exam_centre.entries.models import ImportBatch
from exam_centre.entries.queries import ids_in_reach
from exam_centre.entries.rules import (
    ASSESSABLE,
    EntryStatus,
    ImportKind,
    ImportStatus,
    PreviewOutdated,
)
from exam_centre.entries.service import imports
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.jobs import Progress, job
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation.models import Unit

LOOK = "entries.look_at_file"
APPLY = "entries.apply_file"
ASSESS = "entries.assess_series"
CONFIRM = "entries.confirm_series"
AT_ONCE = 2_000  # entries in one unit of work: about a second, so that others may write between
LATIN = "latin-1"  # gives every byte a character, so that bytes can be sealed as a text


@dataclass(frozen=True)
class Vault:
    """Where uploaded files wait, sealed, and the seal over ID numbers; read when needed."""

    storage: Storage
    load_seal: Callable[[], Seal]

    def keep(self, data: bytes) -> str:
        """Keep an uploaded file, sealed: it holds ID numbers. Returns its key."""
        return self.storage.put(self.load_seal().close(data.decode(LATIN)))

    def fetch(self, key: str) -> bytes:
        """Return an uploaded file."""
        with self.storage.open(key) as file:
            return self.load_seal().open(file.read()).encode(LATIN)


class _Current:
    """The vault of this process, set once by whoever plugs the room in."""

    vault: ClassVar[Vault | None] = None


def connect(vault: Vault) -> None:
    """Make `vault` the one that pages and the runner use from now on."""
    _Current.vault = vault


def vault() -> Vault:
    """Return the vault of this process."""
    if _Current.vault is None:
        raise RuntimeError("no vault is connected: create_app comes first")
    return _Current.vault


@job(LOOK)
def look_at_file(arguments: dict[str, Any], progress: Progress) -> None:
    """Read a kept file and write the verdicts of its rows.

    arguments  "key" of the kept file, "name", "kind", ids "unit", "user", and "series" or None.
    """
    # The transaction below holds SQLite's one writer, so progress is told before and after it.
    progress(0, 1)
    data = vault().fetch(arguments["key"])
    with unit_of_work() as session:
        actor = actor_of(session, session.get_one(User, int(arguments["user"])))
        series = session.get_one(Series, arguments["series"]) if arguments["series"] else None
        imports.preview(
            session,
            actor,
            imports.IMPORTERS[ImportKind(arguments["kind"])],
            imports.Upload(arguments["name"], data),
            session.get_one(Unit, int(arguments["unit"])),
            seal=vault().load_seal(),
            series=series,
            now=clock.now(),
        )
    progress(1, 1)


@job(APPLY)
def apply_file(arguments: dict[str, Any], progress: Progress) -> None:
    """Apply a previewed file; where things changed since, its verdicts are written anew instead.

    arguments  ids "batch" and "user". A file that is applied already is left alone.
    """
    progress(0, 1)
    try:
        with unit_of_work() as session:
            actor = actor_of(session, session.get_one(User, int(arguments["user"])))
            batch = session.get_one(ImportBatch, int(arguments["batch"]))
            if batch.status is ImportStatus.PREVIEWED:
                imports.apply(
                    session,
                    actor,
                    imports.IMPORTERS[batch.kind],
                    batch,
                    seal=vault().load_seal(),
                    now=clock.now(),
                )
    except PreviewOutdated:
        with unit_of_work() as session:
            actor = actor_of(session, session.get_one(User, int(arguments["user"])))
            batch = session.get_one(ImportBatch, int(arguments["batch"]))
            imports.judge_again(
                session,
                actor,
                imports.IMPORTERS[batch.kind],
                batch,
                seal=vault().load_seal(),
                now=clock.now(),
            )
    progress(1, 1)


@job(ASSESS)
def assess_series(arguments: dict[str, Any], progress: Progress) -> None:
    """Judge every entry of a series that who asked may enter, part by part.

    arguments  ids "series" and "user".
    """
    _part_by_part(
        arguments,
        progress,
        ASSESSABLE,
        lambda session, actor, series, among: service.assess_all(
            session, actor, series, among=among, now=clock.now()
        ),
    )


@job(CONFIRM)
def confirm_series(arguments: dict[str, Any], progress: Progress) -> None:
    """Confirm every eligible entry of a series that who asked may enter, part by part.

    arguments  ids "series" and "user".
    """
    _part_by_part(
        arguments,
        progress,
        (EntryStatus.ELIGIBLE,),
        lambda session, actor, series, among: service.confirm_all(
            session, actor, series, among=among, now=clock.now()
        ),
    )


def _part_by_part(
    arguments: dict[str, Any],
    progress: Progress,
    statuses: Iterable[EntryStatus],
    work: Callable[[Session, Actor, Series, list[int]], object],
) -> None:
    """Do `work` to the series' entries in these statuses; what is done stays if it breaks off."""
    user, series_id = int(arguments["user"]), int(arguments["series"])
    with reading() as session:
        actor = actor_of(session, session.get_one(User, user))
        ids = ids_in_reach(session, actor, session.get_one(Series, series_id), statuses)
    for start in range(0, len(ids), AT_ONCE):
        progress(start, len(ids))
        with unit_of_work() as session:
            actor = actor_of(session, session.get_one(User, user))
            series = session.get_one(Series, series_id)
            work(session, actor, series, ids[start : start + AT_ONCE])
    progress(len(ids), len(ids))

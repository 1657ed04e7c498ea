"""A whole series from a folder of files: every file imported in order, as people import it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.queries import find_user
from exam_centre.accounts.rules import IdType
from exam_centre.adapters.spreadsheets import read_table
from exam_centre.adapters.storage import Storage
from exam_centre.calendar import service as calendar
from exam_centre.calendar.models import Series
from exam_centre.entries import service as entries
from exam_centre.entries.models import ImportBatch
from exam_centre.entries.queries import import_rows, verdicts_of
from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service import imports
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Actor, Role, everywhere
from exam_centre.kernel.sealing import Seal
from exam_centre.marking.service import formative_import
from exam_centre.organisation import service as organisation
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel

# People come before staff, because staff name their relatives by student number.
ORDER: tuple[tuple[str, ImportKind], ...] = (
    ("org_units", ImportKind.UNITS),
    ("parks", ImportKind.PARKS),
    ("enterprises", ImportKind.ENTERPRISES),
    ("shifts", ImportKind.SHIFTS),
    ("periods", ImportKind.PERIODS),
    ("papers", ImportKind.PAPERS),
    ("courses", ImportKind.COURSES),
    ("venues", ImportKind.VENUES),
    ("rooms", ImportKind.ROOMS),
    ("people", ImportKind.PEOPLE),
    ("staff", ImportKind.STAFF),
    ("entries", ImportKind.ENTRIES),
    ("formative_marks", formative_import.FormativeImporter.kind),
)
PHOTOS = "photos.zip"
SET_UP = Actor(None, None, "set-up", everywhere(*Role))
LOGIN = "set-up"
ROLES = (Role.ADMINISTRATOR, Role.EXAM_OFFICER, Role.VENUE_MANAGER)
RULES_SOURCE = "导入前的默认考务规则"

# Shows how far something is: entered with a name, it gives what is told (done, total).
Bar = Callable[[str], AbstractContextManager[imports.Progress]]


class WrongRows(Exception):
    """A file has wrong rows, so the load stops before it."""

    def __init__(self, file_name: str, lines: list[str]) -> None:
        super().__init__(f"{file_name}: {len(lines)} rows are wrong")
        self.file_name, self.lines = file_name, lines


@dataclass(frozen=True)
class Loaded:
    """What became of one file."""

    name: str
    counts: dict[RowVerdict, int]
    notes: tuple[str, ...] = ()


class FolderLoad:
    """Imports the files of one folder, each in units of work of its own."""

    def __init__(self, folder: Path, seal: Seal, storage: Storage, bar: Bar) -> None:
        self.folder, self.seal, self.storage, self.bar = folder, seal, storage, bar

    def files(self) -> Iterator[tuple[Path, ImportKind]]:
        """Yield the files that are there, in the order of import."""
        for stem, kind in ORDER:
            for suffix in (".csv", ".xlsx"):
                path = self.folder / f"{stem}{suffix}"
                if path.exists():
                    yield path, kind

    def run(self) -> Iterator[Loaded]:
        """Import every file, then the photos; entries are assessed and confirmed as well.

        Raises WrongRows at the first file with wrong rows; what came before it stays.
        """
        actor = self.set_up()
        series_code = ""
        for path, kind in self.files():
            if kind is ImportKind.PERIODS:
                series_code = self.open_series(actor, path)
            yield self.load(actor, path, kind, series_code)
            if kind is ImportKind.PEOPLE and (self.folder / PHOTOS).exists():
                yield self.photos(actor)
            if kind is ImportKind.ENTRIES:
                yield self.settle(actor, series_code)

    def set_up(self) -> Actor:
        """Return who imports: a user of headquarters called set-up, made where there is none."""
        with unit_of_work() as session:
            user = find_user(session, LOGIN)
            if user is None:
                top = self._headquarters(session)
                person = accounts.register_person(
                    session,
                    SET_UP,
                    self.seal,
                    name="开考准备",
                    id_type=IdType.PASSPORT,
                    id_no="SETUP0001",
                    now=clock.now(),
                )
                user = accounts.open_user(session, SET_UP, person, login=LOGIN, now=clock.now())
                for role in ROLES:
                    accounts.grant_role(session, SET_UP, user, role, top, now=clock.now())
            return accounts.actor_of(session, user)

    def open_series(self, actor: Actor, path: Path) -> str:
        """Open the series that the periods name, with the rules of a first version."""
        importer = imports.IMPORTERS[ImportKind.PERIODS]
        table = read_table(path.read_bytes(), importer.columns)
        code = next(iter(table.records)).cell("series").text.strip()
        with unit_of_work() as session:
            if session.scalar(select(Series).where(Series.code == code)) is None:
                series = calendar.open_series(
                    session, actor, _runner(session), code=code, name=code, now=clock.now()
                )
                calendar.set_rules(
                    session,
                    actor,
                    series,
                    source=RULES_SOURCE,
                    effective_from=date(clock.now().year, 1, 1),
                    now=clock.now(),
                )
        return code

    def load(self, actor: Actor, path: Path, kind: ImportKind, series_code: str) -> Loaded:
        """Import one file: its preview, and where no row is wrong and one does something, apply."""
        importer = imports.IMPORTERS[kind]
        with self.bar(path.name) as progress:
            with unit_of_work() as session:
                series = session.scalar(select(Series).where(Series.code == series_code))
                batch = imports.preview(
                    session,
                    actor,
                    importer,
                    imports.Upload(path.name, path.read_bytes()),
                    _top(session),
                    seal=self.seal,
                    series=series if importer.needs_series else None,
                    now=clock.now(),
                )
                counts = verdicts_of(session, batch.id)
                wrong = import_rows(session, batch.id, RowVerdict.WRONG)
            if wrong:
                raise WrongRows(
                    path.name,
                    [f"row {row.row_no} {row.column}: {imports.said_of(row)}" for row in wrong],
                )
            with unit_of_work() as session:
                batch = session.get_one(ImportBatch, batch.id)
                if counts[RowVerdict.NEW] + counts[RowVerdict.CHANGED]:
                    imports.apply(
                        session,
                        actor,
                        importer,
                        batch,
                        seal=self.seal,
                        now=clock.now(),
                        progress=progress,
                    )
                else:
                    imports.discard(session, actor, importer, batch, now=clock.now())
            progress(1, 1)
        notes = tuple(imports.as_sentence(note).say_in("en") for note in batch.notes)
        return Loaded(path.name, counts, notes)

    def photos(self, actor: Actor) -> Loaded:
        """Keep the photos of the archive."""
        with self.bar(PHOTOS) as progress, unit_of_work() as session:
            report = entries.attach_photos(
                session,
                actor,
                (self.folder / PHOTOS).read_bytes(),
                self.storage,
                now=clock.now(),
                progress=progress,
            )
        notes = tuple(f"{name}: {reason.say_in('en')}" for name, reason in report.wrong)
        counts = {
            RowVerdict.NEW: report.kept,
            RowVerdict.SAME: report.same,
            RowVerdict.WRONG: len(report.wrong),
        }
        return Loaded(PHOTOS, counts, notes)

    def settle(self, actor: Actor, series_code: str) -> Loaded:
        """Assess all entries of the series, then confirm the eligible ones: two acts."""
        with self.bar("eligibility") as progress:
            with unit_of_work() as session:
                series = session.scalars(select(Series).where(Series.code == series_code)).one()
                found = entries.assess_all(session, actor, series, now=clock.now())
            progress(1, 2)
            with unit_of_work() as session:
                series = session.scalars(select(Series).where(Series.code == series_code)).one()
                confirmed = entries.confirm_all(session, actor, series, now=clock.now())
            progress(2, 2)
        said = ", ".join(f"{count} {status.value}" for status, count in sorted(found.items()))
        return Loaded("eligibility", Counter(), (f"{said or 'none'}; {confirmed} confirmed",))

    def _headquarters(self, session: Session) -> Unit:
        """Return the top unit; an empty database founds the one that the file of units names."""
        known = session.scalar(select(Unit).where(Unit.level == UnitLevel.NATIONAL))
        if known is not None:
            return known
        importer = imports.IMPORTERS[ImportKind.UNITS]
        path = next(path for path, kind in self.files() if kind is ImportKind.UNITS)
        table = read_table(path.read_bytes(), importer.columns)
        top = next(record for record in table.records if not record.cell("parent_code").text)
        return organisation.found_unit(
            session,
            SET_UP,
            code=top.cell("org_code").text.strip(),
            name=top.cell("name").text.strip(),
            level=UnitLevel.NATIONAL,
            parent=None,
            now=clock.now(),
        )


def _top(session: Session) -> Unit:
    return session.scalars(select(Unit).where(Unit.level == UnitLevel.NATIONAL)).one()


def _runner(session: Session) -> Unit:
    """Return who runs the series: the province where there is one, else headquarters."""
    provinces = session.scalars(select(Unit).where(Unit.level == UnitLevel.PROVINCIAL)).all()
    return provinces[0] if len(provinces) == 1 else _top(session)

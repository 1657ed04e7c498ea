"""What a kind of file is: its columns, how its rows are judged, applied and put back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from exam_centre.adapters.spreadsheets import Wanted
from exam_centre.calendar.models import Series
from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service.imports.cells import Line, WrongCell
from exam_centre.kernel.database import Base
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Unit

Facts = TypeVar("Facts")
World = TypeVar("World")
Progress = Callable[[int, int], None]  # rows done, rows in all


def quietly(_done: int, _total: int) -> None:
    """Tell nobody how far it is."""


@dataclass(frozen=True)
class Setting:
    """Whose file it is, and in front of what it is read."""

    session: Session
    actor: Actor
    seal: Seal
    unit: Unit
    series: Series | None
    file_name: str
    now: datetime


@dataclass
class Judged:
    """One row with its verdict, and once it is applied, what it made and what was before."""

    number: int
    verdict: RowVerdict
    facts: Any = None  # what applying it needs, in the importer's own shape
    column: str = ""
    sentence: Sentence | None = None  # why it is wrong, or a remark on a row that is right
    before: dict[str, Any] = field(default_factory=dict)
    made: list[Base] = field(default_factory=list)

    def makes(self, *rows: Base) -> None:
        """Note what applying this row made."""
        self.made.extend(rows)


@dataclass(frozen=True)
class Restored:
    """A changed row that is to be put back: `before` holds the values of then."""

    number: int
    before: dict[str, Any]


class Importer(ABC):
    """One kind of file. It changes things only through the services of the rooms they are in."""

    kind: ClassVar[ImportKind]
    permission: ClassVar[Permission]  # what it takes to look at such a file here
    columns: ClassVar[tuple[Wanted, ...]]
    private: ClassVar[frozenset[str]] = frozenset()  # columns kept sealed
    needs_series: ClassVar[bool] = False
    example: ClassVar[tuple[str, ...]] = ()  # one row for the file people download and fill

    @abstractmethod
    def judge(self, setting: Setting, lines: Sequence[Line]) -> list[Judged]:
        """Return one verdict a line, in order, from a handful of queries for all of them."""

    @abstractmethod
    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Do what new and changed rows say, and note on each what it made and what was before."""

    @abstractmethod
    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Put back what changed rows changed, the last one first."""


class RowByRow(Importer, Generic[World, Facts]):
    """A kind whose rows are read one after the other against what `look` found."""

    @abstractmethod
    def look(self, setting: Setting, lines: Sequence[Line]) -> World:
        """Fetch, in a handful of queries, everything these lines may speak of."""

    @abstractmethod
    def read(self, world: World, line: Line) -> Facts:
        """Return what a line says. Raises WrongCell."""

    @abstractmethod
    def keys(self, facts: Facts) -> Iterable[tuple[str, Hashable]]:
        """Return (column, value) of everything that two rows of one file may not share."""

    @abstractmethod
    def compare(self, world: World, facts: Facts) -> RowVerdict:
        """Return whether this is new, changed or the same. Raises WrongCell."""

    def remark(self, world: World, facts: Facts) -> Sentence | None:
        """Return what a reader should know of a row that is right."""
        del world, facts
        return None

    def judge(self, setting: Setting, lines: Sequence[Line]) -> list[Judged]:
        """Return one verdict a line, in order."""
        world = self.look(setting, lines)
        judged = [self._judge(world, line) for line in lines]
        self._refuse_repeats(judged)
        return judged

    def _judge(self, world: World, line: Line) -> Judged:
        try:
            if line.merged:
                raise WrongCell(
                    "", say("Cells of this row are merged. Separate them, and fill each one.")
                )
            facts = self.read(world, line)
            verdict = self.compare(world, facts)
        except WrongCell as wrong:
            return Judged(
                line.number, RowVerdict.WRONG, column=wrong.column, sentence=wrong.sentence
            )
        trimmed = line.trimmed()
        remark = self.remark(world, facts) or line.note
        if remark is None and trimmed:
            remark = say("Blanks around the text were left out.")
        return Judged(
            line.number, verdict, facts, column=trimmed if remark else "", sentence=remark
        )

    def _refuse_repeats(self, judged: Sequence[Judged]) -> None:
        """Turn rows that say the same key wrong, all of them: nobody knows which one is meant."""
        rows: dict[tuple[str, Hashable], list[Judged]] = {}
        for row in judged:
            if row.verdict is not RowVerdict.WRONG:
                for key in self.keys(row.facts):
                    rows.setdefault(key, []).append(row)
        for (column, _), same in rows.items():
            if len(same) > 1:
                numbers = ", ".join(str(row.number) for row in same)
                for row in same:
                    if row.verdict is not RowVerdict.WRONG:
                        row.verdict, row.column = RowVerdict.WRONG, column
                        row.sentence = say(
                            "Rows {rows} are about the same thing. Keep one of them.",
                            rows=numbers,
                        )


def to_do(rows: Sequence[Judged], verdict: RowVerdict) -> list[Judged]:
    """Return the rows of one verdict."""
    return [row for row in rows if row.verdict is verdict]


def name_of(row: Base) -> str:
    """Return a row's table and id, e.g. "people:8"."""
    identity = inspect(row).identity
    assert identity is not None
    return f"{row.__tablename__}:{identity[0]}"


IMPORTERS: dict[ImportKind, Importer] = {}  # filled where rooms declare their kinds


def declare(importer: Importer) -> Importer:
    """Make a kind of file known by its name; a room does so for the kinds it owns."""
    if importer.kind in IMPORTERS:
        raise ValueError(f"two importers of {importer.kind}")
    IMPORTERS[importer.kind] = importer
    return importer

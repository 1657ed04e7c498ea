"""Many cells of a marker's sheet at once: each is judged by itself, and the good ones are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.kernel import audit
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor
from exam_centre.marking.models import Allocation, Bundle, Mark
from exam_centre.marking.queries import given_of, rules_of_bundle
from exam_centre.marking.queries.grid import GridLine, grid_of
from exam_centre.marking.rules import (
    AllocationStatus,
    Locked,
    MarkStatus,
    PlaceHolder,
    read_mark,
)
from exam_centre.marking.rules.sheets import TAIL, WrongPlace, WrongTail, meant
from exam_centre.marking.service.entering import ensure_may_mark, put_mark


@dataclass(frozen=True)
class Cell:
    """What stands in one cell of the sheet as it was sent.

    tail  the last digits of the code as the marker read them, where they are asked for.
    """

    place: int
    typed: str
    version: int | None
    tail: str = ""


@dataclass(frozen=True)
class CellVerdict:
    """What became of one cell: the kept mark, or why it was not kept."""

    place: int
    text: str = ""  # as it is kept, e.g. "85"
    version: int | None = None
    refusal: Refusal | None = None


def keep_cells(
    session: Session,
    actor: Actor,
    allocation: Allocation,
    cells: Sequence[Cell],
    *,
    now: datetime,
) -> list[CellVerdict]:
    """Keep the cells that can be kept, and say of each other one why it can not.

    Raises Locked, Forbidden, ConflictOfInterest: they are about the whole sheet.
    """
    if allocation.status is not AllocationStatus.ALLOCATED:
        raise Locked
    ensure_may_mark(session, actor, allocation)
    lines = {each.line.position: each for each in grid_of(session, allocation)}
    kept: dict[int, Mark] = {}
    refused: dict[int, Refusal] = {}
    news: list[Mark] = []
    for nth, cell in enumerate(cells):
        try:
            code, typed = _script_meant(session, allocation, lines.get(cell.place), cell)
            kept[nth], is_new = put_mark(
                session, actor, allocation, code, typed, expected_version=cell.version, now=now
            )
        except Refusal as refusal:
            refused[nth] = refusal
        else:
            news += [kept[nth]] if is_new else []
    audit.record_all(session, actor, "marking.mark_entered", news, now)
    return [
        CellVerdict(cell.place, refusal=refused[nth])
        if nth in refused
        else CellVerdict(cell.place, str(given_of(kept[nth])), kept[nth].version)
        for nth, cell in enumerate(cells)
    ]


def _script_meant(
    session: Session, allocation: Allocation, line: GridLine | None, cell: Cell
) -> tuple[str, str | MarkStatus]:
    """Return the code a cell speaks of and what it says, once the marker compared the script."""
    if line is None:
        raise WrongPlace(cell.place)
    if line.line.place_holder and line.line.status is not None:
        raise PlaceHolder(cell.place, line.line.status)
    typed = meant(cell.typed)
    if line.asks_tail:
        if not isinstance(typed, MarkStatus):
            bundle = session.get_one(Bundle, allocation.bundle_id)
            read_mark(typed, rules_of_bundle(session, bundle).decimals)
        if cell.tail != line.line.code[-TAIL:]:
            raise WrongTail(cell.place, cell.tail)
    return line.line.code, typed

"""A marker's sheet line by line, with the scripts that are compared by the end of their code."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.marking.models import Allocation, Bundle, SecretCode
from exam_centre.marking.queries.bundles import paper_of_sitting, rules_of_bundle
from exam_centre.marking.queries.marks import SheetLine, sheet_of
from exam_centre.marking.rules import Given
from exam_centre.marking.rules.sheets import TAIL, is_compared
from exam_centre.papers.models import Paper


@dataclass(frozen=True)
class GridLine:
    """One line of the sheet. The end of a compared code stays hidden until its mark is in."""

    line: SheetLine
    nth: int  # among the scripts, from 1; 0 for a place-holder
    asks_tail: bool

    @property
    def text(self) -> str:
        """What stands in the cell as a person would type it, "" where nothing does."""
        return str(Given(self.line.score, self.line.status))

    @property
    def shown_code(self) -> str:
        """The code in groups of four, without the digits that are asked for."""
        code = self.line.code[:-TAIL] if self.asks_tail else self.line.code
        return f"{code[:4]} {code[4:]}"


@dataclass(frozen=True)
class GridTotals:
    """What a sheet comes to so far."""

    scripts: int
    marked: int  # scripts with a mark or a marker's word
    total: Decimal  # the sum of the marks
    saved_at: datetime | None  # of the last mark by a marker


@dataclass(frozen=True)
class SheetFacts:
    """What a marker may know of a bundle: its paper and its first code."""

    paper: Paper
    first_code: str
    decimals: int


def grid_of(session: Session, allocation: Allocation) -> list[GridLine]:
    """Return the lines of a marker's sheet in the order of the bundle."""
    lines, nth = [], 0
    for line in sheet_of(session, allocation):
        nth += not line.place_holder
        is_script = not line.place_holder
        asks = is_script and is_compared(nth) and (line.score is None and line.status is None)
        lines.append(GridLine(line, nth if is_script else 0, asks))
    return lines


def totals_of(lines: list[GridLine]) -> GridTotals:
    """Return what the lines of a sheet come to."""
    scripts = [each.line for each in lines if not each.line.place_holder]
    marked = [line for line in scripts if line.score is not None or line.status is not None]
    moments = [line.entered_at for line in marked if line.entered_at is not None]
    return GridTotals(
        scripts=len(scripts),
        marked=len(marked),
        total=sum((line.score for line in marked if line.score is not None), Decimal(0)),
        saved_at=max(moments, default=None),
    )


def sheet_facts(session: Session, allocation: Allocation) -> SheetFacts:
    """Return what stands above a marker's sheet."""
    bundle = session.get_one(Bundle, allocation.bundle_id)
    first = session.scalars(
        select(SecretCode.code)
        .where(SecretCode.bundle_id == bundle.id)
        .order_by(SecretCode.position)
        .limit(1)
    ).one()
    return SheetFacts(
        paper_of_sitting(session, bundle.sitting_id),
        first,
        rules_of_bundle(session, bundle).decimals,
    )

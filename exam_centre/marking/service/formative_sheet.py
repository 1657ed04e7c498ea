"""A sheet of formative marks: every line is judged, and all are kept or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.rules import check_reason
from exam_centre.calendar.models import Series
from exam_centre.kernel.errors import ConflictOfInterest, Refusal
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import Sentence
from exam_centre.marking.queries.formative import FormativeLine, formative_of_numbers
from exam_centre.marking.rules import (
    BY_MARKERS,
    FormativeClash,
    Given,
    MarkStatus,
    NotOnTheSheet,
    SheetHasFaults,
    WrongStatus,
    read_mark,
)
from exam_centre.marking.rules.sheets import meant
from exam_centre.marking.service.formative_import import (
    DECIMALS,
    Earned,
    record_all_formative,
    ties_of,
)
from exam_centre.papers.models import Course


@dataclass(frozen=True)
class FormativeCell:
    """What was typed for one candidate; `seen` is the mark as the sheet showed it, "" for none."""

    person_no: str
    typed: str
    seen: str


def keep_formative_sheet(
    session: Session,
    actor: Actor,
    series: Series,
    course: Course,
    cells: Sequence[FormativeCell],
    *,
    source: str,
    dated: date,
    reason: str = "",
    now: datetime,
) -> int:
    """Record the marks of a sheet and return how many are new or other than before.

    source, dated  of what is new; a line whose mark stands as typed keeps its own.
    reason         needed where a mark that stands is changed; its earlier version is kept.
    Raises SheetHasFaults with every line that can not be kept, FormativeClash among them where
    somebody recorded another mark meanwhile, and ReasonMissing.
    """
    lines = formative_of_numbers(
        session, actor, series.id, course.id, {cell.person_no for cell in cells}
    )
    ties = ties_of(session, actor)
    earned: list[Earned] = []
    refused: dict[str, Refusal] = {}
    is_change = False
    for cell in cells:
        try:
            line, given = _judged(lines, ties, cell)
        except Refusal as refusal:
            refused[cell.person_no] = refusal
            continue
        if _stands(line) != str(given):
            is_change |= line.mark is not None
            earned.append(Earned(line.candidate, course, given.score, given.status, source, dated))
    if refused:
        raise SheetHasFaults(refused)
    if is_change:
        check_reason(reason)
    replaced = [mark for mark in earned if _stands(lines[mark.candidate.person_no])]
    new = [mark for mark in earned if mark not in replaced]
    record_all_formative(session, actor, series, new, now=now)
    record_all_formative(session, actor, series, replaced, reason=reason.strip(), now=now)
    return len(earned)


def _judged(
    lines: Mapping[str, FormativeLine], ties: Mapping[int, Sentence], cell: FormativeCell
) -> tuple[FormativeLine, Given]:
    """Return whose mark a cell is and what it says. Raises why it can not be kept."""
    line = lines.get(cell.person_no)
    if line is None:
        raise NotOnTheSheet(cell.person_no)
    if line.candidate.person_id in ties:
        raise ConflictOfInterest(ties[line.candidate.person_id])
    word = meant(cell.typed)
    if isinstance(word, MarkStatus):
        if word not in BY_MARKERS:
            raise WrongStatus(word)
        given = Given(None, word)
    else:
        given = Given(read_mark(word, DECIMALS), None)
    stands = _stands(line)
    if stands not in (cell.seen, str(given)):
        raise FormativeClash(stands, str(given))
    return line, given


def _stands(line: FormativeLine) -> str:
    return str(Given(line.mark.score, line.mark.status)) if line.mark is not None else ""

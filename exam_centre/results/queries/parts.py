"""The parts of a composite, gathered from the rooms where marks come about."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Deadline, RuleProfile
from exam_centre.calendar.queries import rules_of
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.conduct.models import OffenceCase
from exam_centre.conduct.rules import CaseStatus, OffenceClass
from exam_centre.entries.models import Entry, EntryCourse
from exam_centre.entries.rules import TakeType
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking import queries as marking
from exam_centre.papers.models import Paper, Scheme
from exam_centre.papers.rules import Mode
from exam_centre.practicals import queries as practicals
from exam_centre.results.models import Correction, Outcome
from exam_centre.results.rules import PRECEDENCE, CorrectionStatus, Parts, Verdict
from exam_centre.theses import queries as theses
from exam_centre.theses.rules import ThesisStatus
from exam_centre.timetable.models import Placement

CANCELS = (OffenceClass.CHEATING, OffenceClass.IMPERSONATION)
VERDICT_OF_STATUS = {"voided": Verdict.VOID}  # all other statuses are called as their verdicts


@dataclass(frozen=True)
class Line:
    """One entry course with the scheme that is in force for its paper."""

    entry_course_id: int
    entry_id: int
    series_id: int
    take_type: TakeType
    mode: Mode
    scheme: Scheme


@dataclass(frozen=True)
class Gathered:
    """The parts of one line, or (parts None) what is still missing."""

    parts: Parts | None
    missing: Sentence | None


@dataclass(frozen=True)
class _Final:
    """What a room says of the final part."""

    score: Decimal | None = None
    verdict: Verdict | None = None
    defence_failed: bool = False
    known: bool = False


def lines_of(session: Session, entry_course_ids: Collection[int]) -> dict[int, Line]:
    """Return entry course id -> its line; papers without a scheme have none."""
    rows = session.execute(
        select(EntryCourse, Entry, Paper)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(EntryCourse.id.in_(entry_course_ids))
        .order_by(EntryCourse.id)
    ).all()
    schemes: dict[int, Scheme] = {}
    wanted = select(Scheme).where(Scheme.paper_id.in_({paper.id for _, _, paper in rows}))
    for scheme in session.scalars(wanted.order_by(Scheme.version)):
        schemes[scheme.paper_id] = scheme
    return {
        course.id: Line(
            entry_course_id=course.id,
            entry_id=entry.id,
            series_id=entry.series_id,
            take_type=course.take_type,
            mode=paper.mode,
            scheme=schemes[paper.id],
        )
        for course, entry, paper in rows
        if paper.id in schemes
    }


def gather(session: Session, lines: Collection[Line], now: datetime | None) -> dict[int, Gathered]:
    """Return entry course id -> the parts of its composite, or what is still missing.

    A formative mark nobody recorded is waited for until the series' deadline for marks; after it
    (at `now`; None: never) the part counts as not completed. Applied corrections replace numbers.
    """
    course_ids = [line.entry_course_id for line in lines]
    finals = _finals(session, {line.entry_id for line in lines})
    cancelled = _cancelled(session, {line.entry_id for line in lines})
    formative = marking.formative_of(session, course_ids)
    corrected = _corrected(session, course_ids)
    rules = {key: rules_of(session, key) for key in {line.series_id for line in lines}}
    closed = _closed_for_marks(session, set(rules), now)
    gathered = {}
    for line in lines:
        found = _join(
            line,
            finals.get(line.entry_id, _Final()),
            line.entry_id in cancelled,
            formative.get(line.entry_course_id),
            line.series_id in closed,
            rules[line.series_id],
        )
        for correction in corrected.get(line.entry_course_id, []):
            if found.parts is not None:
                found = replace(found, parts=with_correction(found.parts, correction))
        gathered[line.entry_course_id] = found
    return gathered


def with_correction(parts: Parts, correction: Correction) -> Parts:
    """Return the parts with a correction's numbers in their places."""
    final, formative = correction.final_score, correction.formative_score
    return replace(
        parts,
        final=parts.final if final is None else final,
        formative=parts.formative if formative is None else formative,
    )


def _join(
    line: Line,
    final: _Final,
    cancelled: bool,
    formative: tuple[Decimal | None, object] | None,
    closed: bool,
    rules: RuleProfile,
) -> Gathered:
    percent = line.scheme.formative_percent
    needs_final = percent < 100
    verdicts = [v for v in (final.verdict, Verdict.CHEATED if cancelled else None) if v]
    verdict = min(verdicts, key=PRECEDENCE.index) if verdicts else None
    if needs_final and not final.known and verdict is None:
        return Gathered(None, say("The final mark is not settled yet."))
    absent_as_zero = verdict is Verdict.ABSENT and rules.absent_counts_as_zero
    decided = verdict is not None and not absent_as_zero
    if percent > 0 and formative is None and not closed and not decided:
        return Gathered(None, say("The formative mark is not recorded yet."))
    parts = Parts(
        formative=formative[0] if formative is not None else None,
        final=final.score if needs_final and verdict is None else None,
        final_verdict=verdict,
        retake_cap=rules.retake_cap if line.take_type is TakeType.RETAKE else None,
        absent_counts_as_zero=rules.absent_counts_as_zero,
        defence_failed=final.defence_failed,
    )
    return Gathered(parts, None)


def _finals(session: Session, entry_ids: Collection[int]) -> dict[int, _Final]:
    finals: dict[int, _Final] = {}
    for marked in (marking.final_of(session, entry_ids), practicals.final_of(session, entry_ids)):
        for entry_id, (score, status) in marked.items():
            verdict = _verdict_of(status.value) if status is not None else None
            finals[entry_id] = _Final(score, verdict, known=True)
    for entry_id, (mark, failed) in theses.final_of(session, entry_ids).items():
        finals[entry_id] = _Final(mark, defence_failed=failed is ThesisStatus.FAILED, known=True)
    return finals


def _verdict_of(status: str) -> Verdict:
    return VERDICT_OF_STATUS.get(status) or Verdict(status)


def _cancelled(session: Session, entry_ids: Collection[int]) -> set[int]:
    """Return the entries whose result a final offence decision cancels."""
    return set(
        session.scalars(
            select(Placement.entry_id)
            .join(OffenceCase, OffenceCase.placement_id == Placement.id)
            .where(
                Placement.entry_id.in_(entry_ids),
                OffenceCase.status == CaseStatus.FINAL,
                OffenceCase.offence.in_(CANCELS),
            )
        )
    )


def _corrected(session: Session, entry_course_ids: Collection[int]) -> dict[int, list[Correction]]:
    """Return entry course id -> its applied corrections, the first one first."""
    rows = session.execute(
        select(Outcome.entry_course_id, Correction)
        .join(Outcome, Outcome.id == Correction.outcome_id)
        .where(
            Outcome.entry_course_id.in_(entry_course_ids),
            Correction.status == CorrectionStatus.APPLIED,
        )
        .order_by(Correction.id)
    )
    found: dict[int, list[Correction]] = {}
    for entry_course_id, correction in rows:
        found.setdefault(entry_course_id, []).append(correction)
    return found


def _closed_for_marks(
    session: Session, series_ids: Collection[int], now: datetime | None
) -> set[int]:
    if now is None:
        return set()
    return set(
        session.scalars(
            select(Deadline.series_id).where(
                Deadline.series_id.in_(series_ids),
                Deadline.kind == DeadlineKind.MARKS,
                Deadline.at < now,
            )
        )
    )

"""Marks of the term as files: read, judged, applied and undone like every other file."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.queries import people_tied_to
from exam_centre.accounts.rules import ONESELF
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate
from exam_centre.entries.queries import candidates_in_reach
from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service import imports
from exam_centre.entries.service.imports.cells import Line, WrongCell
from exam_centre.entries.service.imports.columns import columns
from exam_centre.kernel import audit
from exam_centre.kernel.database import pieces
from exam_centre.kernel.errors import ConflictOfInterest
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking.models import FormativeMark
from exam_centre.marking.rules import BY_MARKERS, MarkStatus, number_or_status, read_mark
from exam_centre.marking.rules.statuses import STATUS_WORDS
from exam_centre.marking.service.formative import keep_versions
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course

DECIMALS = 2
WORDS = {word: status for word, status in STATUS_WORDS.items() if status in BY_MARKERS}


@dataclass(frozen=True)
class Earned:
    """What a candidate earned in one course; the same that `record_formative` takes."""

    candidate: Candidate
    course: Course
    score: Decimal | None
    status: MarkStatus | None
    source: str
    dated: date

    def words(self) -> tuple[Decimal | None, MarkStatus | None, str, date]:
        """Return what the mark says, apart from whose it is."""
        return self.score, self.status, self.source, self.dated


def record_all_formative(
    session: Session,
    actor: Actor,
    series: Series,
    marks: Sequence[Earned],
    *,
    reason: str = "",
    now: datetime,
) -> list[FormativeMark]:
    """Keep many marks of the term, by the same rules as `record_formative`; all or none.

    reason  why those that stand already are replaced; a file gives none.
    Returns the marks in order. Raises WrongMark, ConflictOfInterest.
    """
    _require_over(session, actor, series.id, [mark.candidate for mark in marks])
    ties = ties_of(session, actor)
    known = marks_of(session, series, [mark.candidate.id for mark in marks])
    replaced = [
        row
        for mark in marks
        if (row := known.get((mark.candidate.id, mark.course.id))) and _words(row) != mark.words()
    ]
    keep_versions(session, actor, replaced, reason=reason, now=now)
    changed = []
    for mark in marks:
        number_or_status(mark.score, mark.status)
        if mark.candidate.person_id in ties:
            raise ConflictOfInterest(ties[mark.candidate.person_id])
        key = (mark.candidate.id, mark.course.id)
        row = known.get(key)
        if row is not None and _words(row) == mark.words():
            continue
        if row is None:
            row = known[key] = FormativeMark(
                candidate_id=mark.candidate.id, course_id=mark.course.id, series_id=series.id
            )
            session.add(row)
        row.score, row.status, row.source, row.dated = mark.words()
        changed.append(row)
    audit.record_all(session, actor, "marking.formative_recorded", changed, now, reason=reason)
    return [known[mark.candidate.id, mark.course.id] for mark in marks]


def take_back_formative(
    session: Session, actor: Actor, marks: Sequence[FormativeMark], *, reason: str, now: datetime
) -> None:
    """Take back marks of the term that a file brought by mistake; what they said is kept."""
    ids = [mark.candidate_id for mark in marks]
    candidates = [
        candidate
        for piece in pieces(ids)
        for candidate in session.scalars(select(Candidate).where(Candidate.id.in_(piece)))
    ]
    for series_id in {mark.series_id for mark in marks}:
        _require_over(session, actor, series_id, candidates)
    keep_versions(session, actor, marks, reason=reason, now=now)
    audit.record_all(session, actor, "marking.formative_taken_back", marks, now, reason=reason)
    for mark in marks:
        session.delete(mark)
    session.flush()


def marks_of(
    session: Session, series: Series, candidate_ids: Iterable[int]
) -> dict[tuple[int, int], FormativeMark]:
    """Return {(candidate id, course id): the mark of the term} in one series."""
    return {
        (mark.candidate_id, mark.course_id): mark
        for piece in pieces(candidate_ids)
        for mark in session.scalars(
            select(FormativeMark).where(
                FormativeMark.series_id == series.id, FormativeMark.candidate_id.in_(piece)
            )
        )
    }


@dataclass(frozen=True)
class Term:
    """Whom and what the file's rows may speak of, and which marks there are."""

    candidates: dict[str, Candidate]
    courses: dict[str, Course]
    marks: dict[tuple[int, int], FormativeMark]
    ties: Mapping[int, Sentence]


class FormativeImporter(imports.RowByRow[Term, Earned]):
    """Marks of the term. A cell of its own says why there is none."""

    kind = ImportKind.FORMATIVE_MARKS
    permission = Permission.RUN_MARKING
    columns = columns("person_no", "course", "source", "date", optional=("score", "status"))
    needs_series = True
    example = ("2632000001", "C1040A", "学习平台", "2026-11-30", "77", "")

    def look(self, setting: imports.Setting, lines: Sequence[Line]) -> Term:
        """Fetch the candidates, courses and marks that the lines name."""
        assert setting.series is not None
        session = setting.session
        numbers = {line.cells["person_no"].text.strip() for line in lines}
        candidates = candidates_in_reach(session, setting.actor, Permission.RUN_MARKING, numbers)
        return Term(
            candidates,
            {course.code: course for course in session.scalars(select(Course))},
            marks_of(session, setting.series, [each.id for each in candidates.values()]),
            ties_of(session, setting.actor),
        )

    def read(self, world: Term, line: Line) -> Earned:
        """Return the mark a row speaks of: a number, or the reason why there is none."""
        candidate = line.known("person_no", world.candidates, say("candidate"))
        course = line.known("course", world.courses, say("course"))
        score, status = line.text("score"), line.text("status")
        if bool(score) == bool(status):
            raise WrongCell("score", say("Give a mark or the reason why there is none, not both."))
        return Earned(
            candidate,
            course,
            line.parsed("score", lambda text: read_mark(text, DECIMALS)) if score else None,
            line.chosen("status", WORDS) if status else None,
            line.needed("source"),
            line.day("date"),
        )

    def keys(self, facts: Earned) -> Iterable[tuple[str, Hashable]]:
        """A candidate has one mark of the term in a course."""
        return [("course", (facts.candidate.id, facts.course.id))]

    def compare(self, world: Term, facts: Earned) -> RowVerdict:
        """Return what the row would do."""
        if facts.candidate.person_id in world.ties:
            tie = world.ties[facts.candidate.person_id]
            raise WrongCell("person_no", ConflictOfInterest(tie).sentence)
        known = world.marks.get((facts.candidate.id, facts.course.id))
        if known is None:
            return RowVerdict.NEW
        return RowVerdict.SAME if _words(known) == facts.words() else RowVerdict.CHANGED

    def apply(
        self,
        setting: imports.Setting,
        rows: Sequence[imports.Judged],
        progress: imports.Progress,
    ) -> None:
        """Record new marks and replace those that differ."""
        assert setting.series is not None
        ids = [row.facts.candidate.id for row in rows]
        known = marks_of(setting.session, setting.series, ids)
        for row in rows:
            mark = known.get((row.facts.candidate.id, row.facts.course.id))
            if mark is not None:
                row.before = {
                    "candidate": mark.candidate_id,
                    "course": mark.course_id,
                    "score": str(mark.score) if mark.score is not None else None,
                    "status": mark.status.value if mark.status is not None else None,
                    "source": mark.source,
                    "dated": mark.dated.isoformat(),
                }
        marks = record_all_formative(
            setting.session,
            setting.actor,
            setting.series,
            [row.facts for row in rows],
            now=setting.now,
        )
        for row, mark in zip(rows, marks, strict=True):
            if not row.before:
                row.makes(mark)
        progress(len(rows), len(rows))

    def restore(
        self, setting: imports.Setting, rows: Sequence[imports.Restored], reason: str
    ) -> None:
        """Give candidates the marks they had."""
        assert setting.series is not None
        marks = [
            Earned(
                setting.session.get_one(Candidate, row.before["candidate"]),
                setting.session.get_one(Course, row.before["course"]),
                Decimal(row.before["score"]) if row.before["score"] is not None else None,
                MarkStatus(row.before["status"]) if row.before["status"] is not None else None,
                row.before["source"],
                date.fromisoformat(row.before["dated"]),
            )
            for row in rows
        ]
        record_all_formative(setting.session, setting.actor, setting.series, marks, now=setting.now)


def _words(mark: FormativeMark) -> tuple[Decimal | None, MarkStatus | None, str, date]:
    return mark.score, mark.status, mark.source, mark.dated


def ties_of(session: Session, actor: Actor) -> dict[int, Sentence]:
    """Return whom the actor may record nothing about, and why: their relatives, and themselves."""
    human = actor.human()
    return people_tied_to(session, human) | {human: ONESELF}


def _require_over(
    session: Session, actor: Actor, series_id: int, candidates: Sequence[Candidate]
) -> None:
    units = {candidate.unit_id for candidate in candidates}
    for path in session.scalars(select(Unit.path).where(Unit.id.in_(units))):
        actor.require(Permission.RUN_MARKING, Place(path, series_id=series_id))


imports.declare(FormativeImporter())
imports.own("formative_marks", FormativeMark, take_back_formative)

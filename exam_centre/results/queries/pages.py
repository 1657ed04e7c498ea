"""What the pages of results list: series, outcomes, samples, batches and corrections in reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.queries import names_of
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import deadline_of
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.jobs import Job
from exam_centre.kernel.permissions import ROLE_PERMISSIONS, Actor, Permission, within
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course
from exam_centre.results.models import (
    Correction,
    Outcome,
    ReleaseBatch,
    ReleaseLine,
    ReviewSample,
)
from exam_centre.results.queries.outcomes import SEES_RESULTS, STANDING
from exam_centre.results.queries.release import SEES_BATCHES
from exam_centre.results.rules import BatchStatus, CorrectionStatus, OutcomeStatus, Verdict

OPEN_CORRECTIONS = (CorrectionStatus.FILED, CorrectionStatus.DECIDED)
BAND = 10  # points of one column of the distribution; the last one holds 100 too
BANDS = 10


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome with whose it is and for which course."""

    outcome: Outcome
    person_no: str
    name: str
    course_code: str
    course_name: str


@dataclass(frozen=True)
class Wanted:
    """What a list of outcomes is narrowed to; nothing is narrowed by None and ""."""

    status: OutcomeStatus | None = None
    verdict: Verdict | None = None
    text: str = ""  # in a student number, a name, a course's code or name


@dataclass(frozen=True)
class Band:
    """One column of the distribution: scores from `low` up to the next one."""

    low: int
    passed: int
    failed: int

    @property
    def count(self) -> int:
        """All outcomes in it."""
        return self.passed + self.failed


@dataclass(frozen=True)
class SampleRow:
    """One outcome drawn for review, with what was found."""

    sample: ReviewSample
    row: OutcomeRow


@dataclass(frozen=True)
class CorrectionRow:
    """One correction with what it is about and who asked."""

    correction: Correction
    row: OutcomeRow
    asked_by: str


def series_for(session: Session, actor: Actor, permissions: Sequence[Permission]) -> list[Series]:
    """Return the series that touch a unit where the actor holds one of `permissions`."""
    wanted = frozenset(permissions)
    reaches = [
        grant
        for grant in actor.grants
        if wanted & ROLE_PERMISSIONS[grant.role] and grant.venue_id is None
    ]
    rows = session.execute(
        select(Series, Unit.path).join(Unit, Unit.id == Series.unit_id).order_by(Series.id.desc())
    )
    return [
        series
        for series, path in rows
        if any(
            (path.startswith(grant.unit_path) or grant.unit_path.startswith(path))
            and grant.series_id in (None, series.id)
            for grant in reaches
        )
    ]


def counts_by_status(
    session: Session, actor: Actor, series_ids: Sequence[int]
) -> dict[int, dict[OutcomeStatus, int]]:
    """Return series id -> status -> how many outcomes within the actor's reach stand there."""
    statement = (
        _reached(select(Outcome.series_id, Outcome.status, func.count().label("many")), actor)
        .where(Outcome.series_id.in_(series_ids))
        .group_by(Outcome.series_id, Outcome.status)
    )
    counts: dict[int, dict[OutcomeStatus, int]] = {key: {} for key in series_ids}
    for row in session.execute(statement):
        counts[row.series_id][row.status] = row.many
    return counts


def outcomes_of_series(
    session: Session, actor: Actor, series_id: int, wanted: Wanted, *, limit: int, offset: int = 0
) -> tuple[list[OutcomeRow], int]:
    """Return a page of a series' outcomes in reach and how many there are in all."""
    conditions: list[ColumnElement[bool]] = [Outcome.series_id == series_id]
    if wanted.status is not None:
        conditions.append(Outcome.status == wanted.status)
    else:
        conditions.append(Outcome.status != OutcomeStatus.SUPERSEDED)
    if wanted.verdict is not None:
        conditions.append(Outcome.verdict == wanted.verdict)
    if wanted.text:
        conditions.append(
            or_(
                Candidate.person_no.contains(wanted.text, autoescape=True),
                Person.name.contains(wanted.text, autoescape=True),
                Course.code.contains(wanted.text, autoescape=True),
                Course.name.contains(wanted.text, autoescape=True),
            )
        )
    total = session.scalar(_reached(select(func.count(Outcome.id)), actor).where(*conditions)) or 0
    page = (
        _rows(actor)
        .where(*conditions)
        .order_by(Course.code, Candidate.person_no, Outcome.number.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_row(row) for row in session.execute(page)], total


def rows_of(session: Session, actor: Actor, outcome_ids: Sequence[int]) -> dict[int, OutcomeRow]:
    """Return outcome id -> its row, of those within the actor's reach."""
    found = session.execute(_rows(actor).where(Outcome.id.in_(outcome_ids)))
    return {row.Outcome.id: _row(row) for row in found}


def row_of_outcome(session: Session, outcome: Outcome) -> OutcomeRow:
    """Return whose an outcome is; whoever holds the outcome may know."""
    return _row(session.execute(_plain_rows().where(Outcome.id == outcome.id)).one())


def outcomes_of_person(session: Session, person_id: int) -> list[OutcomeRow]:
    """Return what is released to a person, the newest series first, then by course."""
    found = (
        _plain_rows()
        .where(Candidate.person_id == person_id, Outcome.status == OutcomeStatus.RELEASED)
        .order_by(Outcome.series_id.desc(), Course.code)
    )
    return [_row(row) for row in session.execute(found)]


def distribution(session: Session, actor: Actor, series_id: int) -> list[Band]:
    """Return how the scores of standing outcomes fall, in ten columns of ten points."""
    statement = (
        _reached(select(Outcome.score, Outcome.verdict, func.count().label("many")), actor)
        .where(
            Outcome.series_id == series_id,
            Outcome.status.in_(STANDING),
            Outcome.score.is_not(None),
        )
        .group_by(Outcome.score, Outcome.verdict)
    )
    passed, failed = [0] * BANDS, [0] * BANDS
    for row in session.execute(statement):
        place = min(int(Decimal(row.score)) // BAND, BANDS - 1)
        side = passed if row.verdict is Verdict.PASSED else failed
        side[place] += row.many
    return [Band(n * BAND, passed[n], failed[n]) for n in range(BANDS)]


def samples_of(session: Session, actor: Actor, series_id: int) -> list[SampleRow]:
    """Return what was drawn for review in a series, unread ones first."""
    statement = (
        _rows(actor, ReviewSample)
        .join(ReviewSample, ReviewSample.outcome_id == Outcome.id)
        .where(Outcome.series_id == series_id)
        .order_by(ReviewSample.agrees.is_not(None), ReviewSample.id)
    )
    return [SampleRow(row.ReviewSample, _row(row)) for row in session.execute(statement)]


def find_sample(session: Session, outcome: Outcome, tier: str) -> ReviewSample | None:
    """Return the sample of an outcome on one level, or None where it was not drawn."""
    return session.scalar(
        select(ReviewSample).where(ReviewSample.outcome_id == outcome.id, ReviewSample.tier == tier)
    )


def batches_of(session: Session, actor: Actor, series_id: int) -> list[tuple[ReleaseBatch, int]]:
    """Return the series' batches in reach with how many outcomes each holds, newest first."""
    size = (
        select(func.count(ReleaseLine.id))
        .where(ReleaseLine.batch_id == ReleaseBatch.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ReleaseBatch, size.label("size"))
        .join(Series, Series.id == ReleaseBatch.series_id)
        .join(Unit, Unit.id == Series.unit_id)
        .where(
            ReleaseBatch.series_id == series_id,
            within(actor, SEES_BATCHES, unit_path=Unit.path, series_id=Series.id),
        )
        .order_by(ReleaseBatch.id.desc())
    )
    return [(row.ReleaseBatch, row.size) for row in rows]


def corrections_in_reach(
    session: Session, actor: Actor, *, limit: int, offset: int = 0
) -> tuple[list[CorrectionRow], int]:
    """Return a page of corrections in reach, open ones first, and how many there are in all."""
    counted = _reached(select(func.count(Correction.id)), actor)
    total = session.scalar(counted.join(Correction, Correction.outcome_id == Outcome.id)) or 0
    statement = (
        _rows(actor, Correction)
        .join(Correction, Correction.outcome_id == Outcome.id)
        .order_by(Correction.status.not_in(OPEN_CORRECTIONS), Correction.id.desc())
        .limit(limit)
        .offset(offset)
    )
    rows = session.execute(statement).all()
    asked = {row.Correction.asked_by_id for row in rows}
    names = names_of(session, asked)
    return [
        CorrectionRow(row.Correction, _row(row), names[row.Correction.asked_by_id]) for row in rows
    ], total


def corrections_of(session: Session, entry_course_id: int) -> list[Correction]:
    """Return every correction of an entry course's outcome, oldest first."""
    statement = (
        select(Correction)
        .join(Outcome, Outcome.id == Correction.outcome_id)
        .where(Outcome.entry_course_id == entry_course_id)
    )
    return list(session.scalars(statement.order_by(Correction.id)))


def open_appeals(session: Session, outcome_ids: Sequence[int]) -> set[int]:
    """Return those of the outcomes for which a correction is under way."""
    return set(
        session.scalars(
            select(Correction.outcome_id).where(
                Correction.outcome_id.in_(outcome_ids), Correction.status.in_(OPEN_CORRECTIONS)
            )
        )
    )


def ready_for_batch(session: Session, series_id: int) -> list[Outcome]:
    """Return the computed outcomes of a series that no live batch holds."""
    taken = (
        select(ReleaseLine.outcome_id)
        .join(ReleaseBatch, ReleaseBatch.id == ReleaseLine.batch_id)
        .where(ReleaseBatch.status != BatchStatus.DISCARDED)
    )
    wanted = select(Outcome).where(
        Outcome.series_id == series_id,
        Outcome.status == OutcomeStatus.COMPUTED,
        Outcome.id.not_in(taken),
    )
    return list(session.scalars(wanted.order_by(Outcome.id)))


def batch_of(session: Session, outcome: Outcome) -> ReleaseBatch | None:
    """Return the batch that released an outcome, or None before its release."""
    return session.scalar(
        select(ReleaseBatch)
        .join(ReleaseLine, ReleaseLine.batch_id == ReleaseBatch.id)
        .where(ReleaseLine.outcome_id == outcome.id, ReleaseBatch.released_at.is_not(None))
    )


def courses_in(session: Session, batch: ReleaseBatch) -> list[tuple[str, str, int]]:
    """Return (code, name, outcomes) of every course in a batch, by code."""
    rows = session.execute(
        select(Course.code, Course.name, func.count(Outcome.id))
        .join(EntryCourse, EntryCourse.course_id == Course.id)
        .join(Outcome, Outcome.entry_course_id == EntryCourse.id)
        .join(ReleaseLine, ReleaseLine.outcome_id == Outcome.id)
        .where(ReleaseLine.batch_id == batch.id)
        .group_by(Course.code, Course.name)
        .order_by(Course.code)
    )
    return [(code, name, count) for code, name, count in rows]


def series_of_batch(session: Session, batch: ReleaseBatch) -> Series:
    """Return the series a batch is of."""
    return session.get_one(Series, batch.series_id)


def series_of(session: Session, outcome: Outcome) -> Series:
    """Return the series an outcome is of."""
    return session.get_one(Series, outcome.series_id)


def outcome_of(session: Session, correction: Correction) -> Outcome:
    """Return the released outcome a correction is about."""
    return session.get_one(Outcome, correction.outcome_id)


def version_after(session: Session, correction: Correction) -> Outcome | None:
    """Return the version a correction brought about, or None before it is applied."""
    if correction.new_outcome_id is None:
        return None
    return session.get_one(Outcome, correction.new_outcome_id)


def appeals_until(session: Session, series_id: int) -> datetime | None:
    """Return the last moment for an appeal, or None where the series sets none."""
    return deadline_of(session, series_id, DeadlineKind.APPEALS)


def latest_job(session: Session, kind: str, key: str, value: object) -> Job | None:
    """Return the newest job of a kind whose argument `key` is `value`, or None."""
    newest = select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(50)
    return next((row for row in session.scalars(newest) if row.arguments.get(key) == value), None)


def _rows(actor: Actor, *more: Any) -> Select[*tuple[Any, ...]]:
    return _reached(_columns(*more), actor)


def _plain_rows() -> Select[*tuple[Any, ...]]:
    return _joined(_columns())


def _columns(*more: Any) -> Select[*tuple[Any, ...]]:
    return select(
        Outcome,
        Candidate.person_no,
        Person.name,
        Course.code.label("course_code"),
        Course.name.label("course_name"),
        *more,
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Outcome)
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Course, Course.id == EntryCourse.course_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
    )


def _reached(statement: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    scope = within(actor, SEES_RESULTS, unit_path=Unit.path, series_id=Entry.series_id)
    return _joined(statement).where(scope)


def _row(row: Any) -> OutcomeRow:
    return OutcomeRow(row.Outcome, row.person_no, row.name, row.course_code, row.course_name)

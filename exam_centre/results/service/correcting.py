"""Corrections and appeals: asked for, examined, decided by another human, applied as a version."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie, notify, other_human
from exam_centre.calendar.models import Deadline
from exam_centre.calendar.queries import rules_of
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries.models import EntryCourse
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking.rules import within_full
from exam_centre.papers.models import Course
from exam_centre.results.models import Correction, Outcome
from exam_centre.results.queries import (
    IN_WORK,
    Gathered,
    Line,
    gather,
    involved_in,
    latest_of,
    lines_of,
    with_correction,
)
from exam_centre.results.rules import (
    AppealTooLate,
    AppealWouldLower,
    ChangesNothing,
    Composite,
    CorrectionIncomplete,
    CorrectionOpen,
    CorrectionStatus,
    MarkedItself,
    NoSuchPart,
    NotReleased,
    OutcomeStatus,
    VersionInWork,
)
from exam_centre.results.service.composing import composite_of, write_version
from exam_centre.theses.queries import place_of_entry


def file_correction(
    session: Session,
    actor: Actor,
    outcome: Outcome,
    *,
    final_score: Decimal | None = None,
    formative_score: Decimal | None = None,
    reason: str,
    evidence: str,
    is_appeal: bool = False,
    now: datetime,
) -> Correction:
    """Ask for a released outcome to be changed; the candidate may appeal, without numbers.

    final_score, formative_score  as the part should be; None: nothing to change in it. Neither is
    needed where something else changed since the release, such as a decided offence case.
    Raises NotReleased, CorrectionIncomplete, CorrectionOpen, NoSuchPart, AppealTooLate, WrongMark.
    """
    own = actor.human() in involved_in(session, [outcome.id]).candidates
    if own:
        actor.require(Permission.SEE_OWN)
        is_appeal, final_score, formative_score = True, None, None
    else:
        _require(session, actor, outcome)
    if outcome.status is not OutcomeStatus.RELEASED:
        raise NotReleased
    if not reason.strip() or not (is_appeal or evidence.strip()):
        raise CorrectionIncomplete
    if is_appeal:
        _ensure_in_time(session, outcome, now)
    if _is_open(session, outcome):
        raise CorrectionOpen
    correction = Correction(
        outcome_id=outcome.id,
        is_appeal=is_appeal,
        reason=reason,
        evidence=evidence,
        asked_by_id=actor.human(),
    )
    _put_scores(session, outcome, correction, final_score, formative_score)
    session.add(correction)
    audit.record(session, actor, "results.correction_filed", correction, now, reason=reason)
    return correction


def examine_correction(
    session: Session,
    actor: Actor,
    correction: Correction,
    *,
    final_score: Decimal | None = None,
    formative_score: Decimal | None = None,
    evidence: str,
    now: datetime,
) -> Correction:
    """Keep what looking again gave, as somebody who did not mark the work.

    Raises CorrectionIncomplete without evidence, NoSuchPart, MarkedItself, ConflictOfInterest, and
    IllegalMove once it is decided.
    """
    outcome = session.get_one(Outcome, correction.outcome_id)
    _require(session, actor, outcome)
    correction.flow.check(correction.status, CorrectionStatus.DECIDED)
    if not evidence.strip():
        raise CorrectionIncomplete
    _ensure_apart(session, actor.human(), outcome)
    _put_scores(session, outcome, correction, final_score, formative_score)
    correction.evidence, correction.examined_by_id = evidence, actor.human()
    audit.record(session, actor, "results.correction_examined", correction, now)
    return correction


def decide_correction(
    session: Session, actor: Actor, correction: Correction, *, approve: bool, now: datetime
) -> Correction:
    """Decide as another human than who asked and who examined; the candidate is told.

    Raises SamePerson, MarkedItself, ConflictOfInterest, ChangesNothing, and AppealWouldLower where
    the rules keep an appeal from lowering a score.
    """
    outcome = session.get_one(Outcome, correction.outcome_id)
    _require(session, actor, outcome)
    human = other_human(session, actor, correction.asked_by_id, correction.examined_by_id)
    _ensure_apart(session, human, outcome)
    correction.flow.check(correction.status, CorrectionStatus.DECIDED)
    if approve:
        _ensure_worth_it(session, outcome, correction, now)
    correction.decided_by_id = human
    correction.move_to(CorrectionStatus.DECIDED if approve else CorrectionStatus.REJECTED)
    course = _course_of(session, outcome)
    _tell(
        session,
        outcome,
        say("The correction of your result in {course} was accepted.", course=course)
        if approve
        else say("The correction of your result in {course} was rejected.", course=course),
        now,
    )
    audit.record(session, actor, "results.correction_decided", correction, now)
    return correction


def apply_correction(
    session: Session, actor: Actor, correction: Correction, *, now: datetime
) -> Outcome:
    """Write the next version of the outcome; a release batch of its own makes it public.

    Raises IllegalMove where it is not decided, VersionInWork, ChangesNothing.
    """
    outcome = session.get_one(Outcome, correction.outcome_id)
    _require(session, actor, outcome)
    if outcome.status is not OutcomeStatus.RELEASED:
        raise NotReleased
    latest = latest_of(session, [outcome.entry_course_id])[outcome.entry_course_id]
    if latest.status in IN_WORK:
        raise VersionInWork
    correction.move_to(CorrectionStatus.APPLIED)
    session.flush()
    line, gathered = _gather(session, outcome, now)
    version = write_version(
        session, actor, line, gathered, latest, reason=correction.reason, now=now
    )
    if version is None:
        raise ChangesNothing
    correction.new_outcome_id = version.id
    audit.record(session, actor, "results.correction_applied", correction, now)
    return version


def _require(session: Session, actor: Actor, outcome: Outcome) -> None:
    entry_id = session.get_one(EntryCourse, outcome.entry_course_id).entry_id
    actor.require(Permission.CORRECT_RESULTS, place_of_entry(session, entry_id))


def _ensure_apart(session: Session, human: int, outcome: Outcome) -> None:
    involved = involved_in(session, [outcome.id])
    if human in involved.markers:
        raise MarkedItself
    ensure_no_tie(session, human, involved.candidates)


def _ensure_in_time(session: Session, outcome: Outcome, now: datetime) -> None:
    until = session.scalar(
        select(Deadline.at).where(
            Deadline.series_id == outcome.series_id, Deadline.kind == DeadlineKind.APPEALS
        )
    )
    if until is not None and now > until:
        raise AppealTooLate(until)


def _is_open(session: Session, outcome: Outcome) -> bool:
    wanted = select(Correction.id).where(
        Correction.outcome_id == outcome.id,
        Correction.status.in_((CorrectionStatus.FILED, CorrectionStatus.DECIDED)),
    )
    return session.scalar(wanted) is not None


def _put_scores(
    session: Session,
    outcome: Outcome,
    correction: Correction,
    final_score: Decimal | None,
    formative_score: Decimal | None,
) -> None:
    percent = lines_of(session, [outcome.entry_course_id])[
        outcome.entry_course_id
    ].scheme.formative_percent
    has_final = percent < 100 and outcome.parts.get("final") is not None
    if final_score is not None and not has_final:
        raise NoSuchPart
    if formative_score is not None and percent == 0:
        raise NoSuchPart
    correction.final_score = None if final_score is None else within_full(final_score)
    correction.formative_score = None if formative_score is None else within_full(formative_score)


def _ensure_worth_it(
    session: Session, outcome: Outcome, correction: Correction, now: datetime
) -> None:
    line, gathered = _gather(session, outcome, now)
    if gathered.parts is not None:
        parts = with_correction(gathered.parts, correction)
        gathered = Gathered(parts, None)
    composite = composite_of(line, gathered)
    if composite is None or (composite.score, composite.verdict) == (
        outcome.score,
        outcome.verdict,
    ):
        raise ChangesNothing
    allowed = rules_of(session, outcome.series_id).appeals_may_lower
    if correction.is_appeal and not allowed and _lowers(outcome, composite):
        raise AppealWouldLower(str(outcome.score), str(composite.score or composite.verdict.value))


def _lowers(outcome: Outcome, composite: Composite) -> bool:
    if outcome.score is None:
        return False
    return composite.score is None or composite.score < outcome.score


def _gather(session: Session, outcome: Outcome, now: datetime) -> tuple[Line, Gathered]:
    line = lines_of(session, [outcome.entry_course_id])[outcome.entry_course_id]
    return line, gather(session, [line], now)[line.entry_course_id]


def _course_of(session: Session, outcome: Outcome) -> str:
    wanted = select(Course.name).join(EntryCourse, EntryCourse.course_id == Course.id)
    return session.scalars(wanted.where(EntryCourse.id == outcome.entry_course_id)).one()


def _tell(session: Session, outcome: Outcome, sentence: Sentence, now: datetime) -> None:
    for person_id in involved_in(session, [outcome.id]).candidates:
        notify(session, person_id, sentence, now)

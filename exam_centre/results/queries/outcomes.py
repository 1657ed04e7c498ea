"""Outcomes: who may see which, their versions, and which courses still wait for one."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.laws import Law, Row
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Unit
from exam_centre.results.models import Correction, Outcome, OutcomeIdentity
from exam_centre.results.queries.parts import gather, lines_of
from exam_centre.results.rules import OutcomeStatus, portions, sentence_of

IN_WORK = (OutcomeStatus.COMPUTED, OutcomeStatus.HELD, OutcomeStatus.APPROVED)
STANDING = (*IN_WORK, OutcomeStatus.RELEASED)
PUBLIC = (OutcomeStatus.RELEASED, OutcomeStatus.CORRECTED)
SEES_RESULTS = (
    Permission.COMPUTE_OUTCOMES,
    Permission.APPROVE_RESULTS,
    Permission.RELEASE_RESULTS,
    Permission.CORRECT_RESULTS,
)


@dataclass(frozen=True)
class Waiting:
    """One entry course without an outcome, and the part it waits for."""

    entry_course_id: int
    entry_id: int
    text: Sentence


def access_outcome(session: Session, actor: Actor, token: str) -> Outcome:
    """Return an outcome within the actor's scope, or one's own once released; else NotFound."""
    own = (Candidate.person_id == actor.person_id) & Outcome.status.in_(PUBLIC)
    scope = within(actor, SEES_RESULTS, unit_path=Unit.path, series_id=Entry.series_id)
    outcome = session.scalar(
        select(Outcome)
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(Outcome.token == token, or_(own, scope))
    )
    if outcome is None:
        raise NotFound(say("outcome"))
    return outcome


def access_correction(session: Session, actor: Actor, token: str) -> Correction:
    """Return a correction within the actor's scope, or of one's own outcome; else NotFound."""
    scope = within(actor, SEES_RESULTS, unit_path=Unit.path, series_id=Entry.series_id)
    correction = session.scalar(
        select(Correction)
        .join(Outcome, Outcome.id == Correction.outcome_id)
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(Correction.token == token, or_(Candidate.person_id == actor.person_id, scope))
    )
    if correction is None:
        raise NotFound(say("correction"))
    return correction


def released_to(session: Session, person_id: int) -> list[Outcome]:
    """Return what is released to a person in all series, by course."""
    wanted = (
        select(Outcome)
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .where(Candidate.person_id == person_id, Outcome.status == OutcomeStatus.RELEASED)
    )
    return list(session.scalars(wanted.order_by(Outcome.entry_course_id)))


def released_of(session: Session, entry_course_id: int) -> Outcome | None:
    """Return the released version of an entry course's outcome, or None."""
    return session.scalar(
        select(Outcome).where(
            Outcome.entry_course_id == entry_course_id, Outcome.status == OutcomeStatus.RELEASED
        )
    )


def stable_id_of(session: Session, entry_course_id: int) -> str:
    """Return the name the world knows an entry course's outcome by, whatever its version."""
    return session.get_one(OutcomeIdentity, entry_course_id).stable_id


def stable_ids_of(session: Session, entry_course_ids: Collection[int]) -> dict[str, int]:
    """Return stable id -> entry course id."""
    names: dict[str, int] = {}
    for some in portions(entry_course_ids):
        wanted = select(OutcomeIdentity).where(OutcomeIdentity.entry_course_id.in_(some))
        names |= {row.stable_id: row.entry_course_id for row in session.scalars(wanted)}
    return names


def history(session: Session, entry_course_id: int) -> list[Outcome]:
    """Return every version of an entry course's outcome, the first one first."""
    wanted = select(Outcome).where(Outcome.entry_course_id == entry_course_id)
    return list(session.scalars(wanted.order_by(Outcome.number)))


def latest_of(session: Session, entry_course_ids: Collection[int]) -> dict[int, Outcome]:
    """Return entry course id -> the version with the highest number."""
    wanted = select(Outcome).where(Outcome.entry_course_id.in_(entry_course_ids))
    return {
        outcome.entry_course_id: outcome
        for outcome in session.scalars(wanted.order_by(Outcome.number))
    }


def in_work(session: Session, series_id: int) -> list[Outcome]:
    """Return the outcomes of a series that are on their way to a release."""
    wanted = select(Outcome).where(Outcome.series_id == series_id, Outcome.status.in_(IN_WORK))
    return list(session.scalars(wanted.order_by(Outcome.id)))


def explanation_of(outcome: Outcome) -> Sentence:
    """Return the sentence that explains an outcome."""
    return sentence_of(outcome.explanation, outcome.facts)


def entry_courses_of(session: Session, series_id: int) -> list[EntryCourse]:
    """Return the courses of a series' confirmed entries: an outcome is due for each."""
    wanted = (
        select(EntryCourse)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .where(Entry.series_id == series_id, Entry.status == EntryStatus.CONFIRMED)
    )
    return list(session.scalars(wanted.order_by(EntryCourse.id)))


def waiting(session: Session, series_id: int) -> list[Waiting]:
    """Return the entry courses that have no outcome, each with the part it waits for."""
    without = [key for key, _ in _without_outcome(session, series_id)]
    found = []
    for some in portions(without):
        lines = lines_of(session, some)
        gathered = gather(session, list(lines.values()), None)
        for key, line in lines.items():
            text = gathered[key].missing or say("All parts are there. Compute the outcomes.")
            found.append(Waiting(key, line.entry_id, text))
    return found


def law_outcomes(session: Session, series_id: int) -> Law:
    """Law 7: outcomes are the entry courses of confirmed entries, one to one."""
    due = len(entry_courses_of(session, series_id))
    without = _without_outcome(session, series_id)
    return Law(
        name="outcomes_are_entry_courses",
        left_text=say("Outcomes"),
        right_text=say("Courses of confirmed entries"),
        left=due - len(without),
        right=due,
        rows=tuple(
            Row(f"entry_courses:{key}", say("Entry {entry} has no outcome yet.", entry=entry))
            for key, entry in without
        ),
    )


def _without_outcome(session: Session, series_id: int) -> list[tuple[int, int]]:
    """Return (entry course id, entry id) of what is due and has no standing version."""
    standing = select(Outcome.entry_course_id).where(
        Outcome.series_id == series_id, Outcome.status.in_(STANDING)
    )
    rows = session.execute(
        select(EntryCourse.id, EntryCourse.entry_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .where(
            Entry.series_id == series_id,
            Entry.status == EntryStatus.CONFIRMED,
            EntryCourse.id.not_in(standing),
        )
        .order_by(EntryCourse.id)
    )
    return [(course_id, entry_id) for course_id, entry_id in rows]

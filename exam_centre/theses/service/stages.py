"""A thesis from its topic to its defence: guidance, similarity, panel, marks."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.service import ensure_no_tie, notify
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.theses.models import (
    PanelMember,
    Thesis,
    ThesisMark,
    ThesisRecord,
    ThesisTopic,
)
from exam_centre.theses.queries import (
    candidate_of,
    marks_of,
    panel_of,
    place_of_entry,
    result_of,
    topics_of,
)
from exam_centre.theses.rules import (
    ASSESSORS,
    SIMILARITY_LIMIT,
    WRITING,
    AlreadyMarked,
    NotAThesis,
    NotOnThePanel,
    NotTheSupervisor,
    PanelRole,
    PanelSeated,
    PanelUnfinished,
    ThesisBegun,
    ThesisStatus,
    TopicStands,
    TopicStatus,
    UnsoundPanel,
    WrongPercent,
    WrongScore,
    WrongStage,
    is_of_hundred,
    panel_is_sound,
)


def begin(
    session: Session,
    actor: Actor,
    entry: Entry,
    *,
    title: str,
    supervisor: Person,
    at_work: bool = True,
    now: datetime,
) -> Thesis:
    """Begin the thesis of a confirmed entry by the office, with the title that was agreed.

    at_work  whether it is about the person's own workplace.
    Raises NotAThesis, ThesisBegun, UnsoundPanel, TopicStands.
    """
    actor.require(Permission.RUN_MARKING, place_of_entry(session, entry.id))
    ensure_can_begin(session, entry)
    if any(topic.status is TopicStatus.PROPOSED for topic in _topics(session, entry)):
        raise TopicStands
    if session.get_one(Candidate, entry.candidate_id).person_id == supervisor.id:
        raise UnsoundPanel
    return open_thesis(
        session, actor, entry, title=title, supervisor=supervisor, at_work=at_work, now=now
    )


def ensure_can_begin(session: Session, entry: Entry) -> None:
    """Raise unless a thesis is written for this entry and has not begun.

    Raises NotAThesis, ThesisBegun.
    """
    paper = session.get_one(Paper, entry.paper_id)
    if paper.mode is not Mode.THESIS or entry.status is not EntryStatus.CONFIRMED:
        raise NotAThesis
    if session.scalar(select(Thesis.id).where(Thesis.entry_id == entry.id)) is not None:
        raise ThesisBegun


def open_thesis(
    session: Session,
    actor: Actor,
    entry: Entry,
    *,
    title: str,
    supervisor: Person,
    at_work: bool,
    now: datetime,
) -> Thesis:
    """Open the thesis and tell who writes it; for acts that have asked what there is to ask."""
    thesis = Thesis(entry_id=entry.id, title=title, at_work=at_work, supervisor_id=supervisor.id)
    session.add(thesis)
    audit.record(session, actor, "theses.begun", thesis, now)
    begun = say("Your thesis has begun; {name} guides you.", name=supervisor.name)
    _tell(session, thesis, begun, now)
    return thesis


def record_stage(
    session: Session,
    actor: Actor,
    thesis: Thesis,
    *,
    text: str,
    completes: bool = False,
    now: datetime,
) -> ThesisRecord:
    """Keep one guidance by the supervisor in the stage the thesis is at.

    completes  the topic or the proposal is done with this guidance: the next stage begins. So no
               stage passes without a recorded guidance.
    Raises NotTheSupervisor, WrongStage.
    """
    human = _supervisor(session, actor, thesis)
    if thesis.status not in WRITING:
        raise WrongStage(thesis.status)
    record = _keep_record(session, thesis, human, text, now)
    if completes:
        following = WRITING[WRITING.index(thesis.status) + 1 :]
        if not following:
            raise WrongStage(thesis.status)
        thesis.move_to(following[0])
    audit.record(session, actor, "theses.guided", thesis, now)
    told = say("Your supervisor put a guidance on record. Read it under My thesis.")
    _tell(session, thesis, told, now)
    return record


def check_similarity(
    session: Session,
    actor: Actor,
    thesis: Thesis,
    *,
    percent: Decimal,
    text: str = "",
    now: datetime,
) -> Thesis:
    """Keep a similarity report on the draft: within the limit it may be defended.

    percent  0 to 100. Above the limit the thesis stays a draft, to be revised and checked again.
    Raises WrongStage, WrongPercent.
    """
    actor.require(Permission.RUN_MARKING, place_of_entry(session, thesis.entry_id))
    if not is_of_hundred(percent):
        raise WrongPercent(str(percent))
    if thesis.status is not ThesisStatus.DRAFTED:
        raise WrongStage(thesis.status)
    thesis.similarity = percent
    _keep_record(session, thesis, actor.human(), text or f"{percent} %", now)
    if percent <= SIMILARITY_LIMIT:
        thesis.move_to(ThesisStatus.CHECKED)
    audit.record(session, actor, "theses.similarity_checked", thesis, now)
    if percent <= SIMILARITY_LIMIT:
        told = say("Your thesis was compared with other texts and may be defended.")
    else:
        told = say(
            "Your thesis is {percent} per cent similar to other texts; {limit} is the limit. "
            "Revise it with your supervisor.",
            percent=str(percent),
            limit=str(SIMILARITY_LIMIT),
        )
    _tell(session, thesis, told, now)
    return thesis


def seat_panel(
    session: Session,
    actor: Actor,
    thesis: Thesis,
    members: Mapping[Person, PanelRole],
    *,
    now: datetime,
) -> list[PanelMember]:
    """Seat the panel of a defence: one chair, an odd number of assessors, nobody tied.

    Raises WrongStage, PanelSeated, UnsoundPanel, ConflictOfInterest.
    """
    actor.require(Permission.RUN_MARKING, place_of_entry(session, thesis.entry_id))
    if thesis.status not in (ThesisStatus.CHECKED, ThesisStatus.ADVISED):
        raise WrongStage(thesis.status)
    if panel_of(session, thesis):
        raise PanelSeated
    roles = list(members.values())
    assessors = [person for person, role in members.items() if role in ASSESSORS]
    sits_on_own = any(person.id == thesis.supervisor_id for person in members)
    if roles.count(PanelRole.CHAIR) != 1 or not panel_is_sound(len(assessors)) or sits_on_own:
        raise UnsoundPanel
    candidate = candidate_of(session, thesis)
    for person in members:
        ensure_no_tie(session, person.id, [candidate])
    rows = [
        PanelMember(thesis_id=thesis.id, person_id=person.id, role=role)
        for person, role in members.items()
    ]
    session.add_all(rows)
    audit.record(session, actor, "theses.panel_seated", thesis, now)
    told = say("The panel of your defence is seated. Your exam office tells you day and place.")
    _tell(session, thesis, told, now)
    return rows


def mark_thesis(
    session: Session, actor: Actor, thesis: Thesis, *, score: Decimal, now: datetime
) -> ThesisMark:
    """Keep the supervisor's mark, which is then frozen, or after it an assessor's.

    Raises WrongScore, WrongStage, NotOnThePanel, AlreadyMarked, ConflictOfInterest.
    """
    actor.require(Permission.ENTER_MARKS, place_of_entry(session, thesis.entry_id))
    human = actor.human()
    if not is_of_hundred(score):
        raise WrongScore(str(score))
    if human in marks_of(session, thesis):
        raise AlreadyMarked
    advises = human == thesis.supervisor_id
    assessors = {m.person_id for m in panel_of(session, thesis) if m.role in ASSESSORS}
    if not advises and human not in assessors:
        raise NotOnThePanel
    if thesis.status is not (ThesisStatus.CHECKED if advises else ThesisStatus.ADVISED):
        raise WrongStage(thesis.status)
    if not advises:
        ensure_no_tie(session, human, [candidate_of(session, thesis)])
    mark = ThesisMark(thesis_id=thesis.id, marker_id=human, score=score, at=now)
    session.add(mark)
    if advises:
        thesis.move_to(ThesisStatus.ADVISED)
    audit.record(session, actor, "theses.marked", mark, now)
    return mark


def finish(
    session: Session, actor: Actor, thesis: Thesis, *, attended: bool = True, now: datetime
) -> Thesis:
    """Close a thesis after its defence, or one that never reached it.

    attended  False: the candidate did not come, which counts as 0 and fails the thesis. A draft
              whose last report is above the limit fails the same way.
    Raises PanelUnfinished while an assessor's mark is missing, WrongStage before the defence.
    """
    actor.require(Permission.RUN_MARKING, place_of_entry(session, thesis.entry_id))
    thesis.move_to(_end_of(session, thesis, attended))
    session.flush()
    thesis.move_to(ThesisStatus.FINAL)
    audit.record(session, actor, "theses.finished", thesis, now)
    return thesis


def _end_of(session: Session, thesis: Thesis, attended: bool) -> ThesisStatus:
    if thesis.status is ThesisStatus.DRAFTED and (thesis.similarity or 0) > SIMILARITY_LIMIT:
        return ThesisStatus.FAILED
    if thesis.status is not ThesisStatus.ADVISED:
        raise WrongStage(thesis.status)
    marked = marks_of(session, thesis)
    assessors = {m.person_id for m in panel_of(session, thesis) if m.role in ASSESSORS}
    if not attended:
        if assessors & set(marked):
            raise WrongStage(thesis.status)
        return ThesisStatus.FAILED
    if not assessors or assessors - set(marked):
        raise PanelUnfinished(len(assessors - set(marked)))
    failed = result_of(session, thesis).defence_failed
    return ThesisStatus.FAILED if failed else ThesisStatus.DEFENDED


def _topics(session: Session, entry: Entry) -> list[ThesisTopic]:
    return topics_of(session, [entry.id]).get(entry.id, [])


def _tell(session: Session, thesis: Thesis, sentence: Sentence, now: datetime) -> None:
    """Tell who writes the thesis."""
    session.flush()
    notify(session, candidate_of(session, thesis), sentence, now)


def _supervisor(session: Session, actor: Actor, thesis: Thesis) -> int:
    actor.require(Permission.ENTER_MARKS, place_of_entry(session, thesis.entry_id))
    if actor.human() != thesis.supervisor_id:
        raise NotTheSupervisor
    return thesis.supervisor_id


def _keep_record(
    session: Session, thesis: Thesis, human: int, text: str, now: datetime
) -> ThesisRecord:
    record = ThesisRecord(thesis_id=thesis.id, stage=thesis.status, by_id=human, at=now, text=text)
    session.add(record)
    return record

"""A topic on its way to a thesis: the worker proposes, the supervisor approves or returns."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import notify
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.theses.models import Thesis, ThesisTopic
from exam_centre.theses.queries import place_of_entry, topics_of
from exam_centre.theses.rules import (
    NoSupervisorYet,
    NotTheSupervisor,
    NotYourEntry,
    OwnSupervisor,
    TopicDecided,
    TopicStands,
    TopicStatus,
)
from exam_centre.theses.service.stages import ensure_can_begin, open_thesis


def propose_topic(
    session: Session,
    actor: Actor,
    entry: Entry,
    *,
    title: str,
    about: str,
    at_work: bool = True,
    now: datetime,
) -> ThesisTopic:
    """Propose a topic for one's own confirmed entry; after a return, the next version of it.

    about  what at the workplace it is about. A supervisor named before is asked again.
    Raises NotYourEntry, NotAThesis, ThesisBegun, TopicStands.
    """
    actor.require(Permission.SEE_OWN)
    human = actor.human()
    if session.get_one(Candidate, entry.candidate_id).person_id != human:
        raise NotYourEntry
    ensure_can_begin(session, entry)
    earlier = topics_of(session, [entry.id]).get(entry.id, [])
    if earlier and earlier[0].status is not TopicStatus.RETURNED:
        raise TopicStands
    topic = ThesisTopic(
        entry_id=entry.id,
        number=len(earlier) + 1,
        title=title,
        about=about,
        at_work=at_work,
        proposed_by_id=human,
        proposed_at=now,
        supervisor_id=earlier[0].supervisor_id if earlier else None,
    )
    session.add(topic)
    audit.record(session, actor, "theses.topic_proposed", topic, now)
    _ask(session, topic, now)
    return topic


def name_supervisor(
    session: Session, actor: Actor, topic: ThesisTopic, supervisor: Person, *, now: datetime
) -> ThesisTopic:
    """Name who approves or returns a topic, and guides the thesis then; until it is decided.

    Raises TopicDecided, OwnSupervisor.
    """
    actor.require(Permission.RUN_MARKING, place_of_entry(session, topic.entry_id))
    if topic.status is not TopicStatus.PROPOSED:
        raise TopicDecided
    if supervisor.id == topic.proposed_by_id:
        raise OwnSupervisor
    if topic.supervisor_id == supervisor.id:
        return topic
    topic.supervisor_id = supervisor.id
    audit.record(session, actor, "theses.topic_supervisor_named", topic, now)
    _ask(session, topic, now)
    return topic


def approve_topic(session: Session, actor: Actor, topic: ThesisTopic, *, now: datetime) -> Thesis:
    """Approve a topic by its supervisor: the thesis begins with its title.

    Raises NoSupervisorYet, NotTheSupervisor, TopicDecided, NotAThesis, ThesisBegun.
    """
    supervisor = _decides(session, actor, topic)
    entry = session.get_one(Entry, topic.entry_id)
    ensure_can_begin(session, entry)
    topic.decided_at = now
    topic.move_to(TopicStatus.APPROVED)
    audit.record(session, actor, "theses.topic_approved", topic, now)
    session.flush()
    return open_thesis(
        session,
        actor,
        entry,
        title=topic.title,
        supervisor=supervisor,
        at_work=topic.at_work,
        now=now,
    )


def return_topic(
    session: Session, actor: Actor, topic: ThesisTopic, *, reason: str, now: datetime
) -> ThesisTopic:
    """Return a topic with the reason; the worker proposes the next version.

    Raises ReasonMissing, NoSupervisorYet, NotTheSupervisor, TopicDecided.
    """
    supervisor = _decides(session, actor, topic)
    check_reason(reason)
    topic.decided_at, topic.reason = now, reason
    topic.move_to(TopicStatus.RETURNED)
    audit.record(session, actor, "theses.topic_returned", topic, now, reason=reason)
    told = say(
        "{name} returned your topic: {reason} Propose it again under My thesis.",
        name=supervisor.name,
        reason=reason,
    )
    notify(session, topic.proposed_by_id, told, now)
    return topic


def _decides(session: Session, actor: Actor, topic: ThesisTopic) -> Person:
    actor.require(Permission.ENTER_MARKS, place_of_entry(session, topic.entry_id))
    if topic.status is not TopicStatus.PROPOSED:
        raise TopicDecided
    if topic.supervisor_id is None:
        raise NoSupervisorYet
    if actor.human() != topic.supervisor_id:
        raise NotTheSupervisor
    return session.get_one(Person, topic.supervisor_id)


def _ask(session: Session, topic: ThesisTopic, now: datetime) -> None:
    """Tell the supervisor that a topic waits, once somebody is named."""
    session.flush()
    if topic.supervisor_id is not None:
        name = session.get_one(Person, topic.proposed_by_id).name
        told = say(
            "{name} proposes the topic {title}. Approve or return it under Theses.",
            name=name,
            title=topic.title,
        )
        notify(session, topic.supervisor_id, told, now)

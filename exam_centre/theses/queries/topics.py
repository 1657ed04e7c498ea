"""Topics that workers propose: who may see which, and every version of one entry's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.theses.models import Thesis, ThesisTopic
from exam_centre.theses.rules import TopicStatus


@dataclass(frozen=True)
class TopicLine:
    """One proposed topic in a list; `supervisor` is None while nobody is named."""

    topic: ThesisTopic
    writer: str
    person_no: str
    paper: str
    series: str
    supervisor: str | None


@dataclass(frozen=True)
class OwnWaiting:
    """One's own confirmed entry for a thesis that has not begun, its topics newest first."""

    token: str
    paper: str
    series: str
    topics: Sequence[ThesisTopic]

    @property
    def may_propose(self) -> bool:
        """Whether no topic waits for the supervisor."""
        return not self.topics or self.topics[0].status is TopicStatus.RETURNED


def access_topic(session: Session, actor: Actor, token: str) -> TopicLine:
    """Return a topic the actor manages, decides or proposed, or raise NotFound."""
    row = session.execute(
        _lines().where(
            ThesisTopic.token == token,
            or_(_managed_or_decided(actor), ThesisTopic.proposed_by_id == actor.person_id),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(say("topic"))
    return TopicLine(*row)


def topics_waiting(session: Session, actor: Actor) -> list[TopicLine]:
    """Return the topics that wait and that the actor manages or decides, oldest first."""
    rows = session.execute(
        _lines()
        .where(ThesisTopic.status == TopicStatus.PROPOSED, _managed_or_decided(actor))
        .order_by(ThesisTopic.id)
    )
    return [TopicLine(*row) for row in rows]


def topics_of(session: Session, entry_ids: Iterable[int]) -> dict[int, list[ThesisTopic]]:
    """Return {entry id: its topics, the newest version first}."""
    found: dict[int, list[ThesisTopic]] = {}
    wanted = select(ThesisTopic).where(ThesisTopic.entry_id.in_(list(entry_ids)))
    for topic in session.scalars(wanted.order_by(ThesisTopic.number.desc())):
        found.setdefault(topic.entry_id, []).append(topic)
    return found


def own_waiting(session: Session, actor: Actor) -> list[OwnWaiting]:
    """Return the actor's confirmed entries for theses that have not begun."""
    rows = session.execute(
        select(Entry.id, Entry.token, Paper.name, Series.name)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Series, Series.id == Entry.series_id)
        .where(*_own_open(actor))
        .order_by(Entry.id)
    ).all()
    topics = topics_of(session, [row[0] for row in rows])
    return [OwnWaiting(*row[1:], topics.get(row[0], [])) for row in rows]


def access_own_entry(session: Session, actor: Actor, token: str) -> Entry:
    """Return the actor's own confirmed entry for a thesis not begun, or raise NotFound."""
    found = session.scalar(
        select(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Entry.token == token, *_own_open(actor))
    )
    if found is None:
        raise NotFound(say("entry for a thesis"))
    return found


def _own_open(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Candidate.person_id == actor.person_id,
        Paper.mode == Mode.THESIS,
        Entry.status == EntryStatus.CONFIRMED,
        Entry.id.not_in(select(Thesis.entry_id)),
    )


def _managed_or_decided(actor: Actor) -> ColumnElement[bool]:
    runs, marks = (
        within(actor, (permission,), unit_path=Unit.path, series_id=Entry.series_id)
        for permission in (Permission.RUN_MARKING, Permission.ENTER_MARKS)
    )
    return or_(runs, marks & (ThesisTopic.supervisor_id == actor.person_id))


def _lines() -> Select[*tuple[Any, ...]]:
    guide = aliased(Person)
    return (
        select(
            ThesisTopic, Person.name, Candidate.person_no, Paper.name, Series.name, guide.name
        )
        .join(Entry, Entry.id == ThesisTopic.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Series, Series.id == Entry.series_id)
        .outerjoin(guide, guide.id == ThesisTopic.supervisor_id)
    )  # fmt: skip

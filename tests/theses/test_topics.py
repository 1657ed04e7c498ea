"""A topic a worker proposes, until it is approved and the thesis begins."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.queries import notices_of
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.papers.rules import Mode
from exam_centre.theses import queries, service
from exam_centre.theses.models import Thesis, ThesisTopic
from exam_centre.theses.rules import (
    NoSupervisorYet,
    NotAThesis,
    NotTheSupervisor,
    NotYourEntry,
    OwnSupervisor,
    ThesisBegun,
    ThesisStatus,
    TopicDecided,
    TopicStands,
    TopicStatus,
)
from tests.factories.make import Make
from tests.factories.times import NINE


class Desk:
    """One worker entered for a thesis, an office and a supervisor."""

    def __init__(self, session: Session, make: Make) -> None:
        self.session, self.make = session, make
        self.person = make.person()
        self.entry = make.entry(make.candidate(self.person), make.paper(Mode.THESIS))
        self.worker = make.actor(Role.WORKER, person=self.person)
        self.office = make.actor(Role.EXAM_OFFICER)
        self.guide = make.person()
        self.supervisor = make.actor(Role.MARKER, person=self.guide)

    def propose(self, title: str = "Burrs", entry: Entry | None = None) -> ThesisTopic:
        return service.propose_topic(
            self.session,
            self.worker,
            entry or self.entry,
            title=title,
            about="line 3",
            at_work=False,
            now=NINE,
        )

    def named(self, title: str = "Burrs") -> ThesisTopic:
        topic = self.propose(title)
        return service.name_supervisor(self.session, self.office, topic, self.guide, now=NINE)

    def give_back(self, topic: ThesisTopic, reason: str = "too wide") -> ThesisTopic:
        return service.return_topic(self.session, self.supervisor, topic, reason=reason, now=NINE)

    def approve(self, topic: ThesisTopic, actor: Actor | None = None) -> Thesis:
        return service.approve_topic(self.session, actor or self.supervisor, topic, now=NINE)

    def told(self, person: Person) -> list[str]:
        return [notice.text for notice in notices_of(self.session, person.id)]


@pytest.fixture
def desk(session: Session, make: Make) -> Desk:
    return Desk(session, make)


def test_an_approved_topic_begins_the_thesis_with_its_title_and_supervisor(desk):
    topic = desk.named("Burrs at line 3")

    thesis = desk.approve(topic)

    assert (thesis.title, thesis.supervisor_id) == ("Burrs at line 3", desk.guide.id)
    assert (thesis.status, thesis.at_work) == (ThesisStatus.TOPIC, False)
    assert topic.status is TopicStatus.APPROVED
    assert any("proposes the topic" in words for words in desk.told(desk.guide))
    with pytest.raises(ThesisBegun):
        desk.propose("Another")
    with pytest.raises(TopicDecided):
        desk.give_back(topic)


def test_a_returned_topic_is_proposed_again_and_every_version_is_kept(desk):
    desk.give_back(desk.named("Everything"), "too wide")
    second = desk.propose("Burrs")

    versions = queries.topics_of(desk.session, [desk.entry.id])[desk.entry.id]
    assert [(each.number, each.title, each.status) for each in versions] == [
        (2, "Burrs", TopicStatus.PROPOSED),
        (1, "Everything", TopicStatus.RETURNED),
    ]
    assert versions[1].reason == "too wide"
    assert second.supervisor_id == desk.guide.id  # asked again, nobody names them twice
    assert any("returned your topic" in words for words in desk.told(desk.person))


def test_a_topic_is_returned_for_a_reason_only(desk):
    topic = desk.named()

    with pytest.raises(ReasonMissing):
        desk.give_back(topic, "  ")
    assert topic.status is TopicStatus.PROPOSED


def test_a_topic_is_decided_by_its_supervisor_alone(desk):
    topic = desk.propose()
    with pytest.raises(NoSupervisorYet):
        desk.approve(topic)
    service.name_supervisor(desk.session, desk.office, topic, desk.guide, now=NINE)

    with pytest.raises(NotTheSupervisor):
        desk.approve(topic, desk.make.actor(Role.MARKER))


def test_nobody_supervises_their_own_thesis(desk):
    topic = desk.propose()

    with pytest.raises(OwnSupervisor):
        service.name_supervisor(desk.session, desk.office, topic, desk.person, now=NINE)


def test_one_topic_waits_at_a_time_and_neither_worker_nor_office_goes_past_it(desk):
    desk.named()

    with pytest.raises(TopicStands):
        desk.propose("Another")
    with pytest.raises(TopicStands):
        service.begin(
            desk.session, desk.office, desk.entry, title="x", supervisor=desk.guide, now=NINE
        )


def test_everybody_proposes_the_topic_of_their_own_thesis(desk):
    other = desk.make.entry(paper=desk.make.paper(Mode.THESIS))
    own = desk.session.get_one(Candidate, desk.entry.candidate_id)

    with pytest.raises(NotYourEntry):
        desk.propose(entry=other)
    with pytest.raises(NotAThesis):
        desk.propose(entry=desk.make.entry(own))


def test_a_topic_is_seen_by_its_writer_its_supervisor_and_the_office(desk):
    topic = desk.named()

    for actor in (desk.worker, desk.supervisor, desk.office):
        assert queries.access_topic(desk.session, actor, topic.token).topic is topic
    with pytest.raises(NotFound):
        queries.access_topic(desk.session, desk.make.actor(Role.MARKER), topic.token)
    with pytest.raises(NotFound):
        queries.access_topic(desk.session, desk.make.actor(Role.WORKER), topic.token)
    waiting = [line.topic for line in queries.topics_waiting(desk.session, desk.supervisor)]
    assert waiting == [topic]


def test_an_entry_with_a_waiting_topic_is_not_listed_as_one_without_a_thesis(desk):
    def waits() -> bool:
        lines = queries.entries_waiting(desk.session, desk.office)
        return desk.entry.id in {line.entry_id for line in lines}

    assert waits()
    topic = desk.named()
    assert not waits()
    desk.give_back(topic)
    assert waits()
    assert desk.session.scalar(select(Thesis).where(Thesis.entry_id == desk.entry.id)) is None

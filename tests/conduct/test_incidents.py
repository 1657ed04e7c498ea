"""Incidents with a number, an owner and a resolution by somebody else."""

import pytest

from exam_centre.conduct import queries, service
from exam_centre.conduct.rules import IncidentKind, IncidentStatus, WordsMissing
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound, SamePerson
from exam_centre.kernel.permissions import SYSTEM
from exam_centre.kernel.sentences import say
from tests.factories.times import HOUR, NINE


@pytest.fixture
def record(session, make):
    """Record an incident in the home room, by an invigilator of the venue unless told otherwise."""

    def record(actor=None, kind=IncidentKind.OTHER, venue=None, **options):
        venue = venue or make.home_venue()
        options = {"room_session_id": make.room_session().id, "now": NINE} | options
        return service.record_incident(
            session,
            actor or make.invigilator(),
            venue.id,
            kind,
            say("Water on the floor of room {room}.", room="204"),
            happened_at=NINE,
            **options,
        )

    return record


def test_incidents_are_numbered_at_their_venue(make, record):
    other = make.venue()

    assert [record().number, record().number] == [1, 2]
    assert record(make.invigilator(other), venue=other, room_session_id=None).number == 1


def test_an_incident_keeps_its_sentence_and_facts_apart(record):
    incident = record()

    assert incident.text == "Water on the floor of room {room}."
    assert incident.facts == {"room": "204"}


def test_the_system_records_without_a_person_and_strangers_do_not_record(make, record):
    assert record(SYSTEM).recorded_by_id is None
    with pytest.raises(Forbidden):
        record(make.invigilator(make.venue()))


def test_an_incident_stays_open_until_somebody_says_what_was_done(session, make, record):
    incident, room = record(), make.room_session().id

    with pytest.raises(WordsMissing):
        service.resolve_incident(session, make.chief(), incident, resolution=" ", now=NINE)
    assert queries.open_incidents(session, [room]) == [incident]

    service.resolve_incident(session, make.chief(), incident, resolution="mopped", now=NINE)

    assert queries.open_incidents(session, [room]) == []
    assert incident.status is IncidentStatus.RESOLVED


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        (IncidentKind.DOUBLE_ADMISSION, False),
        (IncidentKind.IDENTITY_DOUBT, False),
        (IncidentKind.COUNT_DIFFERS, False),
        (IncidentKind.POWER, True),
    ],
)
def test_doubts_and_differences_are_resolved_by_somebody_else(session, make, record, kind, may):
    chief = make.chief()
    incident = record(chief, kind)

    if may:
        service.resolve_incident(session, chief, incident, resolution="done", now=NINE)
    else:
        with pytest.raises(SamePerson):
            service.resolve_incident(session, chief, incident, resolution="done", now=NINE)


def test_its_owner_or_the_chief_resolves_an_incident_and_nobody_else(session, make, record):
    owner = make.invigilator()
    incident = record(owner_id=owner.person_id)

    with pytest.raises(Forbidden):
        service.resolve_incident(session, make.invigilator(), incident, resolution="x", now=NINE)
    service.resolve_incident(session, owner, incident, resolution="done", now=NINE)


def test_a_resolved_incident_may_be_opened_again_with_a_reason(session, make, record):
    chief, incident = make.chief(), record()
    service.resolve_incident(session, chief, incident, resolution="mopped", now=NINE)

    service.reopen_incident(session, chief, incident, reason="wet again", now=NINE + HOUR)

    assert incident.status is IncidentStatus.OPEN
    assert incident.resolved_by_id is None
    with pytest.raises(IllegalMove):
        service.reopen_incident(session, chief, incident, reason="again", now=NINE + HOUR)


def test_an_incident_of_another_venue_sounds_absent(session, make, record):
    incident = record()

    assert queries.access_incident(session, make.chief(), incident.token) is incident
    for stranger, token in (
        (make.chief(make.venue()), incident.token),
        (make.chief(), "no such token"),
    ):
        with pytest.raises(NotFound):
            queries.access_incident(session, stranger, token)

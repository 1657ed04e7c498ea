"""What waits for whom, within their scope alone; and a series as a pipeline."""

from sqlalchemy.orm import Session

from exam_centre.conduct.rules import IncidentStatus
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.permissions import Role
from exam_centre.marking.rules import BundleStatus
from exam_centre.organisation.rules import UnitLevel
from exam_centre.overview.queries import pipeline_of, todos_of
from tests.factories.make import Make
from tests.factories.times import NINE


def waiting(session: Session, actor) -> dict[str, int]:
    return {todo.endpoint: todo.count for todo in todos_of(session, actor, NINE)}


def test_an_open_incident_waits_for_the_chief_of_its_venue_alone(session: Session, make: Make):
    incident = make.incident()
    venue = incident.venue_id
    other = make.venue(unit=make.unit(level=UnitLevel.COUNTY))

    here = make.actor(Role.CHIEF, unit=None, venue=session.get_one(type(other), venue))
    there = make.actor(Role.CHIEF, venue=other)

    assert waiting(session, here) == {"conduct.list_incidents": 1}
    assert waiting(session, there) == {}
    incident.resolved_by_id = make.person().id
    incident.move_to(IncidentStatus.RESOLVED)
    session.flush()
    assert waiting(session, here) == {}


def test_a_final_bundle_waits_for_a_moderator_and_not_for_a_marker(session: Session, make: Make):
    make.bundle(status=BundleStatus.FINAL)

    assert waiting(session, make.actor(Role.MODERATOR)) == {"marking.samples": 1}
    assert waiting(session, make.actor(Role.MARKER)) == {}


def test_the_pipeline_counts_what_has_come_so_far(session: Session, make: Make):
    entry = make.entry()
    make.entry(status=EntryStatus.REQUESTED)

    first = pipeline_of(session, entry.series_id)[0]

    assert (first.done, first.of, first.percent) == (1, 2, 50)

"""What a person is here: their roles in words, and the names of the places those reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from exam_centre.calendar.models import Series
from exam_centre.kernel.permissions import (
    ROLE_PERMISSIONS,
    SENTENCES,
    Actor,
    Grant,
    Permission,
    Role,
)
from exam_centre.kernel.sentences import Sentence
from exam_centre.organisation.models import Unit
from exam_centre.venues.models import Room, Venue


@dataclass(frozen=True)
class Duty:
    """A role somebody holds and the names of where it reaches, from the widest to the narrowest."""

    role: Role
    scope: tuple[str, ...]  # empty: the whole university, not bound to a unit

    @property
    def acts(self) -> list[Sentence]:
        """What the role may do, in the order in which an exam goes by."""
        return [SENTENCES[p] for p in Permission if p in ROLE_PERMISSIONS[self.role]]


def duties_of(session: Session, actor: Actor) -> list[Duty]:
    """Return what the actor's grants are, in words; four statements whatever their number."""
    grants = actor.grants
    units = _names(session, Unit.id, Unit.name, (i for g in grants for i in _ids(g.unit_path)))
    series = _names(session, Series.id, Series.name, (g.series_id for g in grants))
    venues = _names(session, Venue.id, Venue.name, (g.venue_id for g in grants))
    rooms = _names(session, Room.id, Room.name, (g.room_id for g in grants))

    def scope(grant: Grant) -> tuple[str, ...]:
        words = [units.get(i) for i in _ids(grant.unit_path)]
        words += [series.get(grant.series_id), venues.get(grant.venue_id), rooms.get(grant.room_id)]
        return tuple(word for word in words if word)

    return [Duty(grant.role, scope(grant)) for grant in grants]


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]


def _names(
    session: Session,
    key: InstrumentedAttribute[int],
    name: InstrumentedAttribute[str],
    wanted: Iterable[int | None],
) -> dict[int | None, Any]:
    keys = {number for number in wanted if number is not None}
    if not keys:
        return {}
    rows = session.execute(select(key, name).where(key.in_(keys)))
    return {row.id: row.name for row in rows}

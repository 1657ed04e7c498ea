"""Who acts in the journey: the people of the series, each within their roles and scopes."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import RoleGrant, User
from exam_centre.accounts.service import actor_of
from exam_centre.kernel.errors import ConflictOfInterest, Forbidden, Refusal, SamePerson
from exam_centre.kernel.permissions import Actor, Permission, Place, Role
from exam_centre.results.rules import MarkedItself

Result = TypeVar("Result")

TIES = (ConflictOfInterest, Forbidden, MarkedItself, SamePerson)


class NobodyCan(Exception):
    """Nobody in the series may do this without a tie: its staff do not suffice."""


class Cast:
    """All people with roles, in one order, so that the same seed picks the same ones."""

    def __init__(self, session: Session) -> None:
        users = session.scalars(
            select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(RoleGrant.revoked_at.is_(None))
            .distinct()
            .order_by(User.login)
        )
        self.everybody = [actor_of(session, user) for user in users]

    def of(self, role: Role, permission: Permission, place: Place) -> list[Actor]:
        """Return who holds a role that reaches a place, one user a human, nearest scope first."""
        found: dict[int, Actor] = {}
        for actor in self.everybody:
            holds = any(g.role is role and g.covers(place) for g in actor.grants)
            if holds and actor.may(permission, place):
                found.setdefault(actor.human(), replace(actor, stream=stream_of(place)))
        return sorted(found.values(), key=lambda a: -max(len(g.unit_path) for g in a.grants))


def stream_of(place: Place) -> str:
    """Return the trail that acts at a place go to: a venue's own, or one for all offices."""
    return f"venue:{place.venue_id}" if place.venue_id else "office"


def by_someone(session: Session, actors: Iterable[Actor], act: Callable[[Actor], Result]) -> Result:
    """Let the first person act who may and who is not tied to anyone it is about."""
    last: Refusal | None = None
    for actor in actors:
        try:
            with session.begin_nested():
                return act(actor)
        except TIES as refusal:
            last = refusal
    raise NobodyCan(str(last))


def turned(actors: list[Actor], by: int) -> list[Actor]:
    """Return the people in turn, so that the work is spread."""
    at = by % len(actors) if actors else 0
    return actors[at:] + actors[:at]

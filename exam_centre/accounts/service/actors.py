"""A user as an actor: one human with the roles they hold now."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, RoleGrant, User
from exam_centre.accounts.queries import grants_of
from exam_centre.kernel.permissions import Actor, Grant


def actor_of(session: Session, user: User) -> Actor:
    """Return the user as an actor with their current roles."""
    person = session.get_one(Person, user.person_id)
    return actor_with(person, user, grants_of(session, user.id))


def actor_with(person: Person, user: User, held: Sequence[tuple[RoleGrant, Grant]]) -> Actor:
    """Return a user as an actor with roles that were looked up already, oldest first.

    The trail goes to the venue where every role is of that one venue, else to the first role's
    unit; those without a role share a stream of their own.
    """
    venues = {row.venue_id for row, _ in held}
    if not held:
        stream = "workers"
    elif len(venues) == 1 and 0 not in venues:
        stream = f"venue:{venues.pop()}"
    else:
        stream = f"unit:{held[0][0].unit_id}"
    return Actor(
        person_id=person.id,
        user_id=user.id,
        name=person.name,
        grants=tuple(grant for _, grant in held),
        stream=stream,
        language=person.language,
    )

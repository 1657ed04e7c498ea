"""A user as an actor: one human with the roles they hold now."""

from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, User
from exam_centre.accounts.queries import grants_of
from exam_centre.kernel.permissions import Actor


def actor_of(session: Session, user: User) -> Actor:
    """Return the user as an actor with their current roles.

    The trail goes to the venue where every role is of that one venue, else to the first role's
    unit; those without a role share a stream of their own.
    """
    person = session.get_one(Person, user.person_id)
    held = grants_of(session, user.id)
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

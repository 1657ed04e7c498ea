"""A user as an actor: one human with the roles they hold now."""

from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, User
from exam_centre.accounts.queries import actor_with, grants_of
from exam_centre.kernel.permissions import Actor


def actor_of(session: Session, user: User) -> Actor:
    """Return the user as an actor with their current roles."""
    person = session.get_one(Person, user.person_id)
    return actor_with(person, user.id, grants_of(session, user.id))

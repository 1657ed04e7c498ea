"""Two people, and no tie between who decides and whom it is about."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Conflict, Person
from exam_centre.accounts.queries import people_tied_to
from exam_centre.accounts.rules import ONESELF, Relation, TieToOneself
from exam_centre.kernel import audit
from exam_centre.kernel.errors import ConflictOfInterest, SamePerson
from exam_centre.kernel.permissions import Actor, Permission


def declare_conflict(
    session: Session,
    actor: Actor,
    person: Person,
    other: Person,
    relation: Relation,
    *,
    now: datetime,
) -> Conflict:
    """Put a tie between two people into the register; one's own, or as who keeps accounts.

    Whichever of the two is named first, one row stands for the pair. Raises TieToOneself.
    """
    if actor.person_id not in (person.id, other.id):
        actor.require(Permission.RUN_ACCOUNTS)
    if person.id == other.id:
        raise TieToOneself
    first, second = sorted((person.id, other.id))
    known = session.scalar(
        select(Conflict).filter_by(person_id=first, other_id=second, relation=relation)
    )
    if known is not None:
        return known
    conflict = Conflict(
        person_id=first,
        other_id=second,
        relation=relation,
        declared_at=now,
        declared_by_id=actor.person_id,
    )
    session.add(conflict)
    audit.record(session, actor, "accounts.conflict_declared", conflict, now)
    return conflict


def other_human(session: Session, actor: Actor, *earlier: int | None) -> int:
    """Return the actor's person id, or raise SamePerson where that human took an earlier step.

    earlier  person ids; None where the system took the step or nobody yet.
    """
    human = actor.human()
    if human in earlier:
        raise SamePerson(session.get_one(Person, human).name)
    return human


def ensure_no_tie(session: Session, person_id: int, about: Iterable[int]) -> None:
    """Raise ConflictOfInterest where a person would decide about someone they are tied to.

    about  person ids. Tied is: oneself, a declared conflict, the same current shift team.
    """
    concerned = set(about)
    if person_id in concerned:
        raise ConflictOfInterest(ONESELF)
    for other, tie in people_tied_to(session, person_id).items():
        if other in concerned:
            raise ConflictOfInterest(tie)

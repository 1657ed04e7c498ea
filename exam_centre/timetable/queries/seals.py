"""What a plan was sealed with, as papers at the door print it."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.queries import names_of
from exam_centre.timetable.models import Plan, SealedAllocation
from exam_centre.timetable.queries.canonical import seed_parts


class SealFacts(NamedTuple):
    """Who drew the seed of a plan, and the hashes by which its draw is checked."""

    people: tuple[str, ...]  # who gave the parts of the seed, in their order
    algorithm: str
    input_sha256: str
    result_sha256: str
    file_sha256: str  # of the file anybody can repeat; "" where the search can not be repeated


def seal_of(session: Session, plan: Plan) -> SealFacts | None:
    """Return the seal of a plan, None before it was sealed."""
    if not plan.result_sha256:
        return None
    people = [part.person_id for part in seed_parts(session, plan)]
    names = names_of(session, people)
    file_sha256 = session.scalar(
        select(SealedAllocation.file_sha256).where(
            SealedAllocation.plan_id == plan.id,
            SealedAllocation.result_sha256 == plan.result_sha256,
        )
    )
    return SealFacts(
        tuple(names[person] for person in people),
        plan.algorithm,
        plan.input_sha256,
        plan.result_sha256,
        file_sha256 or "",
    )

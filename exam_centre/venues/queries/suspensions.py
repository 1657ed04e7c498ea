"""When and why a venue was not to be used."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.venues.models import Suspension, Withdrawal


def suspensions_of(session: Session, venue_id: int) -> list[Suspension]:
    """Return the suspensions of a venue, newest first; the first may still be open."""
    wanted = select(Suspension).where(Suspension.venue_id == venue_id)
    return list(session.scalars(wanted.order_by(Suspension.id.desc())))


def open_suspension(session: Session, venue_id: int) -> Suspension | None:
    """Return the suspension that holds now, or None."""
    return session.scalar(
        select(Suspension).where(Suspension.venue_id == venue_id, Suspension.lifted_at.is_(None))
    )


def withdrawal_of(session: Session, venue_id: int) -> Withdrawal | None:
    """Return how a venue was taken out of use, or None where it was not."""
    return session.scalar(select(Withdrawal).where(Withdrawal.venue_id == venue_id))

"""What the paper list of a room said, line by line; read only."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.queries import names_of
from exam_centre.admission.models import PaperLine
from exam_centre.timetable.models import Placement


def paper_lines_of(session: Session, room_session_id: int) -> list[PaperLine]:
    """Return every line that was keyed in for a room session, newest first."""
    return list(
        session.scalars(
            select(PaperLine)
            .join(Placement, Placement.id == PaperLine.placement_id)
            .where(Placement.room_session_id == room_session_id)
            .order_by(PaperLine.id.desc())
        )
    )


def people_who_keyed(session: Session, lines: Iterable[PaperLine]) -> dict[int, str]:
    """Return {person id: name} of the two people of each line."""
    known = list(lines)
    ids = {line.keyed_by_id for line in known} | {line.confirmed_by_id for line in known}
    return names_of(session, ids)

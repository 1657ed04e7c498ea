"""The eight conservation laws of a series, in the order of the journey."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.credits.queries import law_credits
from exam_centre.custody.queries import law_papers
from exam_centre.entries.models import Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.invigilation.queries import law_attendance, law_scripts
from exam_centre.kernel.laws import Law
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import Bundle
from exam_centre.marking.queries import law_codes, law_engine_marks, law_marks
from exam_centre.results.queries import law_outcomes
from exam_centre.timetable.models import Placement, Plan
from exam_centre.timetable.queries import law_entries, plan_in_force


def series_laws(session: Session, series_id: int) -> list[Law]:
    """Return the eight laws of a series, each with both counts and the rows that break it.

    Entries placed; attendance; scripts; papers; secret codes; marks; outcomes; credits.
    """
    rooms = room_sessions_of(session, series_id)
    bundles = session.scalars(select(Bundle.id).where(Bundle.room_session_id.in_(rooms))).all()
    return [
        _law_entries(session, series_id),
        law_attendance(session, rooms),
        law_scripts(session, rooms),
        law_papers(session, rooms),
        law_codes(session, rooms),
        _joined(law_marks(session, bundles), law_engine_marks(session, rooms)),
        law_outcomes(session, series_id),
        law_credits(session, series_id),
    ]


def room_sessions_of(session: Session, series_id: int) -> list[int]:
    """Return the room sessions in which somebody of the series has a seat in force."""
    return list(
        session.scalars(
            select(Placement.room_session_id)
            .join(Plan, Plan.id == Placement.plan_id)
            .where(Plan.series_id == series_id, Placement.in_force)
            .distinct()
            .order_by(Placement.room_session_id)
        )
    )


def _law_entries(session: Session, series_id: int) -> Law:
    """Return the law for the plan in force; before the first one, for the newest draft."""
    newest = select(Plan).where(Plan.series_id == series_id).order_by(Plan.number.desc()).limit(1)
    plan = plan_in_force(session, series_id) or session.scalar(newest)
    if plan is not None:
        return law_entries(session, plan)
    confirmed = session.scalar(
        select(func.count())
        .select_from(Entry)
        .where(Entry.series_id == series_id, Entry.status == EntryStatus.CONFIRMED)
    )
    return Law(
        name="entries_are_placed_or_listed",
        left_text=say("Confirmed entries"),
        right_text=say("Placed, held over, without need of a seat, or listed with a reason"),
        left=confirmed or 0,
        right=0,
    )


def _joined(codes: Law, engine: Law) -> Law:
    """Return one law over scripts and computer papers: no paper is marked both ways."""
    return Law(
        name=codes.name,
        left_text=codes.left_text,
        right_text=codes.right_text,
        left=codes.left + engine.left,
        right=codes.right + engine.right,
        rows=codes.rows + engine.rows,
    )

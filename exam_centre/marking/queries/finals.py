"""What marking tells later rooms: final marks, formative marks, and who had a hand in them."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.calendar.queries import rules_of
from exam_centre.entries.models import Entry, EntryCourse
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.marking.models import (
    Allocation,
    AssignmentMark,
    Bundle,
    EngineMark,
    FormativeMark,
    Mark,
    Moderation,
    SecretCode,
)
from exam_centre.marking.queries.marks import final_of_rounds
from exam_centre.marking.rules import STATUS_OF_ATTENDANCE, BundleStatus, MarkStatus
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Placement

Final = tuple[Decimal | None, MarkStatus | None]


def final_of(session: Session, entry_ids: Collection[int]) -> dict[int, Final]:
    """Return entry id -> (score, status), exactly one of them None, for settled entries only.

    Settled means: the bundle is approved; or, for a computer paper, the totals are checked or the
    register of a reconciled room says why there is no mark; or an assignment's mark is checked.
    """
    return (
        _finals_of_scripts(session, entry_ids)
        | _finals_of_engine(session, entry_ids)
        | _finals_of_assignments(session, entry_ids)
    )


def formative_of(session: Session, entry_course_ids: Collection[int]) -> dict[int, Final]:
    """Return entry course id -> (score, status) of the formative marks that are recorded."""
    rows = session.execute(
        select(EntryCourse.id, FormativeMark.score, FormativeMark.status)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(
            FormativeMark,
            (FormativeMark.candidate_id == Entry.candidate_id)
            & (FormativeMark.course_id == EntryCourse.course_id)
            & (FormativeMark.series_id == Entry.series_id),
        )
        .where(EntryCourse.id.in_(entry_course_ids))
    )
    return {key: (score, status) for key, score, status in rows}


def people_who_marked(session: Session, entry_ids: Collection[int]) -> set[int]:
    """Return the humans who marked, moderated, imported or checked these entries' marks."""
    codes = (
        select(SecretCode.id, SecretCode.bundle_id)
        .join(Placement, Placement.id == SecretCode.placement_id)
        .where(Placement.entry_id.in_(entry_ids))
        .subquery()
    )
    computer = (
        select(EngineMark)
        .join(Placement, Placement.id == EngineMark.placement_id)
        .where(Placement.entry_id.in_(entry_ids))
        .subquery()
    )
    assignments = select(AssignmentMark).where(AssignmentMark.entry_id.in_(entry_ids)).subquery()
    found = session.scalars(
        select(Mark.marker_id)
        .where(Mark.secret_code_id.in_(select(codes.c.id)))
        .union(
            select(Allocation.marker_id).where(Allocation.bundle_id.in_(select(codes.c.bundle_id))),
            select(Moderation.moderator_id).where(
                Moderation.secret_code_id.in_(select(codes.c.id))
            ),
            select(assignments.c.marker_id),
            select(assignments.c.checked_by_id),
            select(computer.c.imported_by_id),
            select(computer.c.checked_by_id),
        )
    )
    return {person_id for person_id in found if person_id is not None}


def people_who_approved(session: Session, entry_ids: Collection[int]) -> set[int]:
    """Return the humans who approved the bundles of these entries' scripts."""
    found = session.scalars(
        select(Bundle.approved_by_id)
        .join(SecretCode, SecretCode.bundle_id == Bundle.id)
        .join(Placement, Placement.id == SecretCode.placement_id)
        .where(Placement.entry_id.in_(entry_ids))
        .distinct()
    )
    return {person_id for person_id in found if person_id is not None}


def _finals_of_assignments(session: Session, entry_ids: Collection[int]) -> dict[int, Final]:
    rows = session.execute(
        select(AssignmentMark.entry_id, AssignmentMark.score, AssignmentMark.status).where(
            AssignmentMark.entry_id.in_(entry_ids), AssignmentMark.checked_by_id.is_not(None)
        )
    )
    return {entry_id: (score, status) for entry_id, score, status in rows}


def _finals_of_scripts(session: Session, entry_ids: Collection[int]) -> dict[int, Final]:
    rows = session.execute(
        select(Placement.entry_id, Entry.series_id, Mark)
        .join(SecretCode, SecretCode.placement_id == Placement.id)
        .join(Bundle, Bundle.id == SecretCode.bundle_id)
        .join(Mark, Mark.secret_code_id == SecretCode.id)
        .join(Entry, Entry.id == Placement.entry_id)
        .where(
            Placement.entry_id.in_(entry_ids),
            Placement.in_force,
            Bundle.status == BundleStatus.APPROVED,
        )
    ).all()
    rounds: dict[int, dict[int, Mark]] = {}
    series_of: dict[int, int] = {}
    for entry_id, series_id, mark in rows:
        rounds.setdefault(entry_id, {})[mark.round] = mark
        series_of[entry_id] = series_id
    rules = {series_id: rules_of(session, series_id) for series_id in set(series_of.values())}
    finals: dict[int, Final] = {}
    for entry_id, given in rounds.items():
        rule = rules[series_of[entry_id]]
        final = final_of_rounds(given, rule.marking_tolerance, second_needed=rule.second_marking)
        if final.how != "open":
            finals[entry_id] = (final.score, final.status)
    return finals


def _finals_of_engine(session: Session, entry_ids: Collection[int]) -> dict[int, Final]:
    rows = session.execute(
        select(
            Placement.entry_id,
            Attendance.status,
            EngineMark.score,
            EngineMark.status,
            EngineMark.checked_by_id,
        )
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(RoomDay, RoomDay.room_session_id == Placement.room_session_id)
        .join(Attendance, Attendance.placement_id == Placement.id)
        .outerjoin(EngineMark, EngineMark.placement_id == Placement.id)
        .where(
            Placement.entry_id.in_(entry_ids),
            Placement.in_force,
            Paper.mode == Mode.COMPUTER,
            RoomDay.status == RoomDayStatus.RECONCILED,
        )
    )
    finals: dict[int, Final] = {}
    for entry_id, attended, score, status, checked_by in rows:
        if attended in STATUS_OF_ATTENDANCE:
            finals[entry_id] = (None, STATUS_OF_ATTENDANCE[attended])
        elif checked_by is not None:
            finals[entry_id] = (score, status)
    return finals

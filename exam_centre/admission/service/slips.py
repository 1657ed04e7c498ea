"""Slips: issued in versions, each replacing the one before."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission import queries
from exam_centre.admission.models import Slip, SlipLine
from exam_centre.admission.rules import (
    NothingToPrint,
    SlipsNotPublished,
    SlipStatus,
    new_short_code,
    read_short_code,
)
from exam_centre.admission.service.issuing import expect
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel import audit
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.tokens import ForgedToken, SlipToken, open_slip, seal_slip
from exam_centre.organisation.queries import place_of_unit
from exam_centre.timetable.models import Placement
from exam_centre.timetable.queries import placements_of_room, plan_in_force
from exam_centre.timetable.rules import PlanStatus


def issue_slip(
    session: Session, actor: Actor, candidate: Candidate, series: Series, *, now: datetime
) -> Slip:
    """Issue a candidate's slip for a series, naming every placement in force; voids the one before.

    Everybody on it is expected from now on, and nobody more than that.
    Raises SlipsNotPublished, NothingToPrint.
    """
    place = place_of_unit(session, candidate.unit_id)
    actor.require(Permission.ISSUE_SLIPS, Place(place.unit_path, series_id=series.id))
    plan = plan_in_force(session, series.id)
    if plan is None or plan.status is not PlanStatus.FROZEN:
        raise SlipsNotPublished
    placements = session.scalars(
        select(Placement)
        .join(Entry, Entry.id == Placement.entry_id)
        .where(
            Entry.candidate_id == candidate.id,
            Entry.series_id == series.id,
            Placement.in_force,
        )
        .order_by(Placement.starts_at)
    ).all()
    if not placements:
        raise NothingToPrint
    before = queries.valid_slip(session, candidate.id, series.id)
    if before is not None and before.status is SlipStatus.VALID:
        before.move_to(SlipStatus.REPLACED)
        session.flush()
    slip = Slip(
        candidate_id=candidate.id,
        series_id=series.id,
        number=before.number + 1 if before else 1,
        short_code=new_short_code(),
        plan_id=plan.id,
        status=SlipStatus.VALID,
        issued_at=now,
    )
    session.add(slip)
    session.flush()
    session.add_all(SlipLine(slip_id=slip.id, placement_id=p.id) for p in placements)
    expect(session, [p.id for p in placements])
    audit.record(session, actor, "admission.slip_issued", slip, now)
    return slip


def slip_text(slip: Slip, candidate: Candidate, series: Series, ring: KeyRing) -> str:
    """Return what the slip's QR says: the same text for the same slip and key."""
    token = SlipToken(
        series=series.id,
        candidate=candidate.slip_bytes,
        slip_version=slip.number,
        issued=slip.issued_at,
    )
    return seal_slip(token, ring)


def read_slip(session: Session, text_or_code: str, ring: KeyRing) -> Slip | None:
    """Return the slip a QR text or a typed code stands for, or None; replaced ones as well."""
    code = read_short_code(text_or_code)
    if code is not None:
        return session.scalar(select(Slip).where(Slip.short_code == code))
    try:
        token = open_slip(text_or_code, ring)
    except ForgedToken:
        return None
    return session.scalar(
        select(Slip)
        .join(Candidate, Candidate.id == Slip.candidate_id)
        .where(
            Candidate.slip_bytes == token.candidate,
            Slip.series_id == token.series,
            Slip.number == token.slip_version,
        )
    )


def expect_room(session: Session, room_session_id: int) -> None:
    """Write down that everybody placed in a room is expected; part of preparing the room."""
    expect(session, [p.id for p in placements_of_room(session, room_session_id)])

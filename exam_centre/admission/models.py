"""Slips, devices, scans, and what became of each placement on the day."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.admission.rules import (
    ATTENDANCE_FLOW,
    SLIP_FLOW,
    AttendanceStatus,
    Identity,
    PaperOutcome,
    PaperVerdict,
    SlipStatus,
)
from exam_centre.kernel.audit import PRIVATE
from exam_centre.kernel.columns import Id, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import (
    Guard,
    as_rows,
    final_row,
    fixed_columns,
    flow_guard,
    keep,
    kept_row,
)


class Slip(Lifecycle, Base):
    """A candidate's admission slip for a series. A reprint is a new version and ends it."""

    __tablename__ = "slips"
    __table_args__ = (
        UniqueConstraint("candidate_id", "series_id", "number"),
        unique_while("uq_slips_valid", "candidate_id", "series_id", condition="status = 'valid'"),
    )
    flow = SLIP_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    number: Mapped[int]  # the slip's version, from 1
    short_code: Mapped[str] = mapped_column(unique=True)  # 12 digits, the last a check digit
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))  # the version it printed
    status: Mapped[SlipStatus] = mapped_column(default=SlipStatus.VALID)
    issued_at: Mapped[datetime]


class SlipLine(Base):
    """One placement a slip names."""

    __tablename__ = "slip_lines"
    __table_args__ = (UniqueConstraint("slip_id", "placement_id"),)

    id: Mapped[Id]
    slip_id: Mapped[int] = mapped_column(ForeignKey("slips.id"))
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)


class Device(Base):
    """A phone or scanner at a door, bound to a venue until its duty ends."""

    __tablename__ = "devices"

    id: Mapped[Id]
    token: Mapped[Token]
    secret_hash: Mapped[str] = mapped_column(unique=True, info=PRIVATE)
    name: Mapped[str]  # as staff call it, e.g. "Door 2, phone"
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # who is signed on at it
    clock_offset_ms: Mapped[int | None]  # device minus server; None: never measured
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Scan(Base):
    """A fact from a device: kept for ever, answered once, the same answer for every retry."""

    __tablename__ = "scans"
    __table_args__ = (
        UniqueConstraint("device_id", "scan_no"),
        Index("ix_scans_placement", "placement_id"),
    )

    id: Mapped[Id]
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    scan_no: Mapped[str]  # the device's own number, e.g. "0193-000042"
    room_session_id: Mapped[int] = mapped_column(ForeignKey("room_sessions.id"))  # this door's
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placements.id"))  # None: nobody's
    staff_id: Mapped[int] = mapped_column(ForeignKey("people.id"))  # the human at the device
    code_read: Mapped[str]  # the first characters of what was read, or how the person was found
    identity: Mapped[Identity]
    device_at: Mapped[datetime]  # as the device's clock said
    at: Mapped[datetime]  # corrected by the measured offset
    received_at: Mapped[datetime]
    answer: Mapped[dict[str, Any]]


class Attendance(Lifecycle, Base):
    """What became of one placement on the day. Only this room writes it."""

    __tablename__ = "attendances"
    __table_args__ = (
        CheckConstraint(
            "(status IN ('present', 'removed')) = (admitted_at IS NOT NULL) OR status = 'voided'",
            name="present_means_admitted",
        ),
        CheckConstraint(
            "status <> 'absent' OR (absent_noted_by_id IS NOT NULL "
            "AND absent_confirmed_by_id IS NOT NULL)",
            name="two_people_say_absent",
        ),
        CheckConstraint("absent_noted_by_id <> absent_confirmed_by_id", name="two_people"),
        CheckConstraint("rechecked_by_id <> admitted_by_id", name="another_person_rechecks"),
    )
    flow = ATTENDANCE_FLOW

    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), primary_key=True)
    status: Mapped[AttendanceStatus] = mapped_column(default=AttendanceStatus.EXPECTED)
    admitted_by_scan: Mapped[int | None] = mapped_column(ForeignKey("scans.id"), unique=True)
    admitted_at: Mapped[datetime | None]
    admitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    minutes_late: Mapped[int | None]  # None until present
    identity: Mapped[Identity] = mapped_column(default=Identity.NOT_CHECKED)
    absent_noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    absent_confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    recheck: Mapped[Identity] = mapped_column(default=Identity.NOT_CHECKED)  # the same day
    rechecked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]  # None: the room's register is still open
    day_closed_at: Mapped[datetime | None]  # None: the venue's day is still open


class AttendanceUndo(Base):
    """An admission or an absence taken back while the register was open, and why."""

    __tablename__ = "attendance_undos"
    __table_args__ = (
        CheckConstraint("undone IN ('present', 'absent', 'expected')", name="what_can_be_undone"),
        CheckConstraint("reason <> ''", name="somebody_says_why"),
    )

    id: Mapped[Id]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    undone: Mapped[AttendanceStatus]  # expected: an absence one person noted and nobody confirmed
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # admitted or noted it
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # of an absence
    said_at: Mapped[datetime | None]  # of an admission; an absence has no moment of its own
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    at: Mapped[datetime]


class DoubtPhoto(Base):
    """A photograph of somebody in doubt, for who compares them again; or that they said no."""

    __tablename__ = "doubt_photos"
    __table_args__ = (
        CheckConstraint("agreed = (file_key <> '')", name="no_photo_without_consent"),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    agreed: Mapped[bool]  # the person was told what it is for, and agreed
    file_key: Mapped[str] = mapped_column(info=PRIVATE)  # "": none was taken
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime]


class PaperLine(Base):
    """One line of a room's paper list, keyed in by one person and confirmed by another."""

    __tablename__ = "paper_lines"
    __table_args__ = (
        UniqueConstraint("placement_id", "says"),
        CheckConstraint("keyed_by_id <> confirmed_by_id", name="two_people"),
        CheckConstraint("(outcome = 'present') = (at IS NOT NULL)", name="who_came_has_a_minute"),
        CheckConstraint(
            "verdict <> 'conflict' OR incident_id IS NOT NULL", name="a_conflict_is_an_incident"
        ),
    )

    id: Mapped[Id]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    says: Mapped[str]  # the whole line as one text: what was keyed before is known by it
    outcome: Mapped[PaperOutcome]
    at: Mapped[datetime | None]  # the minute of entry; None: nobody came in
    identity: Mapped[Identity]
    reason: Mapped[str] = mapped_column(default="")  # why somebody was refused entry
    verdict: Mapped[PaperVerdict]
    register_said: Mapped[AttendanceStatus]  # before this line
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    keyed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    keyed_at: Mapped[datetime]


class AttendanceCorrection(Base):
    """A change to an attendance after the room closed: two people and the evidence."""

    __tablename__ = "attendance_corrections"
    __table_args__ = (CheckConstraint("first_id <> second_id", name="two_people"),)

    id: Mapped[Id]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    before: Mapped[AttendanceStatus]
    after: Mapped[AttendanceStatus]
    first_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    evidence: Mapped[str]
    at: Mapped[datetime]


keep(
    Base.metadata,
    flow_guard("slips", as_rows(SLIP_FLOW)),
    flow_guard("attendances", as_rows(ATTENDANCE_FLOW)),
    final_row("scans", "scan_is_final"),
    final_row("attendance_corrections", "attendance_correction_is_final"),
    final_row("attendance_undos", "attendance_undo_is_final"),
    final_row("doubt_photos", "doubt_photo_is_final"),
    final_row("paper_lines", "paper_line_is_final"),
    Guard(
        name="admitted_once",
        table="attendances",
        on=("UPDATE",),
        # Of two scans made out of each other's sight the earlier one stands, whichever came first.
        when="(OLD.admitted_at IS NOT NULL AND NEW.admitted_at IS NOT NULL "
        "AND (NEW.admitted_at <> OLD.admitted_at "
        "OR NEW.admitted_by_id IS DISTINCT FROM OLD.admitted_by_id "
        "OR COALESCE(NEW.admitted_by_scan, 0) <> COALESCE(OLD.admitted_by_scan, 0)) "
        "AND NOT (NEW.admitted_at < OLD.admitted_at AND NEW.closed_at IS NULL "
        "AND COALESCE(NEW.admitted_by_scan, 0) <> COALESCE(OLD.admitted_by_scan, 0)))",
    ),
    Guard(
        name="closed_attendance_is_corrected",
        table="attendances",
        on=("UPDATE",),
        when="(OLD.closed_at IS NOT NULL AND (NEW.closed_at IS NULL OR NEW.status <> OLD.status "
        "AND NOT EXISTS (SELECT 1 FROM attendance_corrections c "
        "WHERE c.placement_id = NEW.placement_id AND c.before = OLD.status "
        "AND c.after = NEW.status)))",
    ),
    fixed_columns("attendances", "attendance_keeps_its_placement", "placement_id"),
    fixed_columns(
        "attendances",
        "comparison_of_a_closed_day_is_final",
        "recheck",
        "rechecked_by_id",
        "day_closed_at",
        when="OLD.day_closed_at IS NOT NULL AND OLD.recheck <> 'not_checked' "
        "AND NEW.status = OLD.status",
    ),
    kept_row("attendances", "attendance_is_kept"),
    fixed_columns(
        "slips",
        "slip_facts_are_final",
        "candidate_id",
        "series_id",
        "number",
        "short_code",
        "plan_id",
        "issued_at",
    ),
    kept_row("slips", "slip_is_kept"),
)

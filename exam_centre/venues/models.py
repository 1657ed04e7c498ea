"""Venues and their approval, rooms, layouts and seats."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.columns import Degrees, Id, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import Guard, as_rows, final_row, flow_guard, keep
from exam_centre.venues.rules import (
    APPLICATION_FLOW,
    VENUE_FLOW,
    ApplicationKind,
    ApplicationStatus,
    Door,
    Pattern,
    RoomKind,
    VenueKind,
    VenueStatus,
)


class Venue(Lifecycle, Base):
    """A place in a park where papers are sat, once it is approved."""

    __tablename__ = "venues"
    flow = VENUE_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    park_id: Mapped[int] = mapped_column(ForeignKey("parks.id"))
    kind: Mapped[VenueKind]
    status: Mapped[VenueStatus] = mapped_column(default=VenueStatus.APPLIED)
    approved_until: Mapped[date | None]  # None: no end
    address: Mapped[str] = mapped_column(default="")
    way_there: Mapped[str] = mapped_column(default="")
    latitude: Mapped[Degrees]
    longitude: Mapped[Degrees]
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")


class VenueApplication(Lifecycle, Base):
    """A request for a venue on its way from the study centre to headquarters."""

    __tablename__ = "venue_applications"
    __table_args__ = (
        unique_while(
            "uq_venue_applications_open",
            "venue_id",
            condition="status NOT IN ('approved', 'refused')",
        ),
    )
    flow = APPLICATION_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    kind: Mapped[ApplicationKind]
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.APPLIED)
    applied_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    applied_at: Mapped[datetime]
    statement: Mapped[str]  # what the centre says about secure room, rooms and staff


class ApplicationStep(Base):
    """One review of an application; every step is another human."""

    __tablename__ = "application_steps"
    __table_args__ = (
        UniqueConstraint("application_id", "reached"),
        UniqueConstraint("application_id", "person_id"),
    )

    id: Mapped[Id]
    application_id: Mapped[int] = mapped_column(ForeignKey("venue_applications.id"))
    reached: Mapped[ApplicationStatus]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    reason: Mapped[str]


class Suspension(Base):
    """A time in which an approved venue is not to be used, and why; one at a time is open."""

    __tablename__ = "suspensions"
    __table_args__ = (
        unique_while("uq_suspensions_open", "venue_id", condition="lifted_at IS NULL"),
        CheckConstraint("lifted_at IS NULL OR lifted_at >= suspended_at", name="lifted_later"),
    )

    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    suspended_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    suspended_at: Mapped[datetime]
    reason: Mapped[str]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lifted_at: Mapped[datetime | None]  # None: it holds
    lift_reason: Mapped[str] = mapped_column(default="")  # what was mended


class Withdrawal(Base):
    """That a venue is used no more, why, and by whom: two people where a plan was public."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        CheckConstraint("withdrawn_by_id <> second_id", name="two_people"),
        CheckConstraint("reason <> ''", name="somebody_says_why"),
    )

    id: Mapped[Id]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"), unique=True)
    withdrawn_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: no plan public
    withdrawn_at: Mapped[datetime]
    reason: Mapped[str]


class Room(Base):
    """A room of a venue."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("venue_id", "code"),)

    id: Mapped[Id]
    token: Mapped[Token]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    code: Mapped[str]  # e.g. "204"
    name: Mapped[str]
    floor: Mapped[str]
    kind: Mapped[RoomKind]
    camera_id: Mapped[str] = mapped_column(default="")


class Layout(Base):
    """How a room's desks stand; a new drawing is a new version."""

    __tablename__ = "layouts"
    __table_args__ = (
        UniqueConstraint("room_id", "version"),
        CheckConstraint("grid_rows > 0 AND grid_columns > 0", name="has_a_grid"),
    )

    id: Mapped[Id]
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    version: Mapped[int]  # from 1; the highest is current
    grid_rows: Mapped[int]
    grid_columns: Mapped[int]
    pattern: Mapped[Pattern]
    door: Mapped[Door]


class Seat(Base):
    """A desk that is there. A missing desk has no row, so nobody can be seated at it."""

    __tablename__ = "seats"
    __table_args__ = (
        UniqueConstraint("layout_id", "grid_row", "grid_column"),
        UniqueConstraint("layout_id", "number"),
        CheckConstraint("number > 0", name="numbers_from_one"),
    )

    id: Mapped[Id]
    layout_id: Mapped[int] = mapped_column(ForeignKey("layouts.id"))
    grid_row: Mapped[int]  # 1 is the front
    grid_column: Mapped[int]  # 1 is on the candidates' left
    number: Mapped[int]  # as printed on the desk
    wheelchair: Mapped[bool] = mapped_column(default=False)
    left_handed: Mapped[bool] = mapped_column(default=False)


class RoomBooking(Base):
    """A time in which a room is not for exams."""

    __tablename__ = "room_bookings"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),)

    id: Mapped[Id]
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]


keep(
    Base.metadata,
    flow_guard("venues", as_rows(VENUE_FLOW)),
    flow_guard("venue_applications", as_rows(APPLICATION_FLOW)),
    final_row("withdrawals", "withdrawal_is_final"),
    Guard(
        name="applicant_does_not_review",
        table="application_steps",
        on=("INSERT",),
        when="EXISTS (SELECT 1 FROM venue_applications a WHERE a.id = NEW.application_id "
        "AND a.applied_by_id = NEW.person_id)",
    ),
)

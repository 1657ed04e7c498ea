"""The running state of a room session, and the venue's day that two people closed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.invigilation.rules import ROOM_DAY_FLOW, RoomDayStatus
from exam_centre.kernel.columns import Id, Token
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import Guard, as_rows, final_row, flow_guard, keep


class RoomDay(Lifecycle, Base):
    """A room session on the day, from the opened bag to the counted scripts."""

    __tablename__ = "room_days"
    __table_args__ = (
        CheckConstraint("opened_by_id <> opening_witness_id", name="two_people_open"),
        CheckConstraint("first_counter_id <> second_counter_id", name="two_people_count"),
        CheckConstraint("closed_by_id <> countersigned_by_id", name="two_people_close"),
        CheckConstraint("first_count >= 0 AND second_count >= 0", name="counts"),
        CheckConstraint(
            "status NOT IN ('closed', 'reconciled') OR (closed_by_id IS NOT NULL "
            "AND countersigned_by_id IS NOT NULL)",
            name="closing_has_two_signatures",
        ),
        CheckConstraint(
            "status <> 'reconciled' OR (first_count IS NOT NULL AND first_count = second_count "
            "AND first_counter_id IS NOT NULL AND second_counter_id IS NOT NULL)",
            name="reconciled_means_counted_alike",
        ),
        CheckConstraint(
            "status IN ('ready', 'cancelled') OR (opened_by_id IS NOT NULL "
            "AND opening_witness_id IS NOT NULL)",
            name="opening_has_two_people",
        ),
    )
    flow = ROOM_DAY_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    room_session_id: Mapped[int] = mapped_column(ForeignKey("room_sessions.id"), unique=True)
    status: Mapped[RoomDayStatus] = mapped_column(default=RoomDayStatus.READY)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    opening_witness_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime | None]  # None: the clock has not been started
    first_count: Mapped[int | None]  # scripts; None: not counted yet
    first_counter_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    second_count: Mapped[int | None]
    second_counter_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    countersigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    reconciled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closed_day_id: Mapped[int | None] = mapped_column(  # None: the venue's day is still open
        ForeignKey("closed_days.id"), index=True
    )


class ClosedDay(Base):
    """A venue's day that two people signed as complete. Written once, and final."""

    __tablename__ = "closed_days"
    __table_args__ = (
        UniqueConstraint("venue_id", "day"),
        CheckConstraint("closed_by_id <> countersigned_by_id", name="two_people"),
        CheckConstraint(
            "rooms >= 1 AND should_sit >= 0 AND present >= 0 AND scripts >= 0", name="counts"
        ),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    day: Mapped[date]  # on the clock of the venue
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    countersigned_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime]
    rooms: Mapped[int]  # what the two signed: how many room sessions,
    should_sit: Mapped[int]  # people placed in them,
    present: Mapped[int]  # of them those who came and were not sent out,
    scripts: Mapped[int]  # and scripts, counted by two in each room


class Stoppage(Base):
    """Minutes a room lost: everyone in it gets them back."""

    __tablename__ = "stoppages"
    __table_args__ = (CheckConstraint("ended_at > began_at", name="ends_after_it_began"),)

    id: Mapped[Id]
    room_day_id: Mapped[int] = mapped_column(ForeignKey("room_days.id"), index=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # None: still stopped
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))


keep(
    Base.metadata,
    flow_guard("room_days", as_rows(ROOM_DAY_FLOW)),
    final_row("closed_days", "closed_day_is_final"),
    Guard(
        name="room_of_a_closed_day_is_final",
        table="room_days",
        on=("UPDATE", "DELETE"),
        when="(OLD.closed_day_id IS NOT NULL)",
    ),
    Guard(
        name="a_closed_day_has_finished_rooms",
        table="room_days",
        on=("INSERT", "UPDATE"),
        when="(NEW.closed_day_id IS NOT NULL AND NEW.status NOT IN ('reconciled', 'cancelled'))",
    ),
)

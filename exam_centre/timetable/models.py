"""Plans as versions, what they place where and when, and who is on duty."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.audit import PRIVATE
from exam_centre.kernel.columns import Id, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import Guard, as_rows, final_row, flow_guard, keep, kept_row
from exam_centre.timetable.rules import (
    DUTY_FLOW,
    PLAN_FLOW,
    SWAP_FLOW,
    DutyRole,
    DutyStatus,
    MoveKind,
    PaperOrderKind,
    PlanStatus,
    Stage,
    SwapStatus,
    UnplacedReason,
)


class Plan(Lifecycle, Base):
    """One version of a series' timetable. A repair after publication is the next version.

    A version holds only what it changes: the placements it makes, and the ones it ends.
    """

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("series_id", "number"),)
    flow = PLAN_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    number: Mapped[int]  # from 1
    status: Mapped[PlanStatus] = mapped_column(default=PlanStatus.DRAFT)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # publishes first
    algorithm: Mapped[str] = mapped_column(default="")  # name and version of what placed it
    input_sha256: Mapped[str] = mapped_column(default="")
    result_sha256: Mapped[str] = mapped_column(default="")
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SeedPart(Base):
    """One person's part of a plan's seed; a plan is sealed by two people's parts."""

    __tablename__ = "seed_parts"
    __table_args__ = (
        UniqueConstraint("plan_id", "person_id"),
        UniqueConstraint("plan_id", "place"),
        CheckConstraint("place IN (1, 2)", name="two_parts"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    place: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    part: Mapped[str]
    at: Mapped[datetime]


class Publication(Base):
    """One stage of a plan made public by two people."""

    __tablename__ = "publications"
    __table_args__ = (
        UniqueConstraint("plan_id", "stage"),
        CheckConstraint("first_id <> second_id", name="two_people"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    stage: Mapped[Stage]
    first_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class Sitting(Base):
    """One paper set in one period, at however many venues."""

    __tablename__ = "sittings"
    __table_args__ = (UniqueConstraint("paper_id", "period_id"),)

    id: Mapped[Id]
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)
    variant: Mapped[str] = mapped_column(default="A")


class RoomSession(Base):
    """One room during one period: what invigilators run."""

    __tablename__ = "room_sessions"
    __table_args__ = (UniqueConstraint("room_id", "period_id"),)

    id: Mapped[Id]
    token: Mapped[Token]
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"), index=True)


class Placement(Base):
    """An entry's sitting, room session and seat, with the person's own start and end.

    The person and the seat stay busy for the person's own time, extra time included, so both are
    kept apart by time and not by period: a paper held over follows another in one period.
    """

    __tablename__ = "placements"
    __table_args__ = (
        UniqueConstraint("plan_id", "entry_id"),
        UniqueConstraint("plan_id", "seat_id", "starts_at"),
        UniqueConstraint("plan_id", "person_id", "starts_at"),
        unique_while("uq_placements_entry", "entry_id", condition="in_force"),
        unique_while("uq_placements_seat", "seat_id", "starts_at", condition="in_force"),
        unique_while("uq_placements_person", "person_id", "starts_at", condition="in_force"),
        Index("ix_placements_room_session", "room_session_id"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))  # the version that made it
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), index=True)
    room_session_id: Mapped[int] = mapped_column(ForeignKey("room_sessions.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seats.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    in_force: Mapped[bool] = mapped_column(default=False)  # true from publication until it ends


class Vacated(Base):
    """A placement that a later plan version ends."""

    __tablename__ = "vacated_placements"
    __table_args__ = (UniqueConstraint("plan_id", "placement_id"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)


class HeldOver(Base):
    """Two papers of one person in one period: one now, then isolation, then the other."""

    __tablename__ = "held_overs"
    __table_args__ = (
        UniqueConstraint("plan_id", "second_entry_id"),
        CheckConstraint("first_entry_id <> second_entry_id", name="two_entries"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    first_entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    second_entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    room_session_id: Mapped[int] = mapped_column(ForeignKey("room_sessions.id"))  # of isolation
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    isolated_from: Mapped[datetime]
    isolated_until: Mapped[datetime]


class Unplaced(Base):
    """An entry that needs a seat and has none in this plan, with the reason and what would help."""

    __tablename__ = "unplaced_entries"
    __table_args__ = (UniqueConstraint("plan_id", "entry_id"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    reason: Mapped[UnplacedReason]
    text: Mapped[str]  # an English sentence with named facts: what would help
    facts: Mapped[dict[str, Any]]


class PaperWindow(Base):
    """From which period to which a paper may be sat in a series; one period is a fixed date."""

    __tablename__ = "paper_windows"
    __table_args__ = (
        UniqueConstraint("series_id", "paper_id"),
        CheckConstraint("reason <> ''", name="says_why"),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"))
    first_period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    last_period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class PaperOrder(Base):
    """What is asked of the sittings of two papers in a series: one before the other, and so on."""

    __tablename__ = "paper_orders"
    __table_args__ = (
        UniqueConstraint("series_id", "first_paper_id", "second_paper_id"),
        CheckConstraint("first_paper_id <> second_paper_id", name="of_two_papers"),
        CheckConstraint("reason <> ''", name="says_why"),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    first_paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"))
    second_paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"))
    kind: Mapped[PaperOrderKind]
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class PlanLock(Base):
    """What a search and hands leave where it is in a draft: an entry, a paper, a room or a venue.

    It holds the places given so far; whatever else is given a place later is free.
    """

    __tablename__ = "plan_locks"
    __table_args__ = (
        UniqueConstraint("plan_id", "entry_id"),
        UniqueConstraint("plan_id", "paper_id"),
        UniqueConstraint("plan_id", "room_id"),
        UniqueConstraint("plan_id", "venue_id"),
        CheckConstraint(
            "(CASE WHEN entry_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN paper_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN room_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN venue_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="of_one_thing",
        ),
        CheckConstraint("reason <> ''", name="says_why"),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venues.id"))
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class PlanMove(Base):
    """One entry's part in an act by hand within a draft: where it was, and where it went.

    Acts are numbered within the plan; an undone act stays, and the act that undid it names it.
    """

    __tablename__ = "plan_moves"
    __table_args__ = (
        UniqueConstraint("plan_id", "number", "entry_id"),
        CheckConstraint("number > 0", name="numbered_from_one"),
        CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name="undo_names_an_act"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    number: Mapped[int]  # of the act, from 1
    kind: Mapped[MoveKind]
    undoes: Mapped[int | None]  # number of the act that was undone
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    from_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))  # None: had no seat
    from_period_id: Mapped[int | None] = mapped_column(ForeignKey("periods.id"))
    from_starts_at: Mapped[datetime | None]
    to_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seats.id"))  # None: has none now
    to_period_id: Mapped[int | None] = mapped_column(ForeignKey("periods.id"))
    to_starts_at: Mapped[datetime | None]
    was: Mapped[dict[str, Any]]  # how it was held over or listed before, to have it so again
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class SealedAllocation(Base):
    """All that a search was told and what it found, packed, so that strangers can repeat it."""

    __tablename__ = "sealed_allocations"
    __table_args__ = (
        UniqueConstraint("plan_id"),
        CheckConstraint("length(result_sha256) = 64", name="result_is_sealed"),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    result_sha256: Mapped[str]  # of the plan's rows right after the search
    file_sha256: Mapped[str]  # of the file, unpacked: what the door list prints
    packed: Mapped[bytes]  # JSON, gzip: see docs/sealed-allocation.md
    at: Mapped[datetime]


class Duty(Lifecycle, Base):
    """A staff member's duty in one period, in one room or (chief, rover) for the venue."""

    __tablename__ = "duties"
    __table_args__ = (
        unique_while(
            "uq_duties_person",
            "person_id",
            "period_id",
            condition="status NOT IN ('declined', 'replaced')",
        ),
        unique_while(
            "uq_duties_role",
            "room_session_id",
            "role",
            condition="status NOT IN ('declined', 'replaced') AND role IN ('first', 'second')",
        ),
    )
    flow = DUTY_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    period_id: Mapped[int] = mapped_column(ForeignKey("periods.id"))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    room_session_id: Mapped[int | None] = mapped_column(ForeignKey("room_sessions.id"))
    role: Mapped[DutyRole]
    status: Mapped[DutyStatus] = mapped_column(default=DutyStatus.OFFERED)


class SwapRequest(Lifecycle, Base):
    """Somebody asks a colleague to swap two duties; the colleague's word settles it."""

    __tablename__ = "swap_requests"
    __table_args__ = (
        CheckConstraint("duty_id <> other_id", name="of_two_duties"),
        CheckConstraint("asker_id <> asked_id", name="between_two_people"),
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name="answered_once"),
        unique_while("uq_swap_requests_duty", "duty_id", condition="status = 'asked'"),
        Index("ix_swap_requests_asked", "asked_id", "status"),
    )
    flow = SWAP_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    duty_id: Mapped[int] = mapped_column(ForeignKey("duties.id"))  # of whoever asks
    other_id: Mapped[int] = mapped_column(ForeignKey("duties.id"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str]
    status: Mapped[SwapStatus] = mapped_column(default=SwapStatus.ASKED)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # or withdrawn


class CalendarAddress(Base):
    """A secret address at which a person's own exams and duties stand for a calendar program.

    Whoever knows it reads them without signing in; only its hash is kept, and a new one ends it.
    """

    __tablename__ = "calendar_addresses"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=PRIVATE)
    language: Mapped[str]  # "zh" or "en": calendar programs do not say what they read
    since: Mapped[datetime]


keep(
    Base.metadata,
    flow_guard("plans", as_rows(PLAN_FLOW)),
    flow_guard("duties", as_rows(DUTY_FLOW)),
    flow_guard("swap_requests", as_rows(SWAP_FLOW)),
    final_row("publications", "publication_is_final"),
    final_row("seed_parts", "seed_part_is_final"),
    final_row("plan_moves", "plan_move_is_final"),
    Guard(
        name="one_place_per_person_and_time",
        table="placements",
        on=("INSERT", "UPDATE"),
        when="(NEW.in_force AND EXISTS (SELECT 1 FROM placements p WHERE p.in_force "
        "AND p.person_id = NEW.person_id "
        "AND p.starts_at < NEW.ends_at AND NEW.starts_at < p.ends_at "
        "AND p.entry_id <> NEW.entry_id))",
        lock="NEW.person_id",
    ),
    Guard(
        name="one_person_per_seat_and_time",
        table="placements",
        on=("INSERT", "UPDATE"),
        when="(NEW.in_force AND EXISTS (SELECT 1 FROM placements p WHERE p.in_force "
        "AND p.seat_id = NEW.seat_id "
        "AND p.starts_at < NEW.ends_at AND NEW.starts_at < p.ends_at "
        "AND p.entry_id <> NEW.entry_id))",
        lock="NEW.seat_id",
    ),
    kept_row("placements", "placement_in_force_is_kept", "(OLD.in_force)"),
    Guard(
        name="placement_moves_by_a_new_row",
        table="placements",
        on=("UPDATE",),
        when="(NEW.entry_id <> OLD.entry_id OR NEW.person_id <> OLD.person_id "
        "OR NEW.seat_id <> OLD.seat_id OR NEW.room_session_id <> OLD.room_session_id "
        "OR NEW.sitting_id <> OLD.sitting_id OR NEW.starts_at <> OLD.starts_at "
        "OR NEW.ends_at <> OLD.ends_at OR NEW.plan_id <> OLD.plan_id)",
    ),
)

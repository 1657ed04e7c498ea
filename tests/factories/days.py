"""Builders of plans, placements, devices, slips, attendances, room days, bags and incidents."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance, Device, Slip, SlipLine
from exam_centre.admission.rules import (
    GIVES_A_SCRIPT,
    Action,
    AttendanceStatus,
    Fact,
    Identity,
    SlipStatus,
    new_short_code,
)
from exam_centre.admission.service import slip_text
from exam_centre.calendar.models import Period, Series
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentKind
from exam_centre.custody.models import Bag
from exam_centre.custody.rules import BagKind, BagStatus
from exam_centre.entries.models import Candidate, Entry
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.kernel.sealing import Seal
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import HeldOver, Placement, Plan, RoomSession, Sitting
from exam_centre.timetable.queries import entry_facts
from exam_centre.timetable.rules import PUBLISHED, PlanStatus, own_end
from exam_centre.venues.models import Room, Seat, Venue
from tests.factories.builder import TEST_SEAL
from tests.factories.entries import EntriesMixin
from tests.factories.times import DAY, HOUR, MINUTE, NINE

CLOSED = (RoomDayStatus.CLOSED, RoomDayStatus.RECONCILED)


class DaysMixin(EntriesMixin):
    """The plan and the day. Without a word on it, everybody sits in one room in one period."""

    def __init__(self, session: Session, seal: Seal = TEST_SEAL) -> None:
        super().__init__(session, seal)
        self._home_plan: Plan | None = None
        self._home_period: Period | None = None
        self._home_rooms: dict[int, Room] = {}

    def home_period(self) -> Period:
        """The period that room sessions are in by default, from nine."""
        self._home_period = self._home_period or self.period()
        return self._home_period

    def home_room(self, venue: Venue | None = None) -> Room:
        """The one room of a venue that people sit in by default: 30 desks."""
        venue = venue or self.home_venue()
        if venue.id not in self._home_rooms:
            self._home_rooms[venue.id] = self.room(venue)
        return self._home_rooms[venue.id]

    def plan(
        self, series: Series | None = None, status: PlanStatus = PlanStatus.DRAFT, **fields: Any
    ) -> Plan:
        """The next version of a series' timetable, a draft unless told otherwise."""
        series = series or self.home_series()
        newest = select(func.max(Plan.number)).where(Plan.series_id == series.id)
        published = status in PUBLISHED or status is PlanStatus.PROPOSED
        defaults = {
            "series_id": series.id,
            "number": (self.session.scalar(newest) or 0) + 1,
            "status": status,
            "made_by_id": self.person().id,
            "made_at": NINE - 30 * DAY,
            "proposed_by_id": self.person().id if published else None,
            "summary": {},
        }
        return self.save(Plan(**defaults | fields))

    def home_plan(self) -> Plan:
        """The published plan, slips out, that placements in force belong to by default."""
        self._home_plan = self._home_plan or self.plan(status=PlanStatus.FROZEN)
        return self._home_plan

    def sitting(self, paper: Paper | None = None, period: Period | None = None) -> Sitting:
        """The sitting of a paper in a period, made where it is missing."""
        paper, period = paper or self.paper(), period or self.home_period()
        known = self.session.scalar(
            select(Sitting).where(Sitting.paper_id == paper.id, Sitting.period_id == period.id)
        )
        return known or self.save(Sitting(paper_id=paper.id, period_id=period.id, variant="A"))

    def room_session(self, room: Room | None = None, period: Period | None = None) -> RoomSession:
        """The session of a room in a period, made where it is missing."""
        room, period = room or self.home_room(), period or self.home_period()
        known = self.session.scalar(
            select(RoomSession).where(
                RoomSession.room_id == room.id, RoomSession.period_id == period.id
            )
        )
        return known or self.save(RoomSession(room_id=room.id, period_id=period.id))

    def placement(
        self,
        entry: Entry | None = None,
        *,
        seat: Seat | int | None = None,
        room: Room | None = None,
        period: Period | None = None,
        plan: Plan | None = None,
        in_force: bool = True,
        starts_at: datetime | None = None,
        **fields: Any,
    ) -> Placement:
        """A placement in force of a confirmed entry, at the next free desk of the room.

        seat    a desk, the number of one, or None for the next one.
        Times   the period's start, and the person's own end with approved extra time.
        """
        entry = entry or self.entry()
        room, period = room or self.home_room(), period or self.home_period()
        desk = seat if isinstance(seat, Seat) else self.seat(room, seat)
        facts = entry_facts(self.session, [entry.id])[entry.id]
        starts = starts_at or period.starts_at
        paper = self.session.get_one(Paper, entry.paper_id)
        defaults = {
            "plan_id": (plan or self.home_plan()).id,
            "entry_id": entry.id,
            "person_id": facts.person_id,
            "sitting_id": self.sitting(paper, period).id,
            "room_session_id": self.room_session(room, period).id,
            "seat_id": desk.id,
            "starts_at": starts,
            "ends_at": own_end(starts, facts.minutes or 90, facts.extra_percent),
            "in_force": in_force,
        }
        return self.save(Placement(**defaults | fields))

    def held_over(self, first: Placement, second: Placement) -> HeldOver:
        """The row that says the second placement waits for the first one's end."""
        return self.save(
            HeldOver(
                plan_id=second.plan_id,
                first_entry_id=first.entry_id,
                second_entry_id=second.entry_id,
                room_session_id=second.room_session_id,
                supervisor_id=self.person().id,
                isolated_from=first.ends_at,
                isolated_until=second.starts_at,
            )
        )

    def candidate_of(self, placement: Placement) -> Candidate:
        """Who sits there."""
        entry = self.session.get_one(Entry, placement.entry_id)
        return self.session.get_one(Candidate, entry.candidate_id)

    def slip(self, placement: Placement | None = None, **fields: Any) -> Slip:
        """The next slip of who sits there, naming all their placements in force; valid alone."""
        placement = placement or self.placement()
        candidate = self.candidate_of(placement)
        series_id = self.session.get_one(Entry, placement.entry_id).series_id
        mine = Slip.candidate_id == candidate.id, Slip.series_id == series_id
        for older in self.session.scalars(select(Slip).where(*mine)):
            if older.status is SlipStatus.VALID:
                older.move_to(SlipStatus.REPLACED)
        self.session.flush()
        newest = self.session.scalar(select(func.max(Slip.number)).where(*mine))
        defaults = {
            "candidate_id": candidate.id,
            "series_id": series_id,
            "number": (newest or 0) + 1,
            "short_code": new_short_code(),
            "plan_id": placement.plan_id,
            "status": SlipStatus.VALID,
            "issued_at": NINE - 7 * DAY,
        }
        slip = self.save(Slip(**defaults | fields))
        theirs = self.session.scalars(
            select(Placement.id)
            .join(Entry, Entry.id == Placement.entry_id)
            .where(Entry.candidate_id == candidate.id, Entry.series_id == series_id)
            .where(Placement.in_force)
        )
        for placement_id in theirs:
            self.save(SlipLine(slip_id=slip.id, placement_id=placement_id))
        return slip

    def slip_text(self, slip: Slip, ring: KeyRing) -> str:
        """What the slip's QR says."""
        candidate = self.session.get_one(Candidate, slip.candidate_id)
        return slip_text(slip, candidate, self.session.get_one(Series, slip.series_id), ring)

    def device(self, venue: Venue | None = None, **fields: Any) -> Device:
        """A device on duty until the evening, with a clock that is right."""
        n = self.number()
        defaults = {
            "secret_hash": f"{n:064d}",
            "name": f"Door {n}",
            "venue_id": (venue or self.home_venue()).id,
            "clock_offset_ms": 0,
            "expires_at": NINE + 12 * HOUR,
        }
        return self.save(Device(**defaults | fields))

    def fact(self, placement: Placement, at: datetime = NINE - 10 * MINUTE, **fields: Any) -> Fact:
        """A compared admission at the placement's own door, the person found by search."""
        defaults = {
            "scan_no": f"0001-{self.number():06d}",
            "here": placement.room_session_id,
            "device_at": at,
            "placement_id": placement.id,
            "identity": Identity.MATCH,
            "action": Action.ADMIT,
        }
        return Fact(**defaults | fields)

    def door_staff(self, venue: Venue | None = None) -> Actor:
        """Somebody who checks in at a venue."""
        return self.actor(Role.DOOR_STAFF, venue=venue or self.home_venue())

    def invigilator(self, venue: Venue | None = None, person: Person | None = None) -> Actor:
        """Somebody who runs the rooms of a venue."""
        return self.actor(Role.INVIGILATOR, venue=venue or self.home_venue(), person=person)

    def chief(self, venue: Venue | None = None) -> Actor:
        """Somebody who runs rooms and closes the day of a venue."""
        return self.actor(Role.CHIEF, venue=venue or self.home_venue())

    def attendance(
        self,
        placement: Placement | None = None,
        status: AttendanceStatus = AttendanceStatus.PRESENT,
        **fields: Any,
    ) -> Attendance:
        """What became of a placement: present, compared and compared again unless told otherwise.

        The rows of everybody else in the room are left to the test.
        """
        placement = placement or self.placement()
        came = status in GIVES_A_SCRIPT
        absent = status is AttendanceStatus.ABSENT
        seen = Identity.MATCH if came else Identity.NOT_CHECKED
        defaults = {
            "placement_id": placement.id,
            "status": status,
            "admitted_at": placement.starts_at - 10 * MINUTE if came else None,
            "admitted_by_id": self.person().id if came else None,
            "minutes_late": 0 if came else None,
            "identity": seen,
            "absent_noted_by_id": self.person().id if absent else None,
            "absent_confirmed_by_id": self.person().id if absent else None,
            "recheck": seen,
            "rechecked_by_id": self.person().id if came else None,
        }
        return self.save(Attendance(**defaults | fields))

    def room_day(
        self,
        room_session: RoomSession | None = None,
        status: RoomDayStatus = RoomDayStatus.RUNNING,
        *,
        scripts: int = 0,
        **fields: Any,
    ) -> RoomDay:
        """A room's day, running since nine; a closed or reconciled one is signed by two.

        scripts  the count of a reconciled one, by two people.
        """
        started = status not in (
            RoomDayStatus.READY,
            RoomDayStatus.OPEN,
            RoomDayStatus.CANCELLED,
        )
        closed, reconciled = status in CLOSED, status is RoomDayStatus.RECONCILED
        opened = started or status is RoomDayStatus.OPEN
        defaults = {
            "room_session_id": (room_session or self.room_session()).id,
            "status": status,
            "opened_by_id": self.person().id if opened else None,
            "opening_witness_id": self.person().id if opened else None,
            "started_at": NINE if started else None,
            "first_count": scripts if reconciled else None,
            "first_counter_id": self.person().id if reconciled else None,
            "second_count": scripts if reconciled else None,
            "second_counter_id": self.person().id if reconciled else None,
            "closed_by_id": self.person().id if closed else None,
            "countersigned_by_id": self.person().id if closed else None,
            "closed_at": NINE + 3 * HOUR if closed else None,
            "reconciled_by_id": self.person().id if reconciled else None,
        }
        return self.save(RoomDay(**defaults | fields))

    def bag(
        self,
        placement: Placement | None = None,
        kind: BagKind = BagKind.PAPERS,
        status: BagStatus = BagStatus.SEALED,
        **fields: Any,
    ) -> Bag:
        """The bag of the paper that a placement sits, in its room: 30 inside, sealed."""
        placement = placement or self.placement()
        opened = status is BagStatus.OPENED
        defaults = {
            "kind": kind,
            "room_session_id": placement.room_session_id,
            "sitting_id": placement.sitting_id,
            "status": status,
            "seal_no": f"SEAL{self.number()}",
            "declared": 30,
            "holder_id": self.person().id,
            "opened_by_id": self.person().id if opened else None,
            "opening_witness_id": self.person().id if opened else None,
            "opened_at": NINE - 20 * MINUTE if opened else None,
        }
        return self.save(Bag(**defaults | fields))

    def incident(
        self,
        placement: Placement | None = None,
        kind: IncidentKind = IncidentKind.OTHER,
        **fields: Any,
    ) -> Incident:
        """An open incident of the room a placement is in, or of the home venue without one."""
        venue = fields.pop("venue", None) or self.home_venue()
        newest = select(func.max(Incident.number)).where(Incident.venue_id == venue.id)
        defaults = {
            "venue_id": venue.id,
            "number": (self.session.scalar(newest) or 0) + 1,
            "kind": kind,
            "room_session_id": placement.room_session_id if placement else None,
            "placement_id": placement.id if placement else None,
            "text": "Something happened.",
            "facts": {},
            "happened_at": NINE,
            "recorded_by_id": self.person().id,
        }
        return self.save(Incident(**defaults | fields))

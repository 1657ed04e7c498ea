"""The exam days: every room session run as its people would run it, one call a scan."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission import service as admission
from exam_centre.admission.models import Device, Slip
from exam_centre.admission.queries import statuses
from exam_centre.admission.rules import AttendanceStatus, Code, Fact, Identity
from exam_centre.calendar.models import Period, Series
from exam_centre.conduct import service as conduct
from exam_centre.conduct.queries import open_incidents
from exam_centre.conduct.rules import IncidentKind
from exam_centre.custody import service as custody
from exam_centre.custody.models import Bag
from exam_centre.custody.rules import BagKind
from exam_centre.demo.journey.cast import Cast, by_someone, turned
from exam_centre.demo.journey.chance import arrival, drawn, read_score
from exam_centre.entries.models import Candidate, Entry
from exam_centre.invigilation import service as invigilation
from exam_centre.invigilation.models import RoomDay
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor, Permission, Place, Role
from exam_centre.kernel.sentences import say
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import SCRIPT_MARKED, Mode
from exam_centre.practicals import service as practicals
from exam_centre.practicals.rules import FEWEST_ASSESSORS
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.timetable.queries import place_of_room_session, placements_of_room
from exam_centre.venues.models import Room, Venue

SPARE_PAPERS = 2  # in each bag
PREPARED = timedelta(minutes=60)  # before the start
OPENED = timedelta(minutes=29)
CUT_OFF = timedelta(minutes=31)
AN_INCIDENT = 0.05  # of rooms
DEVICE_LASTS = timedelta(hours=14)


@dataclass(frozen=True)
class Sat:
    """One placement with what the day asks about it."""

    placement: Placement
    candidate_id: int
    mode: Mode


class RoomRun:
    """One room session, from the packed bag to the reconciled register."""

    def __init__(
        self, session: Session, room_session: RoomSession, cast: Cast, ring: KeyRing, seed: int
    ) -> None:
        self.session, self.ring, self.seed = session, ring, seed
        self.id = room_session.id
        self.place: Place = place_of_room_session(session, room_session.id)
        self.sat = list(self._sat())
        self.starts = min(s.placement.starts_at for s in self.sat)
        self.ends = max(s.placement.ends_at for s in self.sat)
        people = {
            role: turned(cast.of(role, permission, self.place), self.id)
            for role, permission in (
                (Role.CHIEF, Permission.CLOSE_DAY),
                (Role.INVIGILATOR, Permission.RUN_ROOM),
                (Role.EXAM_OFFICER, Permission.HAND_OVER),
                (Role.MARKER, Permission.ENTER_MARKS),
            )
        }
        self.chief = people[Role.CHIEF][0]
        self.first, self.second = [
            a for a in people[Role.INVIGILATOR] if a.human() != self.chief.human()
        ][:2]
        self.officer = people[Role.EXAM_OFFICER][0]
        self.assessors = people[Role.MARKER]
        self.verdicts: Counter[str] = Counter()

    def _sat(self) -> Iterator[Sat]:
        rows = {p.id: p for p in placements_of_room(self.session, self.id)}
        facts = self.session.execute(
            select(Placement.id, Entry.candidate_id, Paper.mode)
            .join(Entry, Entry.id == Placement.entry_id)
            .join(Paper, Paper.id == Entry.paper_id)
            .where(Placement.id.in_(rows))
        )
        for placement_id, candidate_id, mode in facts:
            yield Sat(rows[placement_id], candidate_id, mode)

    def run(self) -> Counter[str]:
        """Run the room and return how often each verdict was given."""
        bags = self._take_papers(self.starts - PREPARED)
        day = self._open(bags, self.starts - OPENED)
        self._scan_all(day)
        self._draw_stations()
        self._say_absent(day)
        self._live_through(day)
        self._close(day, bags)
        return self.verdicts

    def _take_papers(self, now: datetime) -> list[Bag]:
        counts = Counter(s.placement.sitting_id for s in self.sat if s.mode in SCRIPT_MARKED)
        bags = []
        for sitting_id, people in sorted(counts.items()):
            count, seal_no = people + SPARE_PAPERS, f"S{self.id}-{sitting_id}"
            bag = custody.pack(
                self.session,
                self.officer,
                BagKind.PAPERS,
                self.id,
                sitting_id,
                seal_no=seal_no,
                count=count,
                now=now,
            )
            for act, who in ((custody.send, self.officer), (custody.take, self.chief)):
                act(self.session, who, bag, count=count, seal_no=seal_no, now=now)
            bags.append(bag)
        return bags

    def _open(self, bags: list[Bag], now: datetime) -> RoomDay:
        day = invigilation.prepare_room(self.session, self.chief, self.id, now=now)
        for bag in bags:
            custody.open_bag(self.session, self.chief, bag, second=self.first, now=now)
        invigilation.open_room(self.session, self.chief, day, second=self.first, now=now)
        return day

    def _scan_all(self, day: RoomDay) -> None:
        device, _ = admission.provision_device(
            self.session,
            self.chief,
            self.session.get_one(Venue, self.place.venue_id),
            name=f"Door {self.id}",
            expires_at=self.starts + DEVICE_LASTS,
            now=self.starts - OPENED,
        )
        admission.measure_clock(self.session, device, self.starts - OPENED, self.starts - OPENED)
        arrivals = [
            (
                s,
                arrival(
                    self.seed,
                    s.placement.entry_id,
                    s.placement.starts_at,
                    s.mode is not Mode.LISTENING,
                ),
            )
            for s in self.sat
        ]
        coming = sorted(
            ((a.at, s.placement.id, s, a.looks) for s, a in arrivals if a.at is not None),
            key=lambda row: row[:2],
        )
        slips = self._slips({s.candidate_id for _, _, s, _ in coming})
        started = False
        for number, (at, _, sat, looks) in enumerate(coming, 1):
            if not started and at >= self.starts:
                invigilation.start_clock(self.session, self.first, day, now=self.starts)
                started = True
            self._scan(device, number, sat, slips[sat.candidate_id], at, Identity(looks))
        if not started:
            invigilation.start_clock(self.session, self.first, day, now=self.starts)

    def _slips(self, candidate_ids: set[int]) -> dict[int, str]:
        rows = self.session.execute(
            select(Slip, Candidate, Series)
            .join(Candidate, Candidate.id == Slip.candidate_id)
            .join(Series, Series.id == Slip.series_id)
            .where(
                Slip.candidate_id.in_(candidate_ids),
                Slip.series_id == self.place.series_id,
                Slip.status == "valid",
            )
        )
        return {c.id: admission.slip_text(slip, c, series, self.ring) for slip, c, series in rows}

    def _scan(
        self, device: Device, number: int, sat: Sat, slip: str, at: datetime, looks: Identity
    ) -> None:
        fact = Fact(
            scan_no=f"{self.id}-{number:04d}",
            here=self.id,
            device_at=at,
            token=slip,
            identity=looks,
        )
        answer = admission.record_scan(self.session, self.first, device, fact, self.ring, now=at)
        self.verdicts[str(answer["code"])] += 1
        if answer["code"] == Code.MISMATCH:
            admission.refuse(
                self.session,
                self.first,
                sat.placement.id,
                reason="证件与本人不符",
                second=self.second,
                now=at,
            )

    def _draw_stations(self) -> None:
        """Practicals: a station by lot, then three assessors each give a mark."""
        for sat in self._in_mode(Mode.PRACTICAL, AttendanceStatus.PRESENT):
            practicals.draw_station(
                self.session, self.first, sat.placement.id, second=self.second, now=self.starts
            )

    def _in_mode(self, mode: Mode | None, status: AttendanceStatus) -> list[Sat]:
        found = statuses(self.session, [s.placement.id for s in self.sat])
        return [
            s
            for s in self.sat
            if found[s.placement.id] is status and (mode is None or s.mode is mode)
        ]

    def _say_absent(self, day: RoomDay) -> None:
        waiting = self._in_mode(None, AttendanceStatus.EXPECTED)
        last = max(s.placement.starts_at for s in self.sat) + CUT_OFF
        if waiting:
            invigilation.say_absent(
                self.session,
                self.first,
                day,
                [s.placement.id for s in waiting],
                second=self.second,
                now=last,
            )
        self.verdicts["absent"] += len(waiting)

    def _live_through(self, day: RoomDay) -> None:
        """Something happens in a few rooms; doubts are settled by looking again."""
        if drawn(self.seed, "incident", self.id).random() < AN_INCIDENT:
            conduct.record_incident(
                self.session,
                self.first,
                self._venue_id(),
                IncidentKind.ILLNESS,
                say("A candidate felt unwell and went on after five minutes."),
                happened_at=self.ends - timedelta(minutes=20),
                room_session_id=self.id,
                now=self.ends - timedelta(minutes=15),
            )
            self.verdicts["incident"] += 1
        self.session.flush()

    def _venue_id(self) -> int:
        assert self.place.venue_id is not None
        return self.place.venue_id

    def _close(self, day: RoomDay, bags: list[Bag]) -> None:
        now = self.ends + timedelta(minutes=1)
        present = self._in_mode(None, AttendanceStatus.PRESENT)
        for sat in present:
            admission.recheck_identity(
                self.session, self.chief, sat.placement.id, Identity.MATCH, now=now
            )
            self._assess(sat, now)
        for incident in open_incidents(self.session, [self.id]):
            conduct.resolve_incident(
                self.session, self.chief, incident, resolution="已核实并处理", now=now
            )
        invigilation.close_room(self.session, self.first, day, second=self.second, now=now)
        scripts = Counter(s.placement.sitting_id for s in present if s.mode in SCRIPT_MARKED)
        for counter in (self.first, self.second):
            invigilation.count_scripts(self.session, counter, day, count=scripts.total(), now=now)
        for bag in bags:
            used = scripts[bag.sitting_id]
            spare = bag.declared - used
            custody.count_papers(
                self.session, self.chief, bag, used=used, spare=spare, damaged=0, now=now
            )
            custody.reseal(self.session, self.chief, bag, seal_no=f"{bag.seal_no}R", now=now)
            self._hand_over(bag, spare, now)
        invigilation.reconcile(self.session, self.chief, day, now=now)
        for sitting_id, count in sorted(scripts.items()):
            bag = custody.pack(
                self.session,
                self.chief,
                BagKind.SCRIPTS,
                self.id,
                sitting_id,
                seal_no=f"S{self.id}-{sitting_id}S",
                count=count,
                now=now,
            )
            self._hand_over(bag, count, now)

    def _hand_over(self, bag: Bag, count: int, now: datetime) -> None:
        """Let the exam office take a bag away, each side with a count of its own."""
        for act, who in ((custody.send, self.chief), (custody.take, self.officer)):
            act(self.session, who, bag, count=count, seal_no=bag.seal_no, now=now)

    def _assess(self, sat: Sat, now: datetime) -> None:
        """Three assessors, none tied to the person, each give a mark at the station."""
        if sat.mode is not Mode.PRACTICAL:
            return
        waiting = list(self.assessors)
        for _ in range(FEWEST_ASSESSORS):
            chosen = by_someone(
                self.session, waiting, lambda actor: self._mark_station(sat, actor, now)
            )
            waiting.remove(chosen)

    def _mark_station(self, sat: Sat, actor: Actor, now: datetime) -> Actor:
        score = read_score(self.seed, sat.placement.entry_id, actor.name)
        practicals.mark(self.session, actor, sat.placement.id, score=score, now=now)
        return actor


def sessions_of(session: Session, series_id: int) -> list[int]:
    """Return the ids of the room sessions that have people, in the order of the periods."""
    return list(
        session.scalars(
            select(RoomSession.id)
            .join(Period, Period.id == RoomSession.period_id)
            .join(Placement, Placement.room_session_id == RoomSession.id)
            .where(Period.series_id == series_id, Placement.in_force)
            .group_by(RoomSession.id, Period.starts_at)
            .order_by(Period.starts_at, RoomSession.id)
        )
    )


def venue_days(session: Session, series_id: int) -> list[tuple[int, date]]:
    """Return (venue, day on its clock) of everything that is sat, in order."""
    rows = session.execute(
        select(Venue.id, Venue.time_zone, Period.starts_at)
        .join(Room, Room.venue_id == Venue.id)
        .join(RoomSession, RoomSession.room_id == Room.id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .where(Period.series_id == series_id, Placement.in_force)
        .distinct()
    )
    days = {(venue_id, at_venue(starts, zone).date()) for venue_id, zone, starts in rows}
    return sorted(days, key=lambda row: (row[1], row[0]))

"""An open door to try load on: one venue, one period that stands open, everybody with a slip."""

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.rules import IdType
from exam_centre.accounts.service import Registration
from exam_centre.admission import service as admission
from exam_centre.admission.models import Slip
from exam_centre.calendar import service as calendar
from exam_centre.calendar.models import Series
from exam_centre.demo.names import draw_name, numbers_of
from exam_centre.demo.small import SET_UP
from exam_centre.entries import service as entries
from exam_centre.entries.models import Candidate
from exam_centre.entries.service import Enrolment, NewLine
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation import service as organisation
from exam_centre.organisation.models import Park, Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers import service as papers
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.rules import BookRule, Mode
from exam_centre.timetable import service as timetable
from exam_centre.timetable.models import Plan
from exam_centre.timetable.rules import Stage
from exam_centre.venues import service as venues
from exam_centre.venues.models import Venue
from exam_centre.venues.rules import MOST_DESKS_A_SIDE, Door, Pattern, RoomKind, VenueKind

STARTS_IN = timedelta(hours=12)  # and the door stands open all the time until then
STANDS_OPEN = timedelta(hours=36)  # in all: as long as the device is on duty
SPARE = 1.05  # desks a person: a plan keeps some free
PORTION = 1_000  # people in one transaction
MOVES = 20_000  # of the search: there is one venue and one period
PAPER_MINUTES = 90
FIRST_AREA, AREAS = 900_000, 90_000  # codes that no county has
LATITUDE, LONGITUDE = Decimal("31.32400"), Decimal("120.72400")
LEVELS = (
    ("总部", UnitLevel.NATIONAL),
    ("分部", UnitLevel.PROVINCIAL),
    ("开放大学", UnitLevel.PREFECTURAL),
    ("学习中心", UnitLevel.COUNTY),
)

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class OpenDoor:
    """What a load client needs: the device's secret, and what every slip's code says."""

    secret: str
    slips: list[str]
    rooms: int


class OpenDoorMaker:
    """Makes the door through the services people use; every maker makes another venue.

    tell  is told (what is being done, done, total).
    """

    def __init__(self, seal: Seal, ring: KeyRing, now: datetime, tell: Tell) -> None:
        self.seal, self.ring, self.now, self.tell = seal, ring, now, tell
        self.code = f"{now:%y%m%d%H%M%S}"
        self.chance = Random(secrets.randbits(64))  # noqa: S311 - names, no secrets

    def make(self, people: int) -> OpenDoor:
        """Return a door for so many people, in as many rooms as they need."""
        with unit_of_work() as session:
            units = self._units(session)
            chief, manager, *officers = self._staff(session, units)
            venue, rooms = self._venue(session, units, manager, officers, people)
            series = self._series(session, units[1])
            paper, course = self._paper(session)
        for done in range(0, people, PORTION):
            self.tell("people", done, people)
            with unit_of_work() as session:
                self._enter(session, units[-1], series, paper, course, done, people)
        self._publish(officers[0], officers[1], series)
        with unit_of_work() as session:
            admission.issue_slips_of_series(
                session, officers[0], series, self.now, lambda d, t: self.tell("slips", d, t)
            )
            device, secret = admission.provision_device(
                session,
                chief,
                venue,
                name="Door",
                expires_at=self.now + STANDS_OPEN,
                now=self.now,
            )
            # The device that tries the load asks this machine for the time.
            admission.measure_clock(session, device, self.now, self.now)
        with unit_of_work() as session:
            return OpenDoor(secret, self._slips(session, series), rooms)

    def _units(self, session: Session) -> list[Unit]:
        top = session.scalars(select(Unit).where(Unit.level == UnitLevel.NATIONAL)).first()
        units = [top] if top else []
        for depth, (name, level) in list(enumerate(LEVELS))[len(units) :]:
            unit = organisation.found_unit(
                session,
                SET_UP,
                code=f"D{self.code}-{depth}",
                name=name,
                level=level,
                parent=units[-1] if units else None,
                now=self.now,
            )
            units.append(unit)
        return units

    def _staff(self, session: Session, units: list[Unit]) -> list[Actor]:
        """Return chief, manager, and officers of the province, headquarters and prefecture."""
        wanted = [
            (Role.CHIEF, units[1]),
            (Role.VENUE_MANAGER, units[-1]),
            (Role.EXAM_OFFICER, units[1]),
            (Role.EXAM_OFFICER, units[0]),
            (Role.EXAM_OFFICER, units[2]),
        ]
        area = self._area()
        people = accounts.register_people(
            session,
            SET_UP,
            self.seal,
            [
                Registration(draw_name(self.chance), IdType.RESIDENT, number)
                for number in numbers_of(len(wanted), area)
            ],
            now=self.now,
        )
        actors = []
        for n, (person, (role, unit)) in enumerate(zip(people, wanted, strict=True)):
            user = accounts.open_user(
                session, SET_UP, person, login=f"D{self.code}{n}", password="", now=self.now
            )
            accounts.grant_role(session, SET_UP, user, role, unit, now=self.now)
            actors.append(accounts.actor_of(session, user))
        return actors

    def _area(self) -> str:
        return str(FIRST_AREA + self.chance.randrange(AREAS))

    def _venue(
        self,
        session: Session,
        units: list[Unit],
        manager: Actor,
        officers: list[Actor],
        people: int,
    ) -> tuple[Venue, int]:
        park = self._park(session, units[-1])
        applied = venues.apply_for_venue(
            session,
            manager,
            units[-1],
            park,
            code=f"D{self.code}",
            name="示范考点",
            kind=VenueKind.FORMAL,
            latitude=LATITUDE,
            longitude=LONGITUDE,
            statement="保密室双锁双人，监控完好。",
            now=self.now,
        )
        province, national, prefecture = officers
        for reviewer in (prefecture, province, national):
            venues.review_application(
                session, reviewer, applied, approve=True, reason="材料齐全", now=self.now
            )
        venue = session.get_one(Venue, applied.venue_id)
        left, rooms = math.ceil(people * SPARE) + 1, 0
        while left > 0:
            desks = min(left, MOST_DESKS_A_SIDE**2)
            rows = math.ceil(math.sqrt(desks))
            columns = math.ceil(desks / rows)
            left, rooms = left - rows * columns, rooms + 1
            venues.add_room(
                session,
                manager,
                venue,
                code=str(100 + rooms),
                kind=RoomKind.STANDARD,
                rows=rows,
                columns=columns,
                pattern=Pattern.S,
                door=Door.FRONT_LEFT,
                missing=[],
                wheelchair=[],
                left_handed=[],
                floor="1",
                now=self.now,
            )
        return venue, rooms

    def _park(self, session: Session, unit: Unit) -> Park:
        return organisation.add_park(
            session,
            SET_UP,
            unit,
            code=f"D{self.code}",
            name="示范产业园",
            latitude=LATITUDE,
            longitude=LONGITUDE,
            now=self.now,
        )

    def _series(self, session: Session, unit: Unit) -> Series:
        series = calendar.open_series(
            session, SET_UP, unit, code=f"D{self.code}", name="演示考次", now=self.now
        )
        starts = self.now + STARTS_IN
        calendar.add_period(
            session,
            SET_UP,
            series,
            code="P01",
            starts_at=starts,
            ends_at=starts + timedelta(minutes=PAPER_MINUTES),
            now=self.now,
        )
        calendar.set_rules(
            session,
            SET_UP,
            series,
            source="演示规则",
            effective_from=self.now.date(),
            marking_tolerance=Decimal(5),
            sample_percent=Decimal(10),
            doors_open_minutes=STARTS_IN // timedelta(minutes=1) + 1,
            late_limit_minutes=(STANDS_OPEN - STARTS_IN) // timedelta(minutes=1),
            now=self.now,
        )
        return series

    def _paper(self, session: Session) -> tuple[Paper, Course]:
        paper = papers.add_paper(
            session,
            SET_UP,
            code=f"D{self.code}",
            name="机械制图",
            mode=Mode.PAPER,
            minutes=PAPER_MINUTES,
            book_rule=BookRule.CLOSED,
            now=self.now,
        )
        papers.set_scheme(
            session,
            SET_UP,
            paper,
            source="演示大纲",
            formative_percent=Decimal(30),
            double_pass=False,
            pass_mark=Decimal(60),
            precision=0,
            now=self.now,
        )
        course = papers.add_course(
            session,
            SET_UP,
            paper,
            code=f"D{self.code}",
            name=paper.name,
            level="diploma",
            learning_area="专业技能",
            credits=Decimal("2.0"),
            now=self.now,
        )
        return paper, course

    def _enter(
        self,
        session: Session,
        unit: Unit,
        series: Series,
        paper: Paper,
        course: Course,
        done: int,
        people: int,
    ) -> None:
        """Enrol the next portion of people, enter them, and confirm their entries."""
        count = min(PORTION, people - done)
        registered = accounts.register_people(
            session,
            SET_UP,
            self.seal,
            [
                Registration(draw_name(self.chance), IdType.RESIDENT, number)
                for number in numbers_of(count, self._area())
            ],
            now=self.now,
        )
        enrolments = [
            Enrolment(person, unit, f"D{self.code}{done + n:05d}", self.now.date())
            for n, person in enumerate(registered)
        ]
        candidates = entries.enrol_all(session, SET_UP, enrolments, now=self.now)
        lines = [NewLine(candidate, paper, course) for candidate in candidates]
        made = entries.enter_all(session, SET_UP, series, lines, now=self.now)
        among = [entry.id for entry, _ in made]
        entries.assess_all(session, SET_UP, series, among=among, now=self.now)
        entries.confirm_all(session, SET_UP, series, among=among, now=self.now)

    def _publish(self, first: Actor, second: Actor, series: Series) -> None:
        with unit_of_work() as session:
            plan = timetable.draft_plan(session, first, series, now=self.now)
            for who, part in ((first, "open door A"), (second, "open door B")):
                timetable.add_seed_part(session, who, plan, part, now=self.now)
            plan_id, seed = plan.id, timetable.seed_for(session, plan)
            prepared = timetable.prepare(session, first, plan)
        prepared, found = timetable.search(
            prepared,
            seed=seed,
            iterations=MOVES,
            progress=lambda done, total, _score: self.tell("plan", done, total),
        )
        with unit_of_work() as session:
            plan = session.get_one(Plan, plan_id)
            timetable.keep(session, first, plan, prepared, found, now=self.now)
            timetable.propose(session, first, plan, now=self.now)
        for stage in Stage:
            with unit_of_work() as session:
                plan = session.get_one(Plan, plan_id)
                timetable.publish(session, second, plan, stage, now=self.now)

    def _slips(self, session: Session, series: Series) -> list[str]:
        rows = session.execute(
            select(Slip, Candidate)
            .join(Candidate, Candidate.id == Slip.candidate_id)
            .where(Slip.series_id == series.id)
            .order_by(Slip.id)
        )
        return [admission.slip_text(slip, candidate, series, self.ring) for slip, candidate in rows]

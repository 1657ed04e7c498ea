"""A small series of our own: one park, two venues, eight papers, sixty workers, every role."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import Person, User
from exam_centre.accounts.rules import IdType
from exam_centre.calendar import service as calendar
from exam_centre.calendar.models import Series
from exam_centre.demo.names import draw_name, number_of
from exam_centre.entries import service as entries
from exam_centre.kernel.permissions import Actor, Role, everywhere
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation import service as organisation
from exam_centre.organisation.models import Enterprise, Park, Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers import service as papers
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.rules import BookRule, Mode
from exam_centre.venues import service as venues
from exam_centre.venues.models import Venue
from exam_centre.venues.rules import Door, Pattern, RoomKind, VenueKind

ZONE = ZoneInfo("Asia/Shanghai")
WORKERS = 60
TEAMS = "ABC"
SET_UP = Actor(None, None, "set-up", everywhere(*Role))

PAPERS = (  # code, name, mode, minutes, formative per cent
    ("1001", "机械制图", Mode.PAPER, 90, 30),
    ("1002", "电工基础", Mode.PAPER, 90, 40),
    ("1003", "职业道德", Mode.COMPUTER, 60, 50),
    ("1004", "安全生产", Mode.COMPUTER, 60, 30),
    ("1005", "英语听力", Mode.LISTENING, 60, 20),
    ("1006", "数控加工", Mode.PRACTICAL, 90, 40),
    ("1007", "班组管理", Mode.ASSIGNMENT, None, 100),
    ("1008", "岗位论文", Mode.THESIS, None, 0),
)
STARTS = (time(8, 30), time(10, 40), time(14, 0), time(16, 10))
PERIOD = timedelta(minutes=90)


@dataclass(frozen=True)
class Card:
    """One sign-in of the demo series; the password is drawn at this install."""

    role: Role
    name: str
    login: str
    password: str


class SmallSeries:
    """Makes the series through the services people use; same seed, same series."""

    def __init__(self, session: Session, seal: Seal, seed: int, now: datetime) -> None:
        self.session, self.seal, self.now = session, seal, now
        self.chance = Random(seed)  # noqa: S311 - names and numbers of a demo, not secrets
        self.serial = 0

    def make(self, passwords: dict[Role, str]) -> list[Card]:
        """Make everything and return one card a role; `passwords` has one for each."""
        centre, park, plants = self._organisation()
        cards = self._staff(centre, passwords)
        self._venues(centre, park)
        series = self._series()
        courses = self._papers()
        login = self._workers(centre, plants, series, courses, passwords[Role.WORKER])
        return [*cards, Card(Role.WORKER, login[0], login[1], passwords[Role.WORKER])]

    def _organisation(self) -> tuple[Unit, Park, list[Enterprise]]:
        levels = (
            ("HQ", "总部", UnitLevel.NATIONAL),
            ("32", "江苏分部", UnitLevel.PROVINCIAL),
            ("32-04", "苏州开放大学", UnitLevel.PREFECTURAL),
            ("32-04-DP", "示范园学习中心", UnitLevel.COUNTY),
        )
        units: list[Unit] = []
        for code, name, level in levels:
            unit = organisation.found_unit(
                self.session,
                SET_UP,
                code=code,
                name=name,
                level=level,
                parent=units[-1] if units else None,
                now=self.now,
            )
            units.append(unit)
        self.units = units
        park = organisation.add_park(
            self.session,
            SET_UP,
            units[-1],
            code="DP",
            name="示范产业园",
            latitude=Decimal("31.32400"),
            longitude=Decimal("120.72400"),
            now=self.now,
        )
        plants = [
            organisation.add_enterprise(
                self.session,
                SET_UP,
                park,
                code=f"DP-E0{n}",
                name=name,
                latitude=Decimal("31.32000") + n * Decimal("0.00400"),
                longitude=Decimal("120.72000"),
                now=self.now,
            )
            for n, name in enumerate(("示范精密机械", "示范汽配", "示范电子"), 1)
        ]
        return units[-1], park, plants

    def _person(self) -> Person:
        self.serial += 1
        return accounts.register_person(
            self.session,
            SET_UP,
            self.seal,
            name=draw_name(self.chance),
            id_type=IdType.RESIDENT,
            id_no=number_of(self.serial, self.chance),
            phone=f"1990000{self.serial:04d}",
            now=self.now,
        )

    def _user(self, login: str, password: str) -> tuple[Person, User]:
        person = self._person()
        user = accounts.open_user(
            self.session, SET_UP, person, login=login, password=password, now=self.now
        )
        return person, user

    def _staff(self, centre: Unit, passwords: dict[Role, str]) -> list[Card]:
        cards = []
        for n, role in enumerate((r for r in Role if r is not Role.WORKER), 1):
            login = f"S{n:04d}"
            person, user = self._user(login, passwords[role])
            accounts.add_staff(
                self.session,
                SET_UP,
                person,
                centre,
                staff_no=login,
                trained_until=self.now.date() + timedelta(days=365),
                now=self.now,
            )
            accounts.grant_role(self.session, SET_UP, user, role, self.units[1], now=self.now)
            cards.append(Card(role, person.name, login, passwords[role]))
        return cards

    def _venues(self, centre: Unit, park: Park) -> None:
        reviewers = []
        for unit in (self.units[2], self.units[1], self.units[0]):
            _, user = self._user(f"R-{unit.code}", "")
            accounts.grant_role(self.session, SET_UP, user, Role.EXAM_OFFICER, unit, now=self.now)
            reviewers.append(accounts.actor_of(self.session, user))
        _, manager_user = self._user("V0001", "")
        accounts.grant_role(
            self.session, SET_UP, manager_user, Role.VENUE_MANAGER, centre, now=self.now
        )
        manager = accounts.actor_of(self.session, manager_user)
        for n, kind in enumerate((VenueKind.FORMAL, VenueKind.TEMPORARY), 1):
            applied = venues.apply_for_venue(
                self.session,
                manager,
                centre,
                park,
                code=f"DP-V{n}",
                name=f"示范园第{n}考点",
                kind=kind,
                latitude=Decimal("31.32400"),
                longitude=Decimal("120.72400"),
                statement="保密室双锁双人，监控完好。",
                now=self.now,
            )
            for reviewer in reviewers:
                venues.review_application(
                    self.session, reviewer, applied, approve=True, reason="材料齐全", now=self.now
                )
            venue = self.session.get_one(Venue, applied.venue_id)
            for code, room_kind in (
                ("101", RoomKind.STANDARD),
                ("102", RoomKind.STANDARD),
                ("201", RoomKind.COMPUTER),
                ("301", RoomKind.WORKSHOP),
            ):
                venues.add_room(
                    self.session,
                    manager,
                    venue,
                    code=code,
                    kind=room_kind,
                    rows=6,
                    columns=5,
                    pattern=self.chance.choice(list(Pattern)),
                    door=Door.FRONT_LEFT,
                    missing=[(6, 5)],
                    wheelchair=[(1, 1)],
                    left_handed=[(1, 5)],
                    floor=code[0],
                    now=self.now,
                )

    def _series(self) -> Series:
        day = (self.now + timedelta(days=21)).astimezone(ZONE).date()
        series = calendar.open_series(
            self.session,
            SET_UP,
            self.units[1],
            code=f"{day:%Y}DEMO",
            name=f"{day:%Y} 演示考次",
            now=self.now,
        )
        for n in range(8):
            starts = datetime.combine(day + timedelta(days=n // 4), STARTS[n % 4], ZONE)
            calendar.add_period(
                self.session,
                SET_UP,
                series,
                code=f"P{n + 1:02d}",
                starts_at=starts.astimezone(UTC),
                ends_at=(starts + PERIOD).astimezone(UTC),
                now=self.now,
            )
        calendar.set_rules(
            self.session,
            SET_UP,
            series,
            source="演示规则",
            effective_from=date(day.year, 1, 1),
            marking_tolerance=Decimal(5),
            sample_percent=Decimal(10),
            now=self.now,
        )
        return series

    def _papers(self) -> list[tuple[Paper, list[Course]]]:
        made = []
        for code, name, mode, minutes, formative in PAPERS:
            paper = papers.add_paper(
                self.session,
                SET_UP,
                code=code,
                name=name,
                mode=mode,
                minutes=minutes,
                book_rule=BookRule.CLOSED,
                now=self.now,
            )
            papers.set_scheme(
                self.session,
                SET_UP,
                paper,
                source="演示大纲",
                formative_percent=Decimal(formative),
                double_pass=False,
                pass_mark=Decimal(60),
                precision=0,
                now=self.now,
            )
            courses = [
                papers.add_course(
                    self.session,
                    SET_UP,
                    paper,
                    code=f"C{code}{letter}",
                    name=name,
                    level=level,
                    learning_area="专业技能",
                    credits=Decimal("2.0"),
                    now=self.now,
                )
                for letter, level in (("A", "bachelor"), ("B", "diploma"))
            ]
            made.append((paper, courses))
        return made

    def _workers(
        self,
        centre: Unit,
        plants: list[Enterprise],
        series: Series,
        offered: list[tuple[Paper, list[Course]]],
        password: str,
    ) -> tuple[str, str]:
        """Enrol the workers and enter each for three papers; the first one gets a sign-in."""
        first: tuple[str, str] | None = None
        for n in range(1, WORKERS + 1):
            login = f"26320{n:05d}"
            person, user = self._user(login, password if n == 1 else "")
            accounts.grant_role(self.session, SET_UP, user, Role.WORKER, centre, now=self.now)
            first = first or (person.name, login)
            accounts.employ(
                self.session,
                SET_UP,
                person,
                self.chance.choice(plants),
                work_no=f"W{n:04d}",
                team=self.chance.choice(TEAMS),
                now=self.now,
            )
            candidate = entries.enrol(
                self.session,
                SET_UP,
                person,
                centre,
                person_no=login,
                consented_on=self.now.date(),
                now=self.now,
            )
            for paper, courses in self.chance.sample(offered, 3):
                entry = entries.enter(
                    self.session,
                    SET_UP,
                    candidate,
                    paper,
                    series,
                    courses if self.chance.random() < 1 / 10 else courses[:1],
                    now=self.now,
                )
                entries.assess(self.session, SET_UP, entry, now=self.now)
                entries.confirm(self.session, SET_UP, entry, now=self.now)
        assert first is not None
        return first

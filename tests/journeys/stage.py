"""The stage of the story: a province with one park, its people, and a series about to begin.

Everything here is made by the services people use, each act by somebody who may do it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import IdType, check_character
from exam_centre.calendar import service as calendar
from exam_centre.entries import service as entries
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.permissions import Actor, Role, everywhere
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation import service as organisation
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers import service as papers
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.rules import BookRule, Mode
from exam_centre.venues import service as venues
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.rules import Door, Pattern, RoomKind, VenueKind
from tests.factories.times import HOUR, NINE

BEFORE = NINE - timedelta(days=30)  # when the series is prepared
AFTERNOON = NINE + 5 * HOUR  # 14:00 at the venue
EVERYWHERE = Actor(None, None, "set-up", everywhere(*Role))
HERE = {"latitude": Decimal("31.32400"), "longitude": Decimal("120.72400")}


def id_number(serial: int) -> str:
    """Return a valid ID number with an area code that no county has."""
    first = f"999900198909{serial:05d}"
    return first + check_character(first)


class Stage:
    """The cast and the places, by name; `now` is the story's clock."""

    def __init__(self, session: Session) -> None:
        self.session, self.now, self.serial = session, BEFORE, 0
        self.seal = Seal(b"a secret that only this story knows")
        self._organisation()
        self._people()
        self._venue()
        self._series()

    def page(self, now: datetime) -> None:
        """Turn the page: what happened is committed, and the clock moves on."""
        self.session.commit()
        self.session.expire_all()
        self.now = now

    def _organisation(self) -> None:
        add: dict[str, Any] = {"now": self.now}
        found = organisation.found_unit
        at, who = self.session, EVERYWHERE
        levels = UnitLevel
        self.hq = found(at, who, code="HQ", name="总部", level=levels.NATIONAL, parent=None, **add)
        self.province = found(
            at, who, code="32", name="江苏分部", level=levels.PROVINCIAL, parent=self.hq, **add
        )
        self.city = found(
            at,
            who,
            code="32-04",
            name="苏州",
            level=levels.PREFECTURAL,
            parent=self.province,
            **add,
        )
        self.centre = found(
            at, who, code="32-04-SIP", name="园区", level=levels.COUNTY, parent=self.city, **add
        )
        self.park = organisation.add_park(
            at, who, self.centre, code="SIP", name="苏州工业园区", **HERE, **add
        )
        self.plant = organisation.add_enterprise(
            at, who, self.park, code="SIP-E01", name="精密机械", **HERE, **add
        )
        organisation.plan_shift(
            at, who, self.plant, team="C", starts_at=NINE - 3 * HOUR, ends_at=NINE + 4 * HOUR, **add
        )

    def human(self, name: str, number: str = "") -> Person:
        """Register one human; an ID number that is known gives the same human again."""
        self.serial += 1
        return accounts.register_person(
            self.session,
            EVERYWHERE,
            self.seal,
            name=name,
            id_type=IdType.RESIDENT,
            id_no=number or id_number(self.serial),
            now=self.now,
        )

    def person_of(self, actor: Actor) -> Person:
        """The human behind an actor."""
        return self.session.get_one(Person, actor.human())

    def staff(self, name: str, *roles: Role, number: str = "", unit: Any = None) -> Actor:
        """Give somebody a staff number and roles, and return them signed in."""
        person, at = self.human(name, number), unit or self.province
        staff_no = f"S{self.serial:07d}"
        accounts.add_staff(
            self.session,
            EVERYWHERE,
            person,
            at,
            staff_no=staff_no,
            trained_until=date(2027, 6, 30),
            now=self.now,
        )
        user = accounts.open_user(self.session, EVERYWHERE, person, login=staff_no, now=self.now)
        for role in roles:
            accounts.grant_role(self.session, EVERYWHERE, user, role, at, now=self.now)
        return accounts.actor_of(self.session, user)

    def _people(self) -> None:
        staff = self.staff
        self.officer = staff("许清", Role.EXAM_OFFICER)
        self.second_officer = staff("严冬", Role.EXAM_OFFICER, Role.VENUE_MANAGER)
        self.reviewers = [
            staff("市审", Role.EXAM_OFFICER, unit=self.city),
            staff("省审", Role.EXAM_OFFICER, unit=self.province),
            staff("国审", Role.EXAM_OFFICER, unit=self.hq),
        ]
        self.invigilators = [staff(name, Role.INVIGILATOR) for name in ("监甲", "监乙")]
        self.chief = staff("主考", Role.CHIEF, Role.VENUE_MANAGER)
        self.markers = [staff(name, Role.MARKER) for name in ("阅一", "阅二", "阅三")]
        self.moderator = staff("复核", Role.MODERATOR)
        self.approver = staff("审批", Role.APPROVER, number=id_number(777))
        self.approver_again = staff("审批", Role.RELEASE_OFFICER, number=id_number(777))
        self.releaser = staff("发布", Role.RELEASE_OFFICER)
        self.operator = staff("银行", Role.BANK_OPERATOR)

    def _venue(self) -> None:
        at, add = self.session, {"now": self.now}
        applied = venues.apply_for_venue(
            at,
            self.chief,
            self.centre,
            self.park,
            code="SIP-V1",
            name="园区考点",
            kind=VenueKind.FORMAL,
            statement="保密室一间，双锁",
            **HERE,
            **add,
        )
        for reviewer in self.reviewers:
            venues.review_application(at, reviewer, applied, approve=True, reason="合格", **add)
        self.venue = at.get_one(Venue, applied.venue_id)
        self.hall = self._room("204", RoomKind.STANDARD)
        self.other_hall = self._room("205", RoomKind.STANDARD)
        self.lab = self._room("301", RoomKind.COMPUTER)

    def _room(self, code: str, kind: RoomKind) -> Room:
        return venues.add_room(
            self.session,
            self.second_officer,
            self.venue,
            code=code,
            kind=kind,
            rows=2,
            columns=3,
            pattern=Pattern.S,
            door=Door.FRONT_LEFT,
            missing=[(2, 1)],
            now=self.now,
        )

    def _series(self) -> None:
        at, by, add = self.session, self.officer, {"now": self.now}
        self.series = calendar.open_series(
            at, by, self.province, code="2026AUT", name="2026 秋", **add
        )
        period = calendar.add_period
        self.morning = period(
            at, by, self.series, code="P01", starts_at=NINE, ends_at=NINE + 2 * HOUR, **add
        )
        self.afternoon = period(
            at,
            by,
            self.series,
            code="P02",
            starts_at=AFTERNOON,
            ends_at=AFTERNOON + 2 * HOUR,
            **add,
        )
        calendar.set_rules(
            at,
            by,
            self.series,
            source="考务工作规定 2026",
            effective_from=date(2026, 9, 1),
            marking_tolerance=Decimal(5),
            sample_percent=Decimal(10),
            **add,
        )
        self.theory = self._paper("1001", Mode.PAPER, 90)
        self.machine = self._paper("1002", Mode.COMPUTER, 60)
        self.bachelor = self._course("C1001A", self.theory, "bachelor")
        self.diploma = self._course("C1001B", self.theory, "diploma")
        self.elective = self._course("C1002A", self.machine, "bachelor", compulsory=False)

    def _paper(self, code: str, mode: Mode, minutes: int) -> Paper:
        paper = papers.add_paper(
            self.session,
            self.reviewers[-1],
            code=code,
            name=f"试卷 {code}",
            mode=mode,
            minutes=minutes,
            book_rule=BookRule.CLOSED,
            now=self.now,
        )
        papers.set_scheme(
            self.session,
            self.reviewers[-1],
            paper,
            source="教学大纲 2026",
            formative_percent=Decimal(30),
            double_pass=False,
            pass_mark=Decimal(60),
            precision=0,
            now=self.now,
        )
        return paper

    def _course(self, code: str, paper: Paper, level: str, *, compulsory: bool = True) -> Course:
        return papers.add_course(
            self.session,
            self.reviewers[-1],
            paper,
            code=code,
            name=f"课程 {code}",
            level=level,
            learning_area="专业技能",
            credits=Decimal("3.0"),
            compulsory=compulsory,
            now=self.now,
        )

    def worker(self, name: str, *, team: str = "") -> Candidate:
        """Enrol a worker of the plant."""
        person = self.human(name)
        accounts.employ(
            self.session,
            EVERYWHERE,
            person,
            self.plant,
            work_no=f"W{self.serial}",
            team=team,
            now=self.now,
        )
        return entries.enrol(
            self.session,
            self.officer,
            person,
            self.centre,
            person_no=f"00{self.serial:08d}",
            consented_on=date(2026, 9, 1),
            now=self.now,
        )

    def enter(self, candidate: Candidate, paper: Paper, courses: Sequence[Course]) -> Entry:
        """Enter a candidate, assess and confirm."""
        entry = entries.enter(
            self.session, self.officer, candidate, paper, self.series, courses, now=self.now
        )
        entries.assess(self.session, self.officer, entry, now=self.now)
        entries.confirm(self.session, self.officer, entry, now=self.now)
        return entry

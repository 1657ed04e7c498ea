"""A house in which something stands in every room, up to the exam day: for tests of all pages.

Builders write it, so that it is there in a second. Names and sentences are Chinese, so that
whatever is English on a Chinese page is that page's fault.
"""

from itertools import cycle
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, PhoneChange
from exam_centre.accounts.service import notify
from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.conduct.models import CaseStep, OffenceCase
from exam_centre.conduct.rules import CaseStatus, IncidentKind, OffenceClass
from exam_centre.custody.models import Bag, HandOver
from exam_centre.custody.rules import BagKind, BagStatus
from exam_centre.entries.models import Candidate
from exam_centre.entries.rules import EntryStatus, RequestStatus
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel import clock
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import (
    Duty,
    PaperOrder,
    PaperWindow,
    Placement,
    PlanLock,
    RoomSession,
    SwapRequest,
    Unplaced,
)
from exam_centre.timetable.rules import DutyRole, PaperOrderKind, UnplacedReason
from exam_centre.venues.models import Room, VenueApplication
from exam_centre.venues.rules import ApplicationKind, VenueStatus
from tests.factories.make import Make
from tests.factories.times import DAY, HOUR, MINUTE, NINE

PRESENT, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.ABSENT
EXPECTED = AttendanceStatus.EXPECTED
NAMES = cycle(
    [
        "王芳",
        "李强",
        "张伟",
        "欧阳雪",
        "陈静",
        "买买提·艾力",
        "赵磊",
        "黄丽",
        "周杰",
        "吴艳",
        "徐涛",
        "孙娜",
        "马超",
    ]
)
UNITS = {
    UnitLevel.NATIONAL: ("HQ", "总部"),
    UnitLevel.PROVINCIAL: ("32", "江苏分部"),
    UnitLevel.PREFECTURAL: ("32-04", "苏州开放大学"),
    UnitLevel.COUNTY: ("32-04-SIP", "苏州工业园区学习中心"),
}
ZONE = "Asia/Shanghai"


class Furnished(Make):
    """Builders whose people and places have Chinese names, and a filling for the first rooms."""

    def __init__(self, session: Session, people: dict[str, Person], photo: str) -> None:
        super().__init__(session)
        self.photo = photo  # the key of the one picture everybody has
        for _ in range(1000):  # past the numbers of whoever was made before
            self.number()
        self.people, self.today = people, clock.now().replace(second=0, microsecond=0)
        self.at: dict[str, str] = {}

    def person(self, name: str = "", **fields: Any) -> Person:
        return super().person(name or next(NAMES), **fields)

    def unit(self, level: UnitLevel = UnitLevel.COUNTY, *places: Any, **fields: Any) -> Unit:
        code, name = UNITS[level]
        code = code if level not in self._homes else f"{code}-{self.number()}"
        return super().unit(level, *places, **{"code": code, "name": name} | fields)

    def paper(self, mode: Mode = Mode.PAPER, **fields: Any) -> Paper:
        return super().paper(mode, **{"name": "机械制图与公差配合"} | fields)

    def course(self, paper: Paper | None = None, **fields: Any) -> Course:
        named = {"name": "工业机器人操作与维护", "learning_area": "专业技能"}
        return super().course(paper, **named | fields)

    def candidate(self, *places: Any, **fields: Any) -> Candidate:
        return super().candidate(*places, **{"photo_key": self.photo} | fields)

    def room(self, *places: Any, **fields: Any) -> Room:
        return super().room(*places, **{"name": "综合楼"} | fields)

    def scheme(self, paper: Paper | None = None, **fields: Any) -> Scheme:
        return super().scheme(paper, **{"source": "教学大纲 2026"} | fields)

    def fill_until_the_day(self) -> None:
        """Fill the rooms from the organisation to invigilation."""
        self._places()
        self._calendar_and_papers()
        self._plan()
        self._paper_times()
        self._entries()
        self._day()
        self._swap()
        self._door()
        notify(
            self.session,
            self.people["worker"].id,
            say("Your exam room has changed. Look at your slip."),
            self.today,
        )

    def _places(self) -> None:
        self._home_park = self.park(name="苏州工业园区", code="SIP")
        plant = self._home_enterprise = self.enterprise(name="精密机械有限公司", code="SIP-E01")
        for n in range(3):
            self.shift(plant, starts_at=NINE + n * DAY, ends_at=NINE + n * DAY + 8 * HOUR)
        venue = self._home_venue = self.venue(name="园区一号考点", code="SIP-V1")
        room = self.room(missing=[(6, 5)], wheelchair=[(1, 1)], left_handed=[(1, 5)])
        self.booking(room, reason="消防演练")
        applied = self.venue(name="园区二号考点", code="SIP-V2", status=VenueStatus.APPLIED)
        suspended = self.venue(name="园区三号考点", code="SIP-V3", status=VenueStatus.SUSPENDED)
        application = self.save(
            VenueApplication(
                venue_id=applied.id,
                kind=ApplicationKind.NEW,
                applied_by_id=self.person().id,
                applied_at=self.today - DAY,
                statement="保密室一间，双锁双人，监控完好。",
            )
        )
        self.at |= {
            "unit": self.home().code,
            "park": self._home_park.code,
            "enterprise": plant.code,
            "venue": venue.token,
            "other_venue": suspended.token,
            "application": application.token,
            "room_of_venue": room.token,
        }

    def _calendar_and_papers(self) -> None:
        series = self._home_series = self.series(code="2026AUT", name="2026 年秋季考次")
        for kind in DeadlineKind:
            self.deadline(series, kind, at=self.today + 20 * DAY)
        self.home_paper = self.paper(code="1001")
        self.home_course = self.course(self.home_paper, code="C1001A")
        self.course(self.home_paper, code="C1001B", level="diploma", name="电工基础")
        self.at |= {"series": series.code, "code": series.code, "paper": self.home_paper.code}
        self.at |= {"course": self.home_course.code}

    def _paper_times(self) -> None:
        """A fixed date and an order, of papers nobody is entered for: no plan minds them."""
        said = {
            "series_id": self.home_series().id,
            "reason": "全国统考日期",
            "by_id": self.person().id,
            "at": NINE - 30 * DAY,
        }
        first, period = self.paper(), self.home_period()
        span = {"first_period_id": period.id, "last_period_id": period.id}
        window = self.save(PaperWindow(paper_id=first.id, **span, **said))
        pair = {"first_paper_id": first.id, "second_paper_id": self.paper().id}
        order = self.save(PaperOrder(kind=PaperOrderKind.BEFORE, **pair, **said))
        self.at |= {"window": window.token, "order": order.token}

    def _plan(self) -> None:
        """A draft after the plan in force: somebody waits, somebody is held over."""
        self.home_plan()
        plan = self.plan(made_by_id=self.people["exam_officer"].id)
        where: dict[str, Any] = {"plan": plan, "period": self.period(), "in_force": False}
        where["room"] = self.room()
        seated = self.placed(6, **where)
        waiting = self.entry(self.candidate(), self.home_paper)
        self.save(
            Unplaced(
                plan_id=plan.id,
                entry_id=waiting.id,
                reason=UnplacedReason.NO_SEAT,
                text="The paper could be held over, but room {room} is booked then. Free the room, "
                "or open another.",
                facts={"room": "204"},
            )
        )
        again = self.entry(self.candidate_of(seated[0]), self.paper())
        later = {"room": self.room(), "starts_at": seated[0].ends_at + 20 * MINUTE}
        self.held_over(seated[0], self.placement(again, **where | later))
        locked = self.save(
            PlanLock(
                plan_id=plan.id,
                paper_id=again.paper_id,
                reason="车间只在这天停机。",
                by_id=self.people["exam_officer"].id,
                at=self.today,
            )
        )
        staff = self.people["invigilator"]
        self.staff(staff)
        duty = self.save(
            Duty(
                plan_id=plan.id,
                person_id=staff.id,
                period_id=where["period"].id,
                venue_id=self.home_venue().id,
                room_session_id=seated[0].room_session_id,
                role=DutyRole.FIRST,
            )
        )
        self.at |= {
            "plan": plan.token,
            "planned_room": self.session_of(seated[0]).token,
            "planned_entry": waiting.token,
            "duty": duty.token,
            "lock": locked.token,
        }

    def _entries(self) -> None:
        candidate = self.candidate(self.person("欧阳雪"))
        self.employment(self.session.get_one(Person, candidate.person_id))
        statuses = (EntryStatus.ELIGIBLE, EntryStatus.CONFIRMED, EntryStatus.BARRED)
        _, entry, barred = (self.entry(candidate, self.paper(), status=each) for each in statuses)
        asked = self.arrangement(candidate, status=RequestStatus.REQUESTED, evidence="医院证明一份")
        lost = self.save(
            PhoneChange(
                person_id=candidate.person_id,
                phone="13900000001",
                reason="旧手机遗失，已出示身份证。",
                asked_by_id=self.person().id,
                asked_at=self.today,
            )
        )
        self.at |= {
            "person_no": candidate.person_no,
            "person": self.session.get_one(Person, candidate.person_id).token,
            "change": lost.token,
            "entry": entry.token,
            "barred": barred.token,
            "arrangement": asked.token,
        }

    def _swap(self) -> None:
        """Two people on duty on days to come, one of whom asks the other to swap."""
        duties = []
        for person, days in ((self.people["invigilator"], 2), (self.people["chief"], 3)):
            period = self.period(starts_at=self.today + days * DAY)
            duties.append(
                self.save(
                    Duty(
                        plan_id=self.home_plan().id,
                        person_id=person.id,
                        period_id=period.id,
                        venue_id=self.home_venue().id,
                        room_session_id=self.room_session(period=period).id,
                        role=DutyRole.SECOND,
                    )
                )
            )
        asked = self.save(
            SwapRequest(
                duty_id=duties[1].id,
                other_id=duties[0].id,
                asker_id=duties[1].person_id,
                asked_id=duties[0].person_id,
                reason="孩子学校那天上午开家长会。",
                asked_at=self.today,
            )
        )
        self.at |= {"own_duty": duties[0].token, "swap": asked.token}

    def _day(self) -> None:
        """A room that runs with whatever can be wrong in it, and rooms before and after it."""
        began = self.today - 40 * MINUTE
        self._home_period = self.period(starts_at=began)
        running = self.placed(24)
        for n, placement in enumerate(running):
            if n in (4, 17):
                self.attendance(placement, EXPECTED)
            elif n == 9:
                self.attendance(placement, ABSENT)
            else:
                seen = Identity.UNSURE if n == 20 else Identity.MATCH
                self.attendance(placement, minutes_late=7 if n == 12 else 0, identity=seen)
        self.room_day(started_at=began)
        others: dict[RoomDayStatus, Placement] = {}
        for status in (RoomDayStatus.READY, RoomDayStatus.OPEN, RoomDayStatus.CLOSED):
            seated = self.placed(3, room=self.room())
            others[status] = seated[0]
            for placement in seated:
                self.attendance(placement, PRESENT if status is RoomDayStatus.CLOSED else EXPECTED)
            self.room_day(self.session_of(seated[0]), status)
        ready, opened, closed = others.values()
        self._wrongs(running)
        mine = {"holder_id": self.people["invigilator"].id}
        bag = self.bag(running[0], status=BagStatus.OPENED, **mine)
        self.bag(running[0], BagKind.SCRIPTS, **mine)
        sealed = self.bag(ready, **mine)
        self.at |= {
            "day": clock.at_venue(began, ZONE).date().isoformat(),
            "room": self.session_of(running[0]).token,
            "ready_room": self.session_of(ready).token,
            "closed_room": self.session_of(closed).token,
            "placement": running[0].token,
            "expected": running[4].token,
            "closed": closed.token,
            "bag": bag.token,
            "sealed_bag": sealed.token,
            "sent_bag": self._on_the_way(opened, BagStatus.IN_TRANSIT).token,
            "disputed_bag": self._on_the_way(closed, BagStatus.DISPUTED).token,
        }

    def _wrongs(self, running: list[Placement]) -> None:
        said = (
            "14 号座桌下有一张写有公式的纸条，已收存。",
            "手机响铃。",
            "3 号座在两个门各放行一次。",
        )
        kinds = (IncidentKind.OFFENCE, IncidentKind.OFFENCE, IncidentKind.DOUBLE_ADMISSION)
        with_case, without, _ = (
            self.incident(placement, kind, text="{words}", facts={"words": words})
            for placement, kind, words in zip(running[13:16], kinds, said, strict=True)
        )
        case = self.save(
            OffenceCase(
                incident_id=with_case.id,
                placement_id=running[13].id,
                offence=OffenceClass.CHEATING,
                reported_by_id=self.people["invigilator"].id,
            )
        )
        self.save(
            CaseStep(
                case_id=case.id,
                seq=1,
                reached=CaseStatus.RECORDED,
                person_id=self.people["invigilator"].id,
                at=self.today,
                text=said[0],
            )
        )
        self.at |= {"incident": with_case.token, "free_incident": without.token, "case": case.token}

    def _on_the_way(self, placement: Placement, status: BagStatus) -> Bag:
        """A bag that was sent; a disputed one was taken with another count."""
        sender = self.people["venue_manager"].id
        bag = self.bag(placement, holder_id=sender)
        disputed = status is BagStatus.DISPUTED
        self.save(
            HandOver(
                bag_id=bag.id,
                seq=1,
                sender_id=sender,
                sender_count=30,
                seal_no=bag.seal_no,
                sent_at=self.today - HOUR,
                receiver_id=self.person().id if disputed else None,
                receiver_count=29 if disputed else None,
                receiver_seal_no=bag.seal_no if disputed else "",
                received_at=self.today if disputed else None,
            )
        )
        bag.move_to(BagStatus.IN_TRANSIT)
        self.session.flush()
        if disputed:
            bag.move_to(status)
        return bag

    def _door(self) -> None:
        """A room whose door is open, and the worker's slip for it."""
        period, room = self.period(starts_at=self.today + 10 * MINUTE), self.room()
        worker = self.candidate(self.people["worker"], person_no="2632000001")
        entry = self.entry(worker, self.home_paper, courses=[self.home_course])
        mine = self.placement(entry, room=room, period=period)
        for placement in (mine, *self.placed(4, room=room, period=period)):
            self.attendance(placement, EXPECTED)
        self.at |= {
            "door": self.session_of(mine).token,
            "slip": self.slip(mine).token,
            "device": self.device(name="一号门").token,
        }

    def placed(self, number: int, **options: Any) -> list[Placement]:
        """New candidates of the home paper, each at a desk."""
        return [
            self.placement(self.entry(self.candidate(), self.home_paper), **options)
            for _ in range(number)
        ]

    def session_of(self, placement: Placement) -> RoomSession:
        """The session of the room that somebody sits in."""
        return self.session.get_one(RoomSession, placement.room_session_id)

"""Builders of series, periods, rules, papers, courses, schemes, candidates and entries."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Deadline, Period, RuleProfile, Series
from exam_centre.calendar.rules import DeadlineKind, SeriesStatus
from exam_centre.entries.models import AccessArrangement, Candidate, Entry, EntryCourse
from exam_centre.entries.rules import AccessKind, EntryStatus, RequestStatus
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.papers.rules import SEATED, BookRule, Mode
from tests.factories.builder import TEST_SEAL
from tests.factories.people import PeopleMixin
from tests.factories.times import DAY, MINUTE, NINE


class EntriesMixin(PeopleMixin):
    """What is sat, when, and by whom. Without a word on it, all is in one open series."""

    def __init__(self, session: Session, seal: Seal = TEST_SEAL) -> None:
        super().__init__(session, seal)
        self._home_series: Series | None = None

    def series(self, *, rules: bool = True, unit: Unit | None = None, **fields: Any) -> Series:
        """A new open series of headquarters, with rules version 1 unless `rules` is False."""
        n = self.number()
        defaults = {
            "code": f"2026A{n}",
            "name": f"Series {n}",
            "unit_id": (unit or self.home(UnitLevel.NATIONAL)).id,
            "status": SeriesStatus.OPEN,
        }
        series = self.save(Series(**defaults | fields))
        if rules:
            self.rules(series)
        return series

    def home_series(self) -> Series:
        """The series that everything belongs to by default."""
        self._home_series = self._home_series or self.series()
        return self._home_series

    def period(self, series: Series | None = None, *, minutes: int = 120, **fields: Any) -> Period:
        """A new period of two hours at nine; each further one of a series is a day later."""
        series = series or self.home_series()
        known = select(func.count()).select_from(Period).where(Period.series_id == series.id)
        nth = self.session.scalars(known).one()
        starts_at = fields.get("starts_at", NINE + nth * DAY)
        defaults = {
            "series_id": series.id,
            "code": f"P{nth + 1:02d}",
            "starts_at": starts_at,
            "ends_at": starts_at + minutes * MINUTE,
        }
        return self.save(Period(**defaults | fields))

    def deadline(
        self, series: Series | None = None, kind: DeadlineKind = DeadlineKind.ENTRIES, **fields: Any
    ) -> Deadline:
        """A deadline of a series, at nine on the tests' day."""
        defaults = {"series_id": (series or self.home_series()).id, "kind": kind, "at": NINE}
        return self.save(Deadline(**defaults | fields))

    def rules(self, series: Series | None = None, **fields: Any) -> RuleProfile:
        """The next version of a series' rules; what is not given has the model's default."""
        series = series or self.home_series()
        newest = select(func.max(RuleProfile.version)).where(RuleProfile.series_id == series.id)
        defaults = {
            "series_id": series.id,
            "version": (self.session.scalar(newest) or 0) + 1,
            "effective_from": date(2026, 9, 1),
            "source": "test rules",
            "marking_tolerance": Decimal(5),
            "sample_percent": Decimal(10),
        }
        return self.save(RuleProfile(**defaults | fields))

    def paper(self, mode: Mode = Mode.PAPER, *, scheme: bool = True, **fields: Any) -> Paper:
        """A new closed-book paper of 90 minutes, with a scheme unless `scheme` is False."""
        n = self.number()
        defaults = {
            "code": f"{n:05d}",
            "name": f"Paper {n}",
            "mode": mode,
            "minutes": 90 if mode in SEATED else None,
            "book_rule": BookRule.CLOSED,
        }
        paper = self.save(Paper(**defaults | fields))
        if scheme:
            self.scheme(paper)
        return paper

    def course(self, paper: Paper | None = None, **fields: Any) -> Course:
        """A new compulsory course of three credits."""
        n = self.number()
        defaults = {
            "code": f"C{n:05d}",
            "name": f"Course {n}",
            "paper_id": (paper or self.paper()).id,
            "level": "bachelor",
            "learning_area": "industrial",
            "credits": Decimal(3),
        }
        return self.save(Course(**defaults | fields))

    def scheme(self, paper: Paper | None = None, **fields: Any) -> Scheme:
        """The next version of a paper's scheme: 30 % formative, pass at 60, no decimals."""
        paper = paper or self.paper(scheme=False)
        newest = select(func.max(Scheme.version)).where(Scheme.paper_id == paper.id)
        defaults = {
            "paper_id": paper.id,
            "version": (self.session.scalar(newest) or 0) + 1,
            "source": "test scheme",
            "formative_percent": Decimal(30),
            "double_pass": False,
            "pass_mark": Decimal(60),
            "precision": 0,
        }
        return self.save(Scheme(**defaults | fields))

    def candidate(
        self, person: Person | None = None, unit: Unit | None = None, **fields: Any
    ) -> Candidate:
        """A new student who consented; also a new human unless `person` is given."""
        n = self.number()
        defaults = {
            "person_id": (person or self.person()).id,
            "person_no": f"{n:013d}",
            "unit_id": (unit or self.home()).id,
            "consented_on": date(2026, 9, 1),
        }
        return self.save(Candidate(**defaults | fields))

    def entry(
        self,
        candidate: Candidate | None = None,
        paper: Paper | None = None,
        series: Series | None = None,
        *,
        courses: int | Sequence[Course] = 1,
        status: EntryStatus = EntryStatus.CONFIRMED,
        **fields: Any,
    ) -> Entry:
        """A confirmed entry of a new candidate for a new paper.

        courses  how many of the paper's courses it counts for (missing ones are made), or which.
        """
        paper = paper or self.paper()
        defaults = {
            "candidate_id": (candidate or self.candidate()).id,
            "paper_id": paper.id,
            "series_id": (series or self.home_series()).id,
            "status": status,
        }
        entry = self.save(Entry(**defaults | fields))
        for course in self._courses(paper, courses):
            self.save(EntryCourse(entry_id=entry.id, course_id=course.id))
        return entry

    def entry_courses(self, entry: Entry) -> list[EntryCourse]:
        """The lines of an entry, oldest first."""
        lines = select(EntryCourse).where(EntryCourse.entry_id == entry.id)
        return list(self.session.scalars(lines.order_by(EntryCourse.id)))

    def arrangement(
        self,
        candidate: Candidate | None = None,
        series: Series | None = None,
        *,
        kind: AccessKind = AccessKind.EXTRA_TIME,
        status: RequestStatus = RequestStatus.APPROVED,
        **fields: Any,
    ) -> AccessArrangement:
        """An approved arrangement, asked for and decided by two people: 25 % more time."""
        decided = status in (RequestStatus.APPROVED, RequestStatus.REFUSED)
        defaults = {
            "candidate_id": (candidate or self.candidate()).id,
            "series_id": (series or self.home_series()).id,
            "kind": kind,
            "extra_percent": Decimal(25) if kind is AccessKind.EXTRA_TIME else None,
            "evidence": "hospital letter",
            "status": status,
            "requested_by_id": self.person().id,
            "decided_by_id": self.person().id if decided else None,
        }
        return self.save(AccessArrangement(**defaults | fields))

    def _courses(self, paper: Paper, wanted: int | Sequence[Course]) -> Sequence[Course]:
        if not isinstance(wanted, int):
            return wanted
        known = select(Course).where(Course.paper_id == paper.id).order_by(Course.id)
        courses = list(self.session.scalars(known.limit(wanted)))
        return courses + [self.course(paper) for _ in range(wanted - len(courses))]

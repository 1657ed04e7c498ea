"""Builders of rooms that were sat, bundles, allocations and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import GIVES_A_SCRIPT, AttendanceStatus
from exam_centre.calendar.models import Series
from exam_centre.conduct.models import OffenceCase
from exam_centre.conduct.rules import CaseStatus, IncidentKind, OffenceClass
from exam_centre.entries.models import Entry, EntryCourse
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.marking.models import (
    Allocation,
    Bundle,
    EngineMark,
    FormativeMark,
    Mark,
    SecretCode,
)
from exam_centre.marking.rules import (
    STATUS_OF_ATTENDANCE,
    AllocationStatus,
    BundleStatus,
    MarkStatus,
    with_check_digit,
)
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.practicals.models import PracticalMark
from exam_centre.theses.models import PanelMember, Thesis, ThesisMark
from exam_centre.theses.rules import PanelRole, ThesisStatus
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.rules import PlanStatus
from tests.factories.days import DaysMixin
from tests.factories.times import HOUR, NINE

PRESENT = AttendanceStatus.PRESENT


@dataclass(frozen=True)
class Sat:
    """One paper sat in one room: its placements in seat order, seat 1 first."""

    paper: Paper
    room_session: RoomSession
    sitting: Sitting
    placements: list[Placement]


class MarksMixin(DaysMixin):
    """What was sat and how it was marked."""

    def sat(
        self,
        *statuses: AttendanceStatus,
        entries: Sequence[Entry] = (),
        paper: Paper | None = None,
        series: Series | None = None,
        reconciled: bool = True,
    ) -> Sat:
        """A room in which a paper was sat: one present candidate unless `statuses` are given.

        entries     who sat it, in seat order; new candidates where none are given.
        reconciled  False: the room is closed, and its counts are not compared yet.
        """
        if entries:
            paper = self.session.get_one(Paper, entries[0].paper_id)
            series = self.session.get_one(Series, entries[0].series_id)
        statuses = statuses or (PRESENT,) * max(len(entries), 1)
        paper, series = paper or self.paper(), series or self.home_series()
        entries = entries or [self.entry(paper=paper, series=series) for _ in statuses]
        period, room = self.period(series), self.room()
        of_home = series is self.home_series()
        plan = self.home_plan() if of_home else self.plan(series, PlanStatus.FROZEN)
        placements = []
        for entry, status in zip(entries, statuses, strict=True):
            placement = self.placement(entry, room=room, period=period, plan=plan)
            self.attendance(placement, status)
            placements.append(placement)
        room_session = self.room_session(room, period)
        status_of_room = RoomDayStatus.RECONCILED if reconciled else RoomDayStatus.CLOSED
        scripts = sum(status in GIVES_A_SCRIPT for status in statuses)
        self.room_day(room_session, status_of_room, scripts=scripts)
        return Sat(paper, room_session, self.sitting(paper, period), placements)

    def bundle(
        self, codes: int = 3, *statuses: AttendanceStatus, sat: Sat | None = None, **fields: Any
    ) -> Bundle:
        """A coded bundle of `codes` scripts; `statuses` of the first seats where not present."""
        if sat is None:
            all_present = (PRESENT,) * (codes - len(statuses))
            sat = self.sat(*statuses, *all_present)
        defaults = {"room_session_id": sat.room_session.id, "sitting_id": sat.sitting.id}
        bundle = self.save(Bundle(**defaults | fields))
        for position, placement in enumerate(sat.placements, start=1):
            code = self.save(
                SecretCode(
                    bundle_id=bundle.id,
                    position=position,
                    placement_id=placement.id,
                    code=with_check_digit(f"{self.number():07d}"),
                )
            )
            status = self.session.get_one(Attendance, placement.id).status
            for round_no in (1, 2) if status in STATUS_OF_ATTENDANCE else ():
                self.save(
                    Mark(
                        secret_code_id=code.id,
                        round=round_no,
                        status=STATUS_OF_ATTENDANCE[status],
                        entered_at=NINE,
                    )
                )
        return bundle

    def codes(self, bundle: Bundle) -> list[SecretCode]:
        """The codes of a bundle, in its order."""
        wanted = select(SecretCode).where(SecretCode.bundle_id == bundle.id)
        return list(self.session.scalars(wanted.order_by(SecretCode.position)))

    def allocation(
        self,
        bundle: Bundle | None = None,
        round_no: int = 1,
        marker: Person | None = None,
        **fields: Any,
    ) -> Allocation:
        """A round of a bundle given to a new human; the bundle is being marked."""
        bundle = bundle or self.bundle()
        if bundle.status is BundleStatus.CODED:
            bundle.move_to(BundleStatus.MARKING)
        defaults = {
            "bundle_id": bundle.id,
            "round": round_no,
            "marker_id": (marker or self.person()).id,
        }
        return self.save(Allocation(**defaults | fields))

    def mark(
        self,
        code: SecretCode,
        given: Decimal | int | MarkStatus = 70,
        round_no: int = 1,
        marker: Person | None = None,
        **fields: Any,
    ) -> Mark:
        """What one marker gave for one code."""
        is_status = isinstance(given, MarkStatus)
        defaults = {
            "secret_code_id": code.id,
            "round": round_no,
            "marker_id": (marker or self.person()).id,
            "score": None if is_status else Decimal(given),
            "status": given if is_status else None,
            "entered_at": NINE + 24 * HOUR,
        }
        return self.save(Mark(**defaults | fields))

    def marked_bundle(
        self,
        *marks: tuple[int, ...],
        status: BundleStatus = BundleStatus.COMPARED,
        sat: Sat | None = None,
        markers: Sequence[Person] = (),
    ) -> Bundle:
        """A bundle with one script a tuple: the marks of its first, second and third round."""
        bundle = self.bundle(len(marks), sat=sat)
        people = [*markers, *(self.person() for _ in range(3 - len(markers)))]
        for round_no in range(1, max(len(given) for given in marks) + 1):
            marker = people[round_no - 1]
            allocation = self.allocation(bundle, round_no, marker)
            for code, given in zip(self.codes(bundle), marks, strict=True):
                if len(given) >= round_no:
                    self.mark(code, given[round_no - 1], round_no, marker)
            allocation.move_to(AllocationStatus.SUBMITTED)
        approver = self.person().id
        for step in list(BundleStatus)[2:]:
            if bundle.status is status:
                break
            bundle.approved_by_id = approver if step is BundleStatus.APPROVED else None
            bundle.move_to(step)
            self.session.flush()
        return bundle

    def final_mark(self, entry: Entry, score: int = 70, **options: Any) -> Bundle:
        """An approved bundle in which both markers gave `score` to the entry's script."""
        sat = self.sat(entries=[entry])
        return self.marked_bundle((score, score), status=BundleStatus.APPROVED, sat=sat, **options)

    def engine_mark(
        self, placement: Placement, score: Decimal | int | None = 70, **fields: Any
    ) -> EngineMark:
        """An imported and checked mark of a computer paper."""
        defaults = {
            "placement_id": placement.id,
            "score": None if score is None else Decimal(score),
            "imported_by_id": self.person().id,
            "imported_at": NINE + 2 * HOUR,
            "checked_by_id": self.person().id,
        }
        return self.save(EngineMark(**defaults | fields))

    def formative(
        self, entry: Entry, given: Decimal | int | MarkStatus = 80, **fields: Any
    ) -> list[FormativeMark]:
        """The formative marks of an entry, the same in each of its courses."""
        is_status = isinstance(given, MarkStatus)
        defaults = {
            "candidate_id": entry.candidate_id,
            "series_id": entry.series_id,
            "score": None if is_status else Decimal(given),
            "status": given if is_status else None,
            "source": "course platform",
            "dated": date(2026, 12, 1),
        }
        lines = select(EntryCourse).where(EntryCourse.entry_id == entry.id)
        return [
            self.save(FormativeMark(**defaults | {"course_id": line.course_id} | fields))
            for line in self.session.scalars(lines.order_by(EntryCourse.id))
        ]

    def thesis(self, entry: Entry | None = None, **fields: Any) -> Thesis:
        """A thesis about the person's own workplace, at its topic."""
        n = self.number()
        defaults = {
            "entry_id": (entry or self.entry(paper=self.paper(Mode.THESIS))).id,
            "title": f"Thesis {n}",
            "supervisor_id": self.person().id,
        }
        return self.save(Thesis(**defaults | fields))

    def defended_thesis(self, entry: Entry, supervisor: int = 80, panel: int = 70) -> Thesis:
        """A finished thesis: the supervisor gave one mark, three assessors another."""
        thesis = self.thesis(entry, status=ThesisStatus.FINAL, similarity=Decimal(12))
        self._thesis_mark(thesis, thesis.supervisor_id, supervisor)
        for role in (PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.MEMBER):
            person = self.person()
            self.save(PanelMember(thesis_id=thesis.id, person_id=person.id, role=role))
            self._thesis_mark(thesis, person.id, panel)
        return thesis

    def practical_marks(self, placement: Placement, *scores: int) -> list[PracticalMark]:
        """One assessor's mark a score."""
        return [
            self.save(
                PracticalMark(
                    placement_id=placement.id,
                    assessor_id=self.person().id,
                    score=Decimal(score),
                    at=NINE + HOUR,
                )
            )
            for score in scores
        ]

    def offence_case(
        self,
        placement: Placement,
        offence: OffenceClass = OffenceClass.CHEATING,
        status: CaseStatus = CaseStatus.RECORDED,
    ) -> OffenceCase:
        """A case about one placement, open unless `status` says otherwise."""
        incident = self.incident(placement, IncidentKind.OFFENCE)
        return self.save(
            OffenceCase(
                incident_id=incident.id,
                placement_id=placement.id,
                offence=offence,
                status=status,
                reported_by_id=self.person().id,
            )
        )

    def _thesis_mark(self, thesis: Thesis, person_id: int, score: int) -> None:
        self.save(
            ThesisMark(thesis_id=thesis.id, marker_id=person_id, score=Decimal(score), at=NINE)
        )

"""What people do in the story, each act by somebody who may do it, through the services alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.adapters.credit_bank import HttpCreditBank
from exam_centre.admission import service as admission
from exam_centre.admission.models import Slip
from exam_centre.admission.queries import register
from exam_centre.admission.rules import AttendanceStatus, Fact, Identity
from exam_centre.calendar.models import Period
from exam_centre.certificates import queries as verification
from exam_centre.certificates import service as certificates
from exam_centre.certificates.models import Credential
from exam_centre.certificates.rules import Verification
from exam_centre.credits import jobs as bank_jobs
from exam_centre.credits import service as credits_
from exam_centre.credits.models import Claim
from exam_centre.credits.rules import Issuer
from exam_centre.custody import service as custody
from exam_centre.custody.rules import BagKind
from exam_centre.entries import service as entries
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.entries.rules import AccessKind
from exam_centre.invigilation import service as invigilation
from exam_centre.invigilation.models import RoomDay
from exam_centre.kernel import audit
from exam_centre.kernel.database import Base
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.laws import Law
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import Sentence
from exam_centre.marking import service as marking
from exam_centre.marking.models import Bundle, Mark, SecretCode
from exam_centre.marking.rules import MarkStatus
from exam_centre.overview.queries import series_laws
from exam_centre.papers.models import Course
from exam_centre.results import service as results
from exam_centre.results.models import Outcome, ReleaseBatch
from exam_centre.results.queries import explanation_of
from exam_centre.timetable import service as timetable
from exam_centre.timetable.models import Placement, Plan, RoomSession
from exam_centre.timetable.rules import Stage as PublicationStage
from exam_centre.venues.models import Room
from exam_centre.venues.queries import seats_of
from tests.banks.reference import ISSUER_ID, RunningBank
from tests.factories.awards import credential_signer
from tests.factories.times import DAY
from tests.journeys.stage import Stage

Row = TypeVar("Row", bound=Base)

PAPERS_IN_A_BAG = 3
SIGNER = credential_signer()


@dataclass(frozen=True)
class Codes:
    """The secret codes of a bundle by placement: what the sealed table knows, and nobody else."""

    session: Session
    rows: dict[int, SecretCode]

    def of(self, placement: Placement) -> str:
        """The code on one person's script."""
        return self.rows[placement.id].code

    def status_of(self, placement: Placement) -> MarkStatus | None:
        """What stands for a place-holder in the first round."""
        row = self.rows[placement.id]
        mark = select(Mark).where(Mark.secret_code_id == row.id, Mark.round == 1)
        return self.session.scalars(mark).one().status


class Story(Stage):
    """The stage with people acting on it."""

    def __init__(
        self, session: Session, ring: KeyRing, bank: RunningBank, client: HttpCreditBank
    ) -> None:
        self.ring, self.reference, self.client = ring, bank, client
        super().__init__(session)
        self.scans = 0
        for course in (self.bachelor, self.diploma, self.elective):
            facts = course.code, "1", course.name, str(course.credits)
            bank.register_unit(*facts, level=6)

    # Before the day.

    def approve_access(self, candidate: Candidate, kind: AccessKind, percent: Decimal) -> None:
        asked = entries.request_access(
            self.session,
            self.officer,
            candidate,
            self.series,
            kind=kind,
            extra_percent=percent,
            evidence="医院证明",
            now=self.now,
        )
        entries.decide_access(
            self.session, self.second_officer, asked, approve=True, reason="属实", now=self.now
        )

    def formative(self, candidate: Candidate, course: Course, score: Decimal | None) -> None:
        marking.record_formative(
            self.session,
            self.officer,
            candidate,
            course,
            self.series,
            score=score,
            status=None if score is not None else MarkStatus.MISSING,
            source="学习平台",
            dated=date(2026, 11, 30),
            now=self.now,
        )

    def draft_plan(self) -> Plan:
        plan = timetable.draft_plan(self.session, self.officer, self.series, now=self.now)
        for person, part in (
            (self.officer, "松鹤延年 3141592"),
            (self.second_officer, "风调雨顺 2718281"),
        ):
            timetable.add_seed_part(self.session, person, plan, part, now=self.now)
        return plan

    def place(self, plan: Plan, entry: Entry, room: Room, number: int, period: Period) -> Placement:
        seat = seats_of(self.session, room.id)[number - 1]
        return timetable.place(self.session, self.officer, plan, entry, seat, period, now=self.now)

    def hold_over(
        self, plan: Plan, first: Placement, entry: Entry, room: Room, number: int
    ) -> Placement:
        seat = seats_of(self.session, room.id)[number - 1]
        supervisor = self.person_of(self.invigilators[1])
        timetable.hold_over(
            self.session, self.officer, plan, first, entry, seat, supervisor, now=self.now
        )
        return self.session.scalars(select(Placement).where(Placement.entry_id == entry.id)).one()

    def publish(self, plan: Plan) -> None:
        timetable.seal_plan(self.session, self.officer, plan, algorithm="by hand 1", now=self.now)
        timetable.propose(self.session, self.officer, plan, now=self.now)
        for stage in PublicationStage:
            timetable.publish(self.session, self.second_officer, plan, stage, now=self.now)

    def slip(self, candidate: Candidate) -> str:
        slip: Slip = admission.issue_slip(
            self.session, self.officer, candidate, self.series, now=self.now
        )
        return admission.slip_text(slip, candidate, self.series, self.ring)

    # On the day.

    def open_rooms(self, *placements: Placement) -> list[RoomDay]:
        """The chief takes the papers and opens each room with an invigilator."""
        days = []
        for placement in placements:
            session_id = placement.room_session_id
            day = invigilation.prepare_room(self.session, self.chief, session_id, now=self.now)
            if self.is_on_paper(placement):
                self._open_papers(session_id, placement.sitting_id)
            invigilation.open_room(
                self.session, self.chief, day, second=self.invigilators[0], now=self.now
            )
            days.append(day)
        return days

    def _open_papers(self, session_id: int, sitting_id: int) -> None:
        bag = custody.pack(
            self.session,
            self.officer,
            BagKind.PAPERS,
            session_id,
            sitting_id,
            seal_no="A17",
            count=PAPERS_IN_A_BAG,
            now=self.now,
        )
        add = {"count": PAPERS_IN_A_BAG, "seal_no": "A17", "now": self.now}
        custody.send(self.session, self.officer, bag, **add)
        custody.take(self.session, self.chief, bag, **add)
        custody.open_bag(self.session, self.chief, bag, second=self.invigilators[0], now=self.now)
        self.papers = bag

    def scan(self, device_name: str, slip: str, day: RoomDay) -> dict[str, object]:
        """A door scans a slip, and the face fits."""
        self.scans += 1
        device, _ = admission.provision_device(
            self.session,
            self.chief,
            self.venue,
            name=device_name,
            expires_at=self.now + DAY,
            now=self.now,
        )
        admission.measure_clock(self.session, device, self.now, self.now)
        fact = Fact(
            scan_no=f"{self.scans:04d}",
            here=day.room_session_id,
            device_at=self.now,
            token=slip,
            identity=Identity.MATCH,
        )
        return admission.record_scan(
            self.session, self.invigilators[0], device, fact, self.ring, now=self.now
        )

    def start(self, day: RoomDay) -> None:
        """Start the room's clock."""
        invigilation.start_clock(self.session, self.invigilators[0], day, now=self.now)

    def confirm_absent(self, placement: Placement) -> None:
        first, second = self.invigilators
        admission.note_absent(self.session, first, placement.id, now=self.now)
        admission.confirm_absent(self.session, second, placement.id, now=self.now)

    def close(self, day: RoomDay, *, scripts: int) -> None:
        """Two close the room and count; a third looks at every face again; the chief reconciles."""
        first, second = self.invigilators
        session_id = day.room_session_id
        invigilation.close_room(self.session, first, day, second=second, now=self.now)
        for counter in (first, second):
            invigilation.count_scripts(self.session, counter, day, count=scripts, now=self.now)
        for line in register(self.session, session_id):
            if line.status is AttendanceStatus.PRESENT:
                admission.recheck_identity(
                    self.session, self.chief, line.placement_id, Identity.MATCH, now=self.now
                )
        if scripts:
            custody.count_papers(
                self.session,
                self.chief,
                self.papers,
                used=scripts,
                spare=PAPERS_IN_A_BAG - scripts,
                damaged=0,
                now=self.now,
            )
        invigilation.reconcile(self.session, self.chief, day, now=self.now)

    # The marks.

    def code(self, placement: Placement) -> tuple[Bundle, Codes]:
        bundle = marking.code_scripts(
            self.session,
            self.officer,
            placement.room_session_id,
            placement.sitting_id,
            now=self.now,
        )
        rows = self.session.scalars(select(SecretCode).where(SecretCode.bundle_id == bundle.id))
        return bundle, Codes(self.session, {row.placement_id: row for row in rows})

    def mark(self, bundle: Bundle, number: int, code: str, typed: str) -> None:
        """The next marker gets the bundle, types a mark and submits."""
        marker = self.markers[number - 1]
        allocation = marking.allocate(
            self.session, self.officer, bundle, number, self.person_of(marker), now=self.now
        )
        marking.enter_mark(
            self.session, marker, allocation, code, typed, expected_version=None, now=self.now
        )
        marking.submit(self.session, marker, allocation, now=self.now)

    def compare(self, bundle: Bundle) -> list[str]:
        return marking.compare(self.session, self.officer, bundle, now=self.now)

    def moderate(self, bundle: Bundle) -> None:
        marking.finalise(self.session, self.officer, bundle, now=self.now)
        drawn = marking.draw_sample(
            self.session, self.moderator, bundle, seed="公开种子 20261213", now=self.now
        )
        for moderation in drawn:
            marking.moderate(
                self.session, self.moderator, moderation, score=Decimal(62), now=self.now
            )
        marking.pass_moderation(self.session, self.moderator, bundle, now=self.now)
        marking.approve_bundle(self.session, self.approver, bundle, now=self.now)

    def engine_mark(self, placement: Placement, score: Decimal) -> None:
        marking.import_engine_mark(
            self.session, self.officer, placement.id, score=score, now=self.now
        )
        marking.check_engine_marks(
            self.session, self.second_officer, placement.room_session_id, now=self.now
        )

    # The results.

    def compute(self) -> dict[tuple[Candidate, Course], Outcome]:
        """Compute every outcome, by whose and for which course it is."""
        lines = list(self.session.scalars(select(EntryCourse)))
        results.compute(self.session, self.officer, lines, now=self.now)
        results.hold_and_free(self.session, self.officer, self.series, now=self.now)
        rows = self.session.execute(
            select(Candidate, Course, Outcome)
            .join(Entry, Entry.candidate_id == Candidate.id)
            .join(EntryCourse, EntryCourse.entry_id == Entry.id)
            .join(Course, Course.id == EntryCourse.course_id)
            .join(Outcome, Outcome.entry_course_id == EntryCourse.id)
        )
        return {(candidate, course): outcome for candidate, course, outcome in rows}

    def explain(self, outcome: Outcome) -> Sentence:
        return explanation_of(outcome)

    def prepare_and_approve(self, outcomes: Iterable[Outcome]) -> ReleaseBatch:
        batch = results.prepare_batch(
            self.session, self.reviewers[1], self.series, list(outcomes), now=self.now
        )
        return results.approve_batch(self.session, self.approver, batch, now=self.now)

    def release(self, batch: ReleaseBatch, *, by: Actor) -> None:
        results.release_batch(self.session, by, batch, now=self.now)

    def correct(self, outcome: Outcome, *, final_score: Decimal) -> Outcome:
        """One asks, another decides, and the new version goes the way of every release."""
        asked = results.file_correction(
            self.session,
            self.officer,
            outcome,
            final_score=final_score,
            reason="合分有误",
            evidence="卷面第 3 题 14 分漏加",
            now=self.now,
        )
        results.decide_correction(
            self.session, self.second_officer, asked, approve=True, now=self.now
        )
        corrected = results.apply_correction(self.session, self.officer, asked, now=self.now)
        self.release(self.prepare_and_approve([corrected]), by=self.releaser)
        return corrected

    # The credit bank.

    def issue(self, outcome: Outcome) -> Credential:
        return certificates.issue(self.session, self.releaser, outcome, SIGNER, now=self.now)

    def open_account(self, candidate: Candidate) -> None:
        """The worker has an account at the bank, and the bank confirms whose it is."""
        person = self.session.get_one(Person, candidate.person_id)
        account = f"CB-{candidate.person_no}"
        self.reference.open_account(account, person.name, person.id_tail)
        credits_.open_account(self.session, self.operator, person, account_no=account, now=self.now)
        self.page(self.now)
        bank_jobs.validate_accounts(self.client, now=lambda: self.now)
        self.page(self.now)

    def claim(self, outcome: Outcome) -> Claim:
        row = credits_.claim(
            self.session, self.operator, outcome, Issuer(ISSUER_ID, "C-0371"), now=self.now
        )
        assert row is not None
        return row

    def push(self) -> None:
        """The job that runs every minute runs now."""
        self.page(self.now)
        bank_jobs.push_due(self.client, now=lambda: self.now)
        self.page(self.now)

    def balance_at_bank(self, candidate: Candidate) -> Decimal:
        return Decimal(self.reference.ledger(f"CB-{candidate.person_no}")["balance"])

    def verify(self, credential: Credential) -> Verification:
        return verification.verify(
            self.session, credential.stable_id, credential.number, now=self.now
        )

    # What must hold.

    def laws(self) -> list[Law]:
        return series_laws(self.session, self.series.id)

    def audit_findings(self) -> list[audit.Finding]:
        return list(audit.verify(self.session, self.ring))

    def is_on_paper(self, placement: Placement) -> bool:
        return self.session.get_one(RoomSession, placement.room_session_id).room_id == self.hall.id

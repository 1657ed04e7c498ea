"""The second half of the house in which something stands in every room: marks to credits."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from exam_centre.accounts.models import User
from exam_centre.accounts.service import actor_of
from exam_centre.certificates.models import Certificate, Credential
from exam_centre.certificates.service import suspend
from exam_centre.credits.models import (
    Claim,
    CodeMap,
    CreditExport,
    Difference,
    LearningAccount,
    Reconciliation,
)
from exam_centre.credits.queries import last_row
from exam_centre.credits.rules import ClaimStatus, Destination, DifferenceKind
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.outbox import SendStatus
from exam_centre.marking.models import Moderation
from exam_centre.marking.rules import BundleStatus
from exam_centre.papers.models import Paper
from exam_centre.papers.queries import scheme_of
from exam_centre.papers.rules import Mode
from exam_centre.practicals.models import StationDraw
from exam_centre.results.models import Outcome, ReviewSample
from exam_centre.results.rules import OutcomeStatus, Parts, Tier, Verdict, compose, keep_facts
from exam_centre.theses.models import DefenceSlot, PanelMember, ThesisRecord, ThesisTopic
from exam_centre.theses.rules import DefenceKind, PanelRole, ThesisStatus
from exam_centre.venues.rules import RoomKind
from tests.factories.awards import seated
from tests.factories.times import DAY, MINUTE
from tests.journeys.furnished import ABSENT, EXPECTED, PRESENT, Furnished

FINALS = (86, 45, 92, 77, 58, 66)  # marks of the final part; 45 and 58 fail


class FullyFurnished(Furnished):
    """Builders with a filling for every room."""

    def fill(self) -> None:
        """Fill every room; the certificates and claims are left to the jobs that make them."""
        self.fill_until_the_day()
        self._marks()
        self._theses()
        self._assignments()
        self._skill_room()
        self._outcomes()
        self.save(
            CodeMap(
                destination="course_results",
                topic="level",
                ours="bachelor",
                theirs="LOF-6",
                valid_from=date(2026, 9, 1),
                valid_until=None,
            )
        )

    def _marks(self) -> None:
        """A marker's open sheet, and a bundle at each later step."""
        marker, third = self.people["marker"], self.person()
        seated = [ABSENT if n == 2 else PRESENT for n in range(12)]
        bundle = self.bundle(sat=self.sat(*seated, paper=self.home_paper))
        allocation = self.allocation(bundle, 1, marker)
        for code in self.codes(bundle)[:2]:
            self.mark(code, 71, 1, marker)
        pairs = ((70, 71), (60, 82), (50, 51))
        self.marked_bundle(*pairs, markers=[third], sat=self._sat(3))
        final = self.marked_bundle(*pairs[::2], status=BundleStatus.FINAL, sat=self._sat(2))
        for code in self.codes(final):
            self.save(
                Moderation(
                    secret_code_id=code.id, why="boundary", moderator_id=self.people["moderator"].id
                )
            )
        self.marked_bundle(*pairs[::2], status=BundleStatus.MODERATED, sat=self._sat(2))
        self._sat(4)  # reconciled and not coded yet
        engine = self._sat(3, paper=self.paper(Mode.COMPUTER, name="职业道德"))
        self.engine_mark(engine.placements[0], 88, checked_by_id=None)
        self.at |= {
            "bundle": bundle.token,
            "allocation": allocation.token,
            "sample": final.token,
            "engine_room": engine.room_session.token,
        }

    def _sat(self, number: int, **fields: Any) -> Any:
        return self.sat(*(PRESENT,) * number, **{"paper": self.home_paper} | fields)

    def _theses(self) -> None:
        marker = self.people["marker"]
        thesis = self.thesis(title="某车间换模时间的缩短", supervisor_id=marker.id)
        self.save(
            ThesisRecord(
                thesis_id=thesis.id,
                stage=ThesisStatus.TOPIC,
                by_id=marker.id,
                at=self.today,
                text="开题指导一次。",
            )
        )
        checked = self.thesis(
            title="设备点检的数字化", status=ThesisStatus.CHECKED, similarity=Decimal(12)
        )
        for role in (PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.MEMBER):
            self.save(PanelMember(thesis_id=checked.id, person_id=self.person().id, role=role))
        self.save(
            DefenceSlot(
                thesis_id=checked.id,
                number=1,
                starts_at=self.today + 30 * DAY,
                ends_at=self.today + 30 * DAY + 40 * MINUTE,
                kind=DefenceKind.WORKPLACE,
                place="一号厂房会议室",
                set_by_id=marker.id,
                set_at=self.today,
            )
        )
        paper = self.paper(Mode.THESIS, name="岗位论文")
        entry = self.entry(paper=paper)
        candidate = self.session.get_one(Candidate, entry.candidate_id)
        self.at |= {
            "thesis": thesis.token,
            "thesis_paper": paper.code,
            "thesis_person": candidate.person_no,
            "defended": checked.token,
        }
        self._topics(paper)

    def _topics(self, paper: Paper) -> None:
        """A topic that waits for its supervisor, and an entry of the worker's own without one."""
        other = self.entry(paper=paper)
        writer = self.session.get_one(Candidate, other.candidate_id).person_id
        topic = self.save(
            ThesisTopic(
                entry_id=other.id,
                number=1,
                title="减少换模等待",
                about="二号线换模时，工人要等叉车二十分钟。",
                proposed_by_id=writer,
                proposed_at=self.today,
                supervisor_id=self.people["marker"].id,
            )
        )
        person = self.people["worker"].id
        worker = self.session.scalars(select(Candidate).where(Candidate.person_id == person)).one()
        own = self.entry(worker, paper)
        self.at |= {"topic": topic.token, "own_thesis_entry": own.token}

    def _assignments(self) -> None:
        paper = self.paper(Mode.ASSIGNMENT, name="班组管理大作业")
        for _ in range(3):
            self.entry(paper=paper)
        self.formative(self.entry(self.candidate(), self.home_paper, courses=[self.home_course]))
        waiting = self.candidate()
        self.entry(waiting, self.home_paper, courses=[self.home_course])
        self.at |= {"assignment": paper.token, "formative_person": waiting.person_no}

    def _skill_room(self) -> None:
        """A practical that runs: one drew a station, one is expected, one waits for the lot."""
        room, period = self.room(kind=RoomKind.WORKSHOP), self.period(starts_at=self.today)
        paper = self.paper(Mode.PRACTICAL, name="数控加工")
        seated = [self.placement(self.entry(paper=paper), room=room, period=period) for _ in "abc"]
        for placement, status in zip(seated, (PRESENT, PRESENT, EXPECTED), strict=True):
            self.attendance(placement, status)
        self.room_day(self.session_of(seated[0]), started_at=self.today)
        self.save(
            StationDraw(
                placement_id=seated[0].id,
                room_session_id=seated[0].room_session_id,
                station=7,
                drawn_by_id=self.people["invigilator"].id,
                witness_id=self.person().id,
                drawn_at=self.today - MINUTE,
            )
        )
        self.at |= {
            "skill_room": self.session_of(seated[0]).token,
            "drawn": seated[0].token,
            "undrawn": seated[1].token,
        }

    def computed(
        self, final: int | None, status: OutcomeStatus, *, entry: Entry | None = None
    ) -> Outcome:
        """An outcome with its explanation: formative 80, the final part as given or absent."""
        if entry is None:
            entry = self.entry(self.candidate(), self.home_paper, courses=[self.home_course])
        parts = (
            Parts(Decimal(80), Decimal(final), None, None)
            if final is not None
            else Parts(Decimal(80), None, Verdict.ABSENT, None)
        )
        came_to = compose(parts, scheme_of(self.session, entry.paper_id).facts())
        return self.outcome(
            entry,
            status=status,
            score=came_to.score,
            verdict=came_to.verdict,
            parts=parts.as_text(),
            explanation=came_to.explanation.text,
            facts=keep_facts(came_to.explanation),
        )

    def _outcomes(self) -> None:
        """The worker's pass; outcomes computed, held, in a batch, under correction."""
        worker = self.session.scalars(
            select(Candidate).where(Candidate.person_id == self.people["worker"].id)
        ).one()
        earlier = self.series(code="2026SPR", name="2026 年春季考次")
        own = self.entry(worker, self.home_paper, earlier, courses=[self.home_course])
        passed = self.computed(86, OutcomeStatus.RELEASED, entry=own)
        failed_paper = self.paper(name="电工基础")
        failed = self.entry(worker, failed_paper, earlier)
        failed_outcome = self.computed(20, OutcomeStatus.RELEASED, entry=failed)
        other = self.entry(self.candidate(), self.home_paper, earlier, courses=[self.home_course])
        self.computed(90, OutcomeStatus.RELEASED, entry=other)
        seated(self, self.entry_courses(own)[0])
        summer = self.series(code="2026SUM", name="2026 年夏季考次")
        for final in FINALS[:2]:
            waiting = self.entry(
                self.candidate(), self.home_paper, summer, courses=[self.home_course]
            )
            self.computed(final, OutcomeStatus.COMPUTED, entry=waiting)
        for answer, outcome in (("match", passed), ("mismatch", self._released())):
            person = self._person_of(outcome)
            self.save(
                LearningAccount(
                    person_id=person,
                    account_no=f"CB-2026-{person:04d}",
                    checked_at=self.today,
                    answer=answer,
                )
            )
        fresh = [self.computed(final, OutcomeStatus.COMPUTED) for final in FINALS]
        fresh.append(self.computed(None, OutcomeStatus.COMPUTED))
        self.save(ReviewSample(outcome_id=fresh[0].id, tier=Tier.CENTRE.value, seed="20261123"))
        by = {"prepared_by_id": self.people["exam_officer"].id}
        batch = self.batch(*fresh[3:5], **by)
        correction = {"reason": "有一页未计分。", "evidence": "答卷第 3 页。"}
        filed = self.correction(self._released(), **correction)
        appeal = self.correction(self._released(), **correction, final_score=None, is_appeal=True)
        self.at |= {
            "batch": batch.token,
            "outcome": fresh[0].token,
            "released": self._released().token,
            "own_outcome": failed_outcome.token,
            "correction": filed.token,
            "appeal": appeal.token,
            "earlier": earlier.code,
            "worker_entry": own.token,
            "worker_no": worker.person_no,
        }

    def _released(self) -> Outcome:
        return self.computed(61, OutcomeStatus.RELEASED)

    def _person_of(self, outcome: Outcome) -> int:
        entry = self.session.get_one(
            Entry, self.session.get_one(EntryCourse, outcome.entry_course_id).entry_id
        )
        return self.session.get_one(Candidate, entry.candidate_id).person_id

    def _user_of(self, role: str) -> User:
        wanted = select(User).where(User.person_id == self.people[role].id)
        return self.session.scalars(wanted).one()

    def note_awards(self) -> None:
        """After the jobs: name the worker's certificate and claim, and let the bank differ."""
        mine = select(Certificate, Credential).join(
            Credential, Credential.id == Certificate.credential_id
        )
        rows = self.session.execute(mine.order_by(Certificate.id)).all()
        claim = self.session.scalars(select(Claim).order_by(Claim.id)).first()
        assert rows
        assert claim is not None
        row = last_row(self.session, claim)
        assert row is not None
        row.move_to(SendStatus.LEASED)
        claim.move_to(ClaimStatus.SENDING)
        self.session.flush()
        row.move_to(SendStatus.PARKED)
        claim.move_to(ClaimStatus.RETURNED)
        export = self.save(
            CreditExport(
                destination=Destination.COURSE_RESULTS,
                series_id=self.home_series().id,
                by_id=self.people["bank_operator"].id,
                asked_at=self.today,
            )
        )
        compared = self.save(Reconciliation(month="2026-12", at=self.today, ours=3, theirs=2))
        difference = self.save(
            Difference(
                reconciliation_id=compared.id,
                stable_id=rows[0][1].stable_id,
                kind=DifferenceKind.MISSING_THERE,
                facts={},
            )
        )
        officer = actor_of(self.session, self._user_of("release_officer"))
        suspend(self.session, officer, rows[1][1], reason="违规案件未结。", now=self.today)
        self.at |= {
            "suspended": rows[1][1].token,
            "certificate": rows[0][0].token,
            "credential": rows[0][1].token,
            "verify_code": rows[0][0].verify_code,
            "claim": claim.token,
            "export": export.token,
            "comparison": compared.token,
            "stable_id": difference.stable_id,
        }

"""From marks to credits: computed, released by three people, certified, claimed and paid in."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.adapters.credentials import CredentialSigner
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.certificates import service as certificates
from exam_centre.credits import service as credit_service
from exam_centre.credits.rules import Destination, Issuer, Topic
from exam_centre.demo.journey.bank import DemoBank
from exam_centre.demo.journey.cast import Cast, by_someone, turned
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.permissions import Actor, Permission, Role
from exam_centre.organisation.queries import place_of_network
from exam_centre.papers.models import Course
from exam_centre.results import service as results
from exam_centre.results.models import Outcome
from exam_centre.results.queries import entry_courses_of, holds, in_work
from exam_centre.results.rules import OutcomeStatus, Tier

READY = (OutcomeStatus.COMPUTED, OutcomeStatus.APPROVED)
OWN_CODES = (  # what each university has to say itself
    (Destination.COURSE_RESULTS, Topic.PROGRAMME, "*", "产业园区班"),
    (Destination.CONVERSION, Topic.PROGRAMME, "*", "产业园区班"),
    (Destination.CONVERSION, Topic.SCHOOL, "*", "51161"),
    (Destination.CONVERSION, Topic.TARGET_COURSE, "*", "="),
)
SAMPLED_PERCENT = Decimal(2)  # of the outcomes, on each level


class Awards:
    """What the offices of the province and of headquarters do with the marks of a series."""

    def __init__(self, session: Session, cast: Cast, series_id: int, now: datetime) -> None:
        self.session, self.cast, self.now = session, cast, now
        self.series = session.get_one(Series, series_id)
        self.place = place_of_series(session, series_id)

    def compute(self) -> int:
        """Compute every outcome; return how many there are."""
        officer = self._of(Role.EXAM_OFFICER, Permission.COMPUTE_OUTCOMES)[-1]
        lines = entry_courses_of(self.session, self.series.id)
        made = results.compute(self.session, officer, lines, now=self.now)
        results.hold_and_free(self.session, officer, self.series, now=self.now)
        return len(made)

    def review(self, tier: Tier, seed: str) -> int:
        """Draw one level's sample, and let somebody without a part in it agree to each."""
        samples = results.draw_review(
            self.session,
            self._of(Role.EXAM_OFFICER, Permission.COMPUTE_OUTCOMES)[0],
            self.series,
            tier=tier,
            seed=f"{seed}:{tier}",
            percent=SAMPLED_PERCENT,
            now=self.now,
        )
        readers = self._of(Role.APPROVER, Permission.APPROVE_RESULTS)
        for sample in samples:
            by_someone(
                self.session,
                turned(readers, sample.id),
                lambda who, row=sample: results.review(  # type: ignore[misc]
                    self.session, who, row, agrees=True, now=self.now
                ),
            )
        return len(samples)

    def release(self) -> int:
        """Release everything that nothing holds, by three people who marked none of it."""
        ready = [o for o in in_work(self.session, self.series.id) if o.status in READY]
        held = holds(self.session, [o.id for o in ready])
        free = [o for o in ready if not held.get(o.id)]
        batch = by_someone(
            self.session,
            self._of(Role.EXAM_OFFICER, Permission.COMPUTE_OUTCOMES),
            lambda who: results.prepare_batch(self.session, who, self.series, free, now=self.now),
        )
        by_someone(
            self.session,
            self._of(Role.APPROVER, Permission.APPROVE_RESULTS),
            lambda who: results.approve_batch(self.session, who, batch, now=self.now),
        )
        by_someone(
            self.session,
            self._of(Role.RELEASE_OFFICER, Permission.RELEASE_RESULTS),
            lambda who: results.release_batch(self.session, who, batch, now=self.now),
        )
        return len(free)

    def certify(self, signer: CredentialSigner) -> int:
        """Issue a credential for every released pass."""
        officer = self._of(Role.RELEASE_OFFICER, Permission.ISSUE_CERTIFICATES)[0]
        followed = certificates.follow_release(
            self.session, officer, self.series, signer, now=self.now
        )
        return followed.issued

    def open_accounts(self, bank: DemoBank, progress: Callable[[int, int], None]) -> int:
        """Let everybody who passed open an account at the bank, and tell us its number."""
        operator = self._operator()
        people = self.session.execute(
            select(Person, Candidate.person_no)
            .join(Candidate, Candidate.person_id == Person.id)
            .join(Entry, Entry.candidate_id == Candidate.id)
            .join(EntryCourse, EntryCourse.entry_id == Entry.id)
            .join(Outcome, Outcome.entry_course_id == EntryCourse.id)
            .where(Entry.series_id == self.series.id, Outcome.status == OutcomeStatus.RELEASED)
            .where(Outcome.verdict == "passed")
            .distinct()
            .order_by(Candidate.person_no)
        ).all()
        seen: set[int] = set()
        for done, (person, person_no) in enumerate(people, 1):
            if person.id not in seen:
                seen.add(person.id)
                account = f"CB-{person_no}"
                bank.open_account(account, person.name, person.id_tail)
                credit_service.open_account(
                    self.session, operator, person, account_no=account, now=self.now
                )
            progress(done, len(people))
        return len(seen)

    def learn_codes(self) -> None:
        """Keep the codes that the bank's two files ask for, from the day the series ended."""
        place = place_of_network(self.session)
        operator = self.cast.of(Role.BANK_OPERATOR, Permission.RUN_CREDITS, place)[0]
        day = self.now.date()
        credit_service.add_starters(self.session, operator, valid_from=day, now=self.now)
        for destination, topic, ours, theirs in OWN_CODES:
            credit_service.add_code(
                self.session,
                operator,
                destination=destination,
                topic=topic,
                ours=ours,
                theirs=theirs,
                valid_from=day,
                now=self.now,
            )

    def register_units(self, bank: DemoBank) -> None:
        """Let the bank publish our courses as its units."""
        for course in self.session.scalars(select(Course).order_by(Course.code)):
            bank.register_unit(course.code, course.name, course.level, str(course.credits))

    def claim(self, issuer: Issuer) -> int:
        """Claim every released pass."""
        return credit_service.claim_released(
            self.session, self._operator(), self.series, issuer, self.now
        )

    def _operator(self) -> Actor:
        return self._of(Role.BANK_OPERATOR, Permission.RUN_CREDITS)[0]

    def _of(self, role: Role, permission: Permission) -> list[Actor]:
        return self.cast.of(role, permission, self.place)

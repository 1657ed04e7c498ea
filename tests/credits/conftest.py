"""A committed world with a listening credit bank, for tests of claims and pushes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, select

from exam_centre.adapters.credit_bank import HttpCreditBank
from exam_centre.certificates.models import Credential
from exam_centre.certificates.service import follow
from exam_centre.credits import jobs, service
from exam_centre.credits.models import Claim, LearningAccount, OutboxRow
from exam_centre.credits.queries import law_credits
from exam_centre.credits.rules import ClaimStatus, Issuer
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.laws import Law
from exam_centre.kernel.outbox import Breaker, SendStatus
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.papers.models import Course
from exam_centre.results.models import Outcome
from exam_centre.results.rules import Verdict
from tests.banks.clients import client_of
from tests.banks.outcomes import public_pem
from tests.banks.reference import ISSUER_ID, RunningBank, running_reference_bank
from tests.factories.awards import (
    RELEASED_AT,
    corrected,
    credential_signer,
    entry_course,
    released,
)
from tests.factories.make import Make

ISSUER = Issuer(ISSUER_ID, "C-0371")
SIGNER = credential_signer()
PUSH_SECONDS = 1.0  # longer than an honest answer takes, shorter than the bank's silences
AWARD_MONTH = RELEASED_AT.strftime("%Y-%m")


class World:
    """One series, one course, one bank, and a clock that tests turn."""

    def __init__(self, bank: RunningBank, seconds: float) -> None:
        self.bank = bank
        self.client: HttpCreditBank = client_of(bank.url, seconds)
        self.patient: HttpCreditBank = client_of(bank.url)  # for questions, which may take long
        self.now = RELEASED_AT + timedelta(hours=1)
        self.breaker = Breaker()
        self.chance = Random(20261123)
        with unit_of_work() as session:
            self.make = make = Make(session)
            self.course_id = make.course(make.paper(), name="工业机器人操作与维护").id
            self.series_id = make.home_series().id
            self.operator: Actor = make.actor(Role.BANK_OPERATOR, Role.RELEASE_OFFICER)
        self.register(self.course_id)

    @contextmanager
    def making(self) -> Iterator[Make]:
        """The builders, in a unit of work of their own; what they made before stays known."""
        with unit_of_work() as session:
            self.make.session = session
            yield self.make

    def register(self, course_id: int) -> None:
        """Let the bank publish the unit of a course."""
        with unit_of_work() as session:
            course = session.get_one(Course, course_id)
            facts = course.code, "1", course.name, str(course.credits)
        self.bank.register_unit(*facts, level=6)

    def candidate(self, name: str = "王芳") -> int:
        """A candidate with an account that the bank has confirmed; its id."""
        with self.making() as make:
            person = make.person(name)
            candidate = make.candidate(person)
            account = f"CB-{person.id}"
            make.save(
                LearningAccount(
                    person_id=person.id, account_no=account, checked_at=self.now, answer="match"
                )
            )
        self.bank.open_account(account, name, person.id_tail)
        return candidate.id

    def passed(
        self, candidate_id: int, score: int = 86, *, verdict: Verdict = Verdict.PASSED
    ) -> int:
        """A released outcome of an attempt of its own, certified where it is a pass; its id."""
        with self.making() as make:
            candidate = make.session.get_one(Candidate, candidate_id)
            course = make.session.get_one(Course, self.course_id)
            before = select(Entry.id).where(Entry.candidate_id == candidate_id)
            is_first = make.session.scalars(before).first() is None
            series = make.home_series() if is_first else make.series()
            line = entry_course(make, candidate, course, series)
            outcome = released(make, line, Decimal(score), verdict=verdict)
            follow(make.session, self.operator, outcome, SIGNER, now=self.now)
            return outcome.id

    def corrected(
        self, outcome_id: int, score: int | None, *, verdict: Verdict = Verdict.PASSED
    ) -> int:
        """The version that corrects an outcome, released and certified or taken back; its id."""
        with self.making() as make:
            outcome = make.session.get_one(Outcome, outcome_id)
            number = None if score is None else Decimal(score)
            later = corrected(make, outcome, number, verdict=verdict, at=self.now)
            follow(make.session, self.operator, later, SIGNER, now=self.now)
            return later.id

    def claim(self, outcome_id: int) -> int | None:
        """Claim an outcome; the live claim's id."""
        with unit_of_work() as session:
            outcome = session.get_one(Outcome, outcome_id)
            row = service.claim(session, self.operator, outcome, ISSUER, now=self.now)
            return row.id if row else None

    def claimed(self, score: int = 86) -> tuple[int, int]:
        """A new candidate's pass and its claim: both ids."""
        outcome_id = self.passed(self.candidate(), score)
        claim_id = self.claim(outcome_id)
        assert claim_id is not None
        return outcome_id, claim_id

    def push(self, limit: int = 200) -> int:
        """One run of the push job."""
        return jobs.push_due(
            self.client,
            now=lambda: self.now,
            limit=limit,
            breaker=self.breaker,
            chance=self.chance,
        )

    def drain(self, rounds: int = 60) -> int:
        """Push until nothing waits, turning the clock between the runs; how many were sent."""
        sent = 0
        for _ in range(rounds):
            sent += self.push()
            with unit_of_work() as session:
                waiting = session.scalars(
                    select(OutboxRow.id).where(
                        OutboxRow.status.in_(
                            (SendStatus.PENDING, SendStatus.UNKNOWN, SendStatus.LEASED)
                        )
                    )
                ).first()
            if waiting is None:
                return sent
            self.now += timedelta(hours=1)
        raise AssertionError("something is never accepted")

    def status(self, claim_id: int) -> ClaimStatus:
        """Where a claim stands."""
        with unit_of_work() as session:
            return session.get_one(Claim, claim_id).status

    def rows(self, claim_id: int) -> list[OutboxRow]:
        """A claim's messages, oldest first."""
        with unit_of_work() as session:
            rows = select(OutboxRow).where(OutboxRow.claim_id == claim_id)
            return list(session.scalars(rows.order_by(OutboxRow.id)))

    def credential(self, outcome_id: int) -> Credential:
        """The credential of an outcome."""
        with unit_of_work() as session:
            rows = select(Credential).where(Credential.outcome_id == outcome_id)
            return session.scalars(rows).one()

    def ledger(self, outcome_id: int) -> tuple[str, list[str]]:
        """The balance of an outcome's person at the bank, and the kinds of effects."""
        with unit_of_work() as session:
            person_id = session.scalars(
                select(Candidate.person_id)
                .join(Entry, Entry.candidate_id == Candidate.id)
                .join(EntryCourse, EntryCourse.entry_id == Entry.id)
                .join(Outcome, Outcome.entry_course_id == EntryCourse.id)
                .where(Outcome.id == outcome_id)
            ).one()
        book = self.bank.ledger(f"CB-{person_id}")
        return book["balance"], [entry["kind"] for entry in book["entries"]]

    def law(self) -> Law:
        """The eighth law of the series."""
        with unit_of_work() as session:
            return law_credits(session, self.series_id)


@pytest.fixture
def world(database: Engine, tmp_path: Path) -> Iterator[World]:
    """A world whose bank is on this machine and whose patience is short."""
    with running_reference_bank(tmp_path, public_pem()) as bank:
        built = World(bank, PUSH_SECONDS)
        yield built
        built.client.close()
        built.patient.close()

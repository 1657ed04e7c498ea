"""A released and unreleased series behind the pages of results, certificates and credits."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from exam_centre.accounts.models import Person, User
from exam_centre.accounts.service import grant_role, open_user
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.queries import scheme_of
from exam_centre.results.models import Outcome
from exam_centre.results.rules import OutcomeStatus, Parts, compose, keep_facts
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit.fixtures import CHEAP, PASSWORD, SET_UP, csrf_of, token_of

LOGINS = count(1)


class Desk:
    """One series with one course, and browsers of people who work on it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with unit_of_work() as session:
            self.make = make = Make(session, TEST_SEAL)
            make.home(UnitLevel.NATIONAL)
            self.course_id = make.course(make.paper(), name="工业机器人操作与维护").id
            self.series_code = make.home_series().code
            self.series_id = make.home_series().id

    @contextmanager
    def making(self) -> Iterator[Make]:
        """The builders, in a unit of work of their own; what they made before stays known."""
        with unit_of_work() as session:
            self.make.session = session
            yield self.make

    def outcome(
        self,
        name: str = "王芳",
        final: int = 61,
        status: OutcomeStatus = OutcomeStatus.COMPUTED,
    ) -> Outcome:
        """An explained outcome of a new candidate: formative 80, final as given."""
        with self.making() as make:
            course = make.session.get_one(Course, self.course_id)
            paper = make.session.get_one(Paper, course.paper_id)
            candidate = make.candidate(make.person(name))
            entry = make.entry(candidate, paper, make.home_series(), courses=[course])
            parts = Parts(Decimal(80), Decimal(final), None, None)
            came_to = compose(parts, scheme_of(make.session, paper.id).facts())
            return make.outcome(
                entry,
                status=status,
                score=came_to.score,
                verdict=came_to.verdict,
                parts=parts.as_text(),
                explanation=came_to.explanation.text,
                facts=keep_facts(came_to.explanation),
            )

    def released(self, name: str = "王芳", final: int = 61) -> Outcome:
        """An outcome that is released."""
        return self.outcome(name, final, OutcomeStatus.RELEASED)

    def browser(
        self,
        *roles: Role,
        person_id: int | None = None,
        language: str = "en",
        elsewhere: bool = False,
    ) -> FlaskClient:
        """Somebody signed in with `roles` over everything, or over another branch alone."""
        with self.making() as make:
            person = (
                make.session.get_one(Person, person_id)
                if person_id
                else make.person("钱立", language=language)
            )
            person.language = language
            user = open_user(
                make.session,
                SET_UP,
                person,
                login=f"L{next(LOGINS):05d}",
                password=PASSWORD,
                now=clock.now(),
                cost=CHEAP,
            )
            place = make.unit(UnitLevel.PROVINCIAL) if elsewhere else self._top()
            for role in roles:
                grant_role(make.session, SET_UP, user, role, place, now=clock.now())
            user = make.session.get_one(User, user.id)
        browser = self.app.test_client()
        browser.set_cookie("sign-in", token_of(user))
        return browser

    def owner(self, outcome: Outcome, language: str = "en") -> FlaskClient:
        """The browser of the candidate an outcome is about."""
        return self.browser(Role.WORKER, person_id=self.person_of(outcome), language=language)

    def person_of(self, outcome: Outcome) -> int:
        """The id of the person an outcome is about."""
        with self.making() as make:
            return make.session.scalars(
                select(Candidate.person_id)
                .join(Entry, Entry.candidate_id == Candidate.id)
                .join(EntryCourse, EntryCourse.entry_id == Entry.id)
                .where(EntryCourse.id == outcome.entry_course_id)
            ).one()

    def fresh(self, outcome: Outcome) -> Outcome:
        """The outcome as it stands in the database now."""
        with unit_of_work() as session:
            return session.get_one(Outcome, outcome.id)

    def _top(self) -> Unit:
        return self.make.session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()


def post(browser: FlaskClient, address: str, page: str = "", **fields: Any) -> TestResponse:
    """Post a form of ours with the token its page carries, and return the answer."""
    fields = {"csrf_token": csrf_of(browser, page or "/verify")} | fields
    return browser.post(address, data=fields)


def run_jobs() -> int:
    """Run every waiting job as the runner would; how many there were."""
    done = 0
    while jobs.run_next():
        done += 1
    return done

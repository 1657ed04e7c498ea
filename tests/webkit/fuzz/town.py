"""Two provinces in mid-series with something in every room, and the people who work in each.

One holds the demo series as well. Everybody in a province bears its mark in their name, so that a
page that tells too much gives itself away.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from config import Config
from exam_centre.accounts.models import Notice, Person, PhoneChange, User
from exam_centre.accounts.service import actor_of, grant_role, open_user
from exam_centre.adapters.credentials import make_credential_key
from exam_centre.adapters.pdf_signing import make_identity
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission.service import provision_device
from exam_centre.app import create_app
from exam_centre.calendar.models import Series
from exam_centre.certificates.jobs import SIGNING
from exam_centre.certificates.models import Certificate, Credential
from exam_centre.credits.models import Claim, CodeMap, Difference, Reconciliation
from exam_centre.credits.queries import last_row
from exam_centre.credits.rules import ClaimStatus, DifferenceKind
from exam_centre.demo.small import SmallSeries
from exam_centre.entries.models import Candidate
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.keys import make_key
from exam_centre.kernel.outbox import SendStatus
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.kernel.sealing import Seal, load_seal, make_seal
from exam_centre.organisation.models import Enterprise, Park, Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Course, Paper
from exam_centre.results.models import Outcome
from exam_centre.timetable.models import Duty
from exam_centre.timetable.rules import DutyRole
from exam_centre.venues.models import Venue
from tests.factories.make import Make
from tests.factories.times import HOUR
from tests.journeys.furnished_late import FullyFurnished
from tests.webkit.fixtures import CHEAP, PASSWORD, SET_UP, csrf_of, settings, token_of
from tests.webkit.fuzz.atoms import picture

HERE, THERE = "鸊鷉", "鸂鶒"  # two birds: what everybody of one province or the other is called
MARKS = {HERE: "1", THERE: "2"}  # what the codes of a province end in
CODED = (Unit, Park, Enterprise, Venue, Series, Paper, Course)
TOP_ROLES = tuple(role for role in Role if role is not Role.WORKER)


@dataclass
class Asker:
    """Somebody at a browser, or nobody: what they hold, and whose names they may not read."""

    label: str
    roles: frozenset[Role] = frozenset()
    login: str = ""
    mark: str = ""  # of their province; "" for headquarters
    user_id: int = 0
    person_id: int = 0
    browser: FlaskClient | None = None
    csrf: str = ""

    @property
    def canary(self) -> str:
        """What no page may show them: the names of the other province."""
        return {HERE: THERE, THERE: HERE}.get(self.mark, "")


class Province(FullyFurnished):
    """The builders of one province."""

    def __init__(
        self, session: Session, mark: str, homes: dict[UnitLevel, Unit], photo: str, seal: Seal
    ) -> None:
        super().__init__(session, {}, photo)
        self.seal = seal
        self.bird, self._numbers = mark, count(200_000 * int(MARKS[mark]))
        self._homes |= homes

    def person(self, _name: str = "", **fields: Any) -> Person:
        return Make.person(self, f"{self.bird}{self.number()}", **fields)

    def series(self, *, unit: Unit | None = None, **fields: Any) -> Series:
        return super().series(unit=unit or self.home(UnitLevel.PROVINCIAL), **fields)

    def save(self, row: Any) -> Any:
        if isinstance(row, CodeMap) and self.bird == THERE:
            return row  # the network has one, and the first province has brought it
        if inspect(row).transient and isinstance(row, CODED):
            row.code += MARKS[self.bird]
        elif inspect(row).transient and isinstance(row, Candidate):
            row.person_no += MARKS[self.bird]
        return super().save(row)

    def name_the_rest(self, worker: Asker, spare: Asker, invigilator: Asker) -> None:
        """Name what only a post or a link leads to: users, notices, a lost phone, a duty.

        spare  whose user may be disabled without anybody missing them.
        """
        session = self.session
        own = select(Candidate.person_no).where(Candidate.person_id == worker.person_id)
        duty = self.save(
            Duty(
                plan_id=self.home_plan().id,
                person_id=invigilator.person_id,
                period_id=self.home_period().id,
                venue_id=self.home_venue().id,
                role=DutyRole.CHIEF,
            )
        )
        lost = select(PhoneChange.token).join(Person, Person.id == PhoneChange.person_id)
        lost = lost.where(Person.name.startswith(self.bird))
        notice = select(Notice.token).where(Notice.person_id == worker.person_id)
        self.at |= {
            "change": session.scalars(lost).first() or "",
            "notice": session.scalars(notice).first() or "",
            "staff_person": session.get_one(Person, spare.person_id).token,
            "user": session.get_one(User, spare.user_id).token,
            "own_number": session.scalars(own).one(),
            "own_duty": duty.token,
        }

    def note_awards(self) -> None:
        """After the jobs: name a certificate and a claim of this province; the bank differs."""
        session = self.session
        ours = select(Outcome.id).join(Series, Series.id == Outcome.series_id)
        ours = ours.where(Series.code == self.at["earlier"])
        wanted = select(Credential).where(Credential.outcome_id.in_(ours)).order_by(Credential.id)
        credential = session.scalars(wanted).first()
        claim = session.scalars(select(Claim).where(Claim.outcome_id.in_(ours))).first()
        assert credential is not None
        assert claim is not None
        printed = select(Certificate).where(Certificate.credential_id == credential.id)
        certificate = session.scalars(printed).one()
        row = last_row(session, claim)
        assert row is not None
        row.move_to(SendStatus.LEASED)
        claim.move_to(ClaimStatus.SENDING)
        session.flush()
        row.move_to(SendStatus.PARKED)
        claim.move_to(ClaimStatus.RETURNED)
        compared = self.save(Reconciliation(month="2026-12", at=clock.now(), ours=3, theirs=2))
        differs = Difference(
            reconciliation_id=compared.id,
            stable_id=credential.stable_id,
            kind=DifferenceKind.MISSING_THERE,
            facts={},
        )
        self.save(differs)
        self.at |= {
            "certificate": certificate.token,
            "credential": credential.token,
            "verify_code": certificate.verify_code,
            "claim": claim.token,
            "comparison": compared.token,
            "stable_id": differs.stable_id,
        }


@dataclass
class Town:
    """The application over both provinces, and everybody who asks."""

    app: Flask
    askers: list[Asker] = field(default_factory=list)
    at: dict[str, dict[str, str]] = field(default_factory=dict)  # mark -> what stands there
    device: str = ""  # the secret of a door device

    def sign_everybody_in(self) -> None:
        """Give everybody a browser with a sign-in of now and the token of its forms."""
        for asker in self.askers:
            self.sign_in(asker)

    def sign_in(self, asker: Asker) -> None:
        """Give somebody a new browser, signed in where they are anybody."""
        asker.browser = self.app.test_client()
        if asker.user_id:
            with unit_of_work() as session:
                user = session.get_one(User, asker.user_id)
            asker.browser.set_cookie("sign-in", token_of(user))
        asker.csrf = csrf_of(asker.browser, "/verify")

    def named(self, label: str) -> Asker:
        """Somebody by what they are called here."""
        return next(asker for asker in self.askers if asker.label == label)

    def of(self, mark: str, *roles: Role) -> list[Asker]:
        """Everybody of a province who holds all of `roles`."""
        return [a for a in self.askers if a.mark == mark and a.roles.issuperset(roles)]


@contextmanager
def open_town(database_url: str, folder: Path) -> Iterator[Town]:
    """Make the application over an empty database and fill it."""
    config = Config.from_environment(settings(database_url, folder))
    for purpose in ("audit", "slip", "bank"):
        make_key(config.keys_dir, purpose)
    make_seal(config.keys_dir)
    make_credential_key(config.keys_dir)
    make_identity(config.keys_dir / SIGNING, "Test", clock.now())
    town = Town(create_app(config))
    provinces = _fill(town, config)
    town.sign_everybody_in()
    for province in provinces:
        _award(town, province)
    yield town


def _fill(town: Town, config: Config) -> list[Province]:
    now = clock.now()
    seal = load_seal(config.keys_dir)
    photo = DiskStorage(config.files_dir).put(picture())
    with unit_of_work() as session:
        demo = SmallSeries(session, seal, 2026, now)
        demo.make(dict.fromkeys(Role, ""))
        levels = zip(UnitLevel, demo.units, strict=True)
        here = Province(session, HERE, dict(levels), photo, seal)
        there = Province(session, THERE, {UnitLevel.NATIONAL: demo.units[0]}, photo, seal)
        town.askers.append(Asker("nobody"))
        top = here.person()
        town.askers.append(_member(session, top, "headquarters", demo.units[0], TOP_ROLES))
        for province in (here, there):
            _staff(town, province)
            province.fill()
        _, town.device = provision_device(
            session, _actor(here), here.home_venue(), name="A", expires_at=now + HOUR, now=now
        )
    return [here, there]


def _staff(town: Town, province: Province) -> None:
    """One person a role, two who hold all of them, and three at the venue alone."""
    session, unit = province.session, province.home(UnitLevel.PROVINCIAL)
    for role in Role:
        person = province.people[role.value] = province.person()
        label = f"{role.value} {province.bird}"
        town.askers.append(_member(session, person, label, unit, [role], province.bird))
    spare = _member(
        session, province.person(), f"spare {province.bird}", unit, [Role.LIAISON], province.bird
    )
    town.askers.append(spare)
    for label in ("all", "second"):
        asker = _member(session, province.person(), label, unit, TOP_ROLES, province.bird)
        town.askers.append(asker)


def _member(
    session: Session,
    person: Person,
    label: str,
    unit: Unit,
    roles: Iterable[Role],
    mark: str = "",
) -> Asker:
    login = f"F{person.id:06d}"
    now = clock.now()
    user = open_user(session, SET_UP, person, login=login, password=PASSWORD, now=now, cost=CHEAP)
    for role in roles:
        grant_role(session, SET_UP, user, role, unit, now=now)
    return Asker(label, frozenset(roles), login, mark, user.id, person.id)


def _actor(province: Province) -> Actor:
    person = province.people["chief"]
    user = province.session.scalars(select(User).where(User.person_id == person.id)).one()
    return actor_of(province.session, user)


def _award(town: Town, province: Province) -> None:
    """Let the jobs make certificates and claims of what is released."""
    series = province.at["earlier"]
    for role, address in (
        (Role.RELEASE_OFFICER, f"/certificates/series/{series}/issue"),
        (Role.BANK_OPERATOR, f"/credits/series/{series}/claim"),
    ):
        asker = town.of(province.bird, role)[0]
        assert asker.browser is not None
        answer = asker.browser.post(address, data={"csrf_token": asker.csrf})
        assert answer.status_code == 303, (address, answer.get_data(as_text=True))
        run_jobs()
    with unit_of_work() as session:
        province.session = session
        province.note_awards()
        province.name_the_rest(
            town.of(province.bird, Role.WORKER)[0],
            town.named(f"spare {province.bird}"),
            town.of(province.bird, Role.INVIGILATOR)[0],
        )
    town.at[province.bird] = dict(province.at)


def run_jobs() -> int:
    """Run every waiting job as the runner would; how many there were."""
    done = 0
    while jobs.run_next():
        done += 1
    return done

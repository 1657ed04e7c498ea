"""The journey from end to end: each step by somebody who may do it, in units of work of its own."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import RoleGrant, User
from exam_centre.adapters.credentials import CredentialSigner
from exam_centre.adapters.credit_bank import CreditBank, HttpCreditBank
from exam_centre.admission import service as admission
from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.credits.rules import Issuer
from exam_centre.demo.journey.awards import Awards
from exam_centre.demo.journey.bank import DemoBank
from exam_centre.demo.journey.cast import Cast, by_someone
from exam_centre.demo.journey.day import RoomRun, sessions_of
from exam_centre.demo.journey.marks import Marking, seatless
from exam_centre.entries import service as entries
from exam_centre.entries.models import AccessArrangement, Entry
from exam_centre.entries.rules import RequestStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.laws import Law
from exam_centre.kernel.permissions import Permission, Role
from exam_centre.organisation.models import Unit
from exam_centre.overview.queries import series_laws
from exam_centre.papers.rules import Mode
from exam_centre.timetable import service as timetable
from exam_centre.timetable.models import Plan, RoomSession
from exam_centre.timetable.rules import Stage
from exam_centre.venues.models import Venue

SOLVER_ITERATIONS = 20_000  # a count and not a time: the same plan on every machine
KEY_ID = "issuer-1"
ISSUER_ID = "did:web:credentials.example.edu.cn"
CENTRE_CODE = "C-0032"
ROUNDS = 200  # of pushing, until nothing is left

Progress = Callable[[int, int], None]
Bar = Callable[[str], AbstractContextManager[Progress]]


@dataclass(frozen=True)
class Outside:
    """What the edge lends the journey: the scheduled jobs, and the printing press."""

    validate_accounts: Callable[[CreditBank, datetime], int]
    push: Callable[[CreditBank, datetime], int]
    slips_of_venue: Callable[[Session, int, int], bytes | None]
    certificates: Callable[[Session, int, Progress], Iterator[tuple[str, bytes]]]


@dataclass(frozen=True)
class Keys:
    """What signs slips, pushes and credentials."""

    slips: KeyRing
    bank: KeyRing
    credentials: CredentialSigner


@dataclass
class Report:
    """What came of it: counts by step, seconds by step, and the laws at the end."""

    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    laws: list[Law] = field(default_factory=list)

    @property
    def green(self) -> bool:
        """Whether every law holds."""
        return all(law.green for law in self.laws)


class Journey:
    """Carries the entries of a loaded series through every room."""

    def __init__(self, seed: int, keys: Keys, bank: DemoBank, outside: Outside, bar: Bar) -> None:
        self.seed, self.keys, self.bank, self.outside, self.bar = seed, keys, bank, outside, bar
        self.report = Report()
        with reading() as session:
            series = session.scalars(select(Series).order_by(Series.id.desc()).limit(1)).one()
            self.series_id = series.id
            self.cast = Cast(session)
            self.last = session.scalars(
                select(func.max(Period.ends_at)).where(Period.series_id == series.id)
            ).one()

    def run(self) -> Report:
        """Go all the way; the report says what came of each step."""
        for name, step in (
            ("staff", self.lend_markers),
            ("access", self.decide_access),
            ("plan", self.plan),
            ("slips", self.issue_slips),
            ("days", self.sit),
            ("marks", self.mark),
            ("without a seat", self.mark_seatless),
            ("outcomes", self.award),
            ("credit bank", self.push),
        ):
            began = time.monotonic()
            with self.bar(name) as progress:
                self.report.counts[name] = step(progress)
                progress(1, 1)
            self.report.seconds[name] = round(time.monotonic() - began, 1)
        with reading() as session:
            self.report.laws = series_laws(session, self.series_id)
        return self.report

    def lend_markers(self, progress: Progress) -> int:
        """Let markers and moderators work for the whole province: centres alone have too few."""
        with unit_of_work() as session:
            series = session.get_one(Series, self.series_id)
            unit = session.get_one(Unit, series.unit_id)
            place = place_of_series(session, self.series_id)
            keeper = self.cast.of(Role.ADMINISTRATOR, Permission.RUN_ACCOUNTS, place)[0]
            lent = session.execute(
                select(User, RoleGrant.role)
                .join(RoleGrant, RoleGrant.user_id == User.id)
                .where(RoleGrant.role.in_((Role.MARKER, Role.MODERATOR)))
                .where(User.person_id != keeper.human())
                .distinct()
                .order_by(User.login)
            ).all()
            for user, role in lent:
                accounts.grant_role(session, keeper, user, role, unit, now=clock.now())
            progress(1, 1)
        with reading() as session:
            self.cast = Cast(session)
        return len(lent)

    def decide_access(self, progress: Progress) -> int:
        """Approve every access arrangement, each by somebody who did not ask for it."""
        with unit_of_work() as session:
            asked = session.scalars(
                select(AccessArrangement).where(
                    AccessArrangement.series_id == self.series_id,
                    AccessArrangement.status == RequestStatus.REQUESTED,
                )
            ).all()
            place = place_of_series(session, self.series_id)
            officers = self.cast.of(Role.EXAM_OFFICER, Permission.APPROVE_ENTRIES, place)
            for done, row in enumerate(asked, 1):
                by_someone(
                    session,
                    officers,
                    lambda who, row=row: entries.decide_access(  # type: ignore[misc]
                        session, who, row, approve=True, reason="材料属实", now=clock.now()
                    ),
                )
                progress(done, len(asked))
            return len(asked)

    def plan(self, progress: Progress) -> dict[str, int]:
        """Two people's seed, a search, the staff, and three stages of publication."""
        now = clock.now()
        with unit_of_work() as session:
            series = session.get_one(Series, self.series_id)
            place = place_of_series(session, self.series_id)
            officers = self.cast.of(Role.EXAM_OFFICER, Permission.PLAN_TIMETABLE, place)
            first, second = officers[:2]
            plan = timetable.draft_plan(session, first, series, now=now)
            for who, part in (
                (first, f"journey {self.seed} A"),
                (second, f"journey {self.seed} B"),
            ):
                timetable.add_seed_part(session, who, plan, part, now=now)
            plan_id, seed = plan.id, timetable.seed_for(session, plan)
            prepared = timetable.prepare(session, first, plan)
        prepared, found = timetable.search(
            prepared,
            seed=seed,
            iterations=SOLVER_ITERATIONS,
            progress=lambda done, total, _score: progress(done, total),
        )
        with unit_of_work() as session:
            plan = session.get_one(Plan, plan_id)
            solved = timetable.keep(session, first, plan, prepared, found, now=now)
            timetable.propose(session, first, plan, now=now)
        with unit_of_work() as session:
            plan = session.get_one(Plan, plan_id)
            for stage in Stage:
                timetable.publish(session, second, plan, stage, now=now)
        written = solved.written
        return {
            "placed": written.placed,
            "held over": written.held_over,
            "unplaced": written.unplaced,
        }

    def issue_slips(self, progress: Progress) -> int:
        """Issue every candidate's slip."""
        with unit_of_work() as session:
            series = session.get_one(Series, self.series_id)
            place = place_of_series(session, self.series_id)
            officer = self.cast.of(Role.EXAM_OFFICER, Permission.ISSUE_SLIPS, place)[0]
            return admission.issue_slips_of_series(session, officer, series, clock.now(), progress)

    def sit(self, progress: Progress) -> dict[str, int]:
        """Run every room session, period by period."""
        with reading() as session:
            ids = sessions_of(session, self.series_id)
        verdicts: Counter[str] = Counter()
        for done, room_session_id in enumerate(ids, 1):
            with unit_of_work() as session:
                room_session = session.get_one(RoomSession, room_session_id)
                run = RoomRun(session, room_session, self.cast, self.keys.slips, self.seed)
                verdicts += run.run()
            progress(done, len(ids))
        return {"rooms": len(ids)} | dict(sorted(verdicts.items()))

    def mark(self, progress: Progress) -> int:
        """Mark what every room left behind."""
        with reading() as session:
            ids = sessions_of(session, self.series_id)
        entered = 0
        for done, room_session_id in enumerate(ids, 1):
            with unit_of_work() as session:
                marking = Marking(session, self.cast, self.seed, self._after(days=3))
                entered += marking.mark_room(room_session_id)
            progress(done, len(ids))
        return entered

    def mark_seatless(self, progress: Progress) -> int:
        """Mark assignments and defend theses."""
        with reading() as session:
            series = session.get_one(Series, self.series_id)
            wanted = [(i, Mode.ASSIGNMENT) for i in seatless(session, series, Mode.ASSIGNMENT)]
            wanted += [(i, Mode.THESIS) for i in seatless(session, series, Mode.THESIS)]
        portion = 100  # entries in one unit of work
        for start in range(0, len(wanted), portion):
            with unit_of_work() as session:
                marking = Marking(session, self.cast, self.seed, self._after(days=4))
                for entry_id, mode in wanted[start : start + portion]:
                    entry = session.get_one(Entry, entry_id)
                    if mode is Mode.ASSIGNMENT:
                        marking.mark_assignment(entry)
                    else:
                        marking.defend_thesis(entry)
            progress(min(start + portion, len(wanted)), len(wanted))
        return len(wanted)

    def award(self, progress: Progress) -> dict[str, int]:
        """Compute, release by three people, certify."""
        with unit_of_work() as session:
            computed = Awards(session, self.cast, self.series_id, self._after(days=8)).compute()
        progress(1, 3)
        with unit_of_work(serializable=True) as session:
            released = Awards(session, self.cast, self.series_id, self._after(days=9)).release()
        progress(2, 3)
        with unit_of_work() as session:
            awards = Awards(session, self.cast, self.series_id, self._after(days=9))
            certified = awards.certify(self.keys.credentials)
        return {"computed": computed, "released": released, "certified": certified}

    def push(self, progress: Progress) -> dict[str, int]:
        """Open accounts, claim every pass, and push until the bank has them all."""
        now = self._after(days=10)
        ring = self.keys.bank
        private = ring.private[ring.current]
        pem = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.bank.register_issuer(KEY_ID, ISSUER_ID, pem)
        with unit_of_work() as session:
            awards = Awards(session, self.cast, self.series_id, now)
            awards.register_units(self.bank)
            opened = awards.open_accounts(self.bank, lambda done, total: progress(done, total * 4))
        with HttpCreditBank(self.bank.url, KEY_ID, private, 10.0) as client:
            while self.outside.validate_accounts(client, now):
                progress(1, 3)
            with unit_of_work() as session:
                awards = Awards(session, self.cast, self.series_id, now)
                claims = awards.claim(Issuer(ISSUER_ID, CENTRE_CODE))
            pushed = 0
            for _ in range(ROUNDS):
                sent = self.outside.push(client, now)
                pushed += sent
                progress(min(claims + pushed, claims * 2), max(claims * 2, 1))
                if not sent:
                    break
        return {"accounts": opened, "claims": claims, "pushed": pushed}

    def keep(self, folder: Path, progress: Progress) -> list[str]:
        """Write slips (a PDF a venue), certificates and the laws into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        names = []
        with reading() as session:
            venues = session.execute(select(Venue.id, Venue.code).order_by(Venue.code)).all()
            for done, (venue_id, code) in enumerate(venues, 1):
                pdf = self.outside.slips_of_venue(session, venue_id, self.series_id)
                if pdf is not None:
                    names.append(f"{code}-slips.pdf")
                    (folder / names[-1]).write_bytes(pdf)
                progress(done, len(venues) * 2)
            certificates = self.outside.certificates(session, self.series_id, progress)
            for name, pdf in certificates:
                names.append(f"{name}-certificate.pdf")
                (folder / names[-1]).write_bytes(pdf)
        (folder / "laws.json").write_text(
            json.dumps(laws_as_rows(self.report.laws), ensure_ascii=False, indent=1)
        )
        return names

    def _after(self, *, days: int) -> datetime:
        return self.last + timedelta(days=days)


def laws_as_rows(laws: list[Law]) -> list[dict[str, Any]]:
    """Return the laws as plain rows: name, both sides, whether they hold, and what breaks them."""
    return [
        {
            "name": law.name,
            "left": law.left,
            "right": law.right,
            "green": law.green,
            "rows": [{"subject": row.subject, "text": str(row.text)} for row in law.rows],
        }
        for law in laws
    ]

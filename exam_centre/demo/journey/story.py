"""The journey from end to end: each step by somebody who may do it, in units of work of its own."""

import time
from collections import Counter
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import serialization
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import RoleGrant, User
from exam_centre.adapters.credit_bank import HttpCreditBank
from exam_centre.admission import service as admission
from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.credits.rules import Issuer
from exam_centre.demo.journey.awards import Awards
from exam_centre.demo.journey.bank import DemoBank
from exam_centre.demo.journey.cast import Cast, NobodyCan, by_someone
from exam_centre.demo.journey.day import RoomRun, sessions_of, venue_days
from exam_centre.demo.journey.marks import Marking, seatless
from exam_centre.demo.journey.report import AlreadyPlanned, Bar, Keys, Outside, Progress, Report
from exam_centre.entries import service as entries
from exam_centre.entries.models import AccessArrangement, Entry
from exam_centre.entries.rules import EntryStatus, RequestStatus
from exam_centre.invigilation import service as invigilation
from exam_centre.kernel import clock
from exam_centre.kernel.clock import day_at_venue
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor, Permission, Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.queries import place_of_network
from exam_centre.overview.queries import series_laws
from exam_centre.papers.rules import Mode
from exam_centre.results.rules import Tier
from exam_centre.timetable import service as timetable
from exam_centre.timetable.models import Plan, RoomSession, Unplaced
from exam_centre.timetable.rules import Stage
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import place_of_venue

SOLVER_ITERATIONS = 20_000  # a count and not a time: the same plan on every machine
KEY_ID = "issuer-1"
ISSUER_ID = "did:web:credentials.example.edu.cn"
CENTRE_CODE = "C-0032"
PLANNED_AHEAD = timedelta(days=30)
ROUNDS = 200  # of pushing, until nothing is left


class Journey:
    """Carries the entries of a loaded series through every room."""

    def __init__(self, seed: int, keys: Keys, bank: DemoBank, outside: Outside, bar: Bar) -> None:
        """Take the newest series of the database. Raises AlreadyPlanned."""
        self.seed, self.keys, self.bank, self.outside, self.bar = seed, keys, bank, outside, bar
        self.report = Report()
        with reading() as session:
            series = session.scalars(select(Series).order_by(Series.id.desc()).limit(1)).one()
            if session.scalar(select(Plan.id).where(Plan.series_id == series.id).limit(1)):
                raise AlreadyPlanned(series.code)
            self.series_id = series.id
            self.cast = Cast(session)
            first, last = session.execute(
                select(func.min(Period.starts_at), func.max(Period.ends_at)).where(
                    Period.series_id == series.id
                )
            ).one()
            # A series of last year is planned last year: nothing happens before it was planned.
            self.before, self.last = min(clock.now(), first - PLANNED_AHEAD), last

    def run(self) -> Report:
        """Go all the way, or as far as nobody refuses; the report says what came of each step."""
        for name, step in (
            ("staff", self.lend_staff),
            ("access", self.decide_access),
            ("plan", self.plan),
            ("deferrals", self.defer_unplaced),
            ("duties", self.roster),
            ("slips", self.issue_slips),
            ("days", self.sit),
            ("days closed", self.close_days),
            ("marks", self.mark),
            ("without a seat", self.mark_seatless),
            ("outcomes", self.compute),
            ("review", self.review),
            ("release", self.release),
            ("credentials", self.certify),
            ("credit bank", self.push),
        ):
            began = time.monotonic()
            try:
                with self.bar(name) as progress:
                    self.report.counts[name] = step(progress)
                    progress(1, 1)
            except (Refusal, NobodyCan) as stop:
                self.report.stopped = f"{name}: {stop}"
                break
            self.report.seconds[name] = round(time.monotonic() - began, 1)
        with reading() as session:
            self.report.laws = series_laws(session, self.series_id)
        return self.report

    def lend_staff(self, progress: Progress) -> int:
        """Let markers and moderators work for the whole province: centres alone have too few.

        And let one bank operator speak for the whole network, which has one list of codes.
        """
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
                accounts.grant_role(session, keeper, user, role, unit, now=self.before)
            self._lend_operator(session)
            progress(1, 1)
        with reading() as session:
            self.cast = Cast(session)
        return len(lent)

    def _lend_operator(self, session: Session) -> None:
        network = place_of_network(session)
        keeper = self.cast.of(Role.ADMINISTRATOR, Permission.RUN_ACCOUNTS, network)[0]
        top = session.scalars(select(Unit).where(Unit.path == network.unit_path)).one()
        operator = session.scalars(
            select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(RoleGrant.role == Role.BANK_OPERATOR)
            .order_by(User.login)
        ).first()
        if operator is None:
            raise NobodyCan("nobody has the role bank operator")
        accounts.grant_role(session, keeper, operator, Role.BANK_OPERATOR, top, now=self.before)

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
                        session, who, row, approve=True, reason="材料属实", now=self.before
                    ),
                )
                progress(done, len(asked))
            return len(asked)

    def plan(self, progress: Progress) -> dict[str, int]:
        """Two people's seed, a search, the staff, and three stages of publication."""
        now = self.before
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

    def defer_unplaced(self, progress: Progress) -> int:
        """Let whoever found no seat sit in a later series: one asks, another approves."""
        now = self.before
        with unit_of_work() as session:
            place = place_of_series(session, self.series_id)
            asking = self.cast.of(Role.EXAM_OFFICER, Permission.ENTER_CANDIDATES, place)
            deciding = self.cast.of(Role.EXAM_OFFICER, Permission.APPROVE_ENTRIES, place)
            unplaced = session.scalars(
                select(Entry)
                .join(Unplaced, Unplaced.entry_id == Entry.id)
                .where(Entry.series_id == self.series_id)
                .where(Entry.status == EntryStatus.CONFIRMED)
                .order_by(Entry.id)
            ).all()
            for entry in unplaced:
                deferral = entries.request_deferral(
                    session, asking[0], entry, reason="本批次考位不足", now=now
                )
                by_someone(
                    session,
                    deciding,
                    lambda who, row=deferral: entries.decide_deferral(  # type: ignore[misc]
                        session, who, row, approve=True, reason="", now=now
                    ),
                )
            return len(unplaced)

    def roster(self, progress: Progress) -> dict[str, int]:
        """Offer the duties of all room sessions to the staff."""
        with unit_of_work() as session:
            place = place_of_series(session, self.series_id)
            officer = self.cast.of(Role.EXAM_OFFICER, Permission.PLAN_TIMETABLE, place)[0]
            plan = session.scalars(
                select(Plan)
                .where(Plan.series_id == self.series_id)
                .order_by(Plan.number.desc())
                .limit(1)
            ).one()
            found = timetable.roster_plan(session, officer, plan, seed=self.seed, now=self.before)
        return {"offered": found.offered, "lacking": found.lacking}

    def issue_slips(self, progress: Progress) -> int:
        """Issue every candidate's slip."""
        with unit_of_work() as session:
            series = session.get_one(Series, self.series_id)
            place = place_of_series(session, self.series_id)
            officer = self.cast.of(Role.EXAM_OFFICER, Permission.ISSUE_SLIPS, place)[0]
            return admission.issue_slips_of_series(session, officer, series, self.before, progress)

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

    def close_days(self, progress: Progress) -> int:
        """Close every venue's days, by two people who may."""
        with reading() as session:
            days = venue_days(session, self.series_id)
        for done, (venue_id, day) in enumerate(days, 1):
            with unit_of_work(serializable=True) as session:
                venue = session.get_one(Venue, venue_id)
                place = place_of_venue(session, venue_id)
                first, second = [
                    *self.cast.of(Role.VENUE_MANAGER, Permission.CLOSE_DAY, place),
                    *self.cast.of(Role.CHIEF, Permission.CLOSE_DAY, place),
                ][:2]
                now = day_at_venue(day, venue.time_zone)[1]
                invigilation.close_day(session, first, venue, day, second=second, now=now)
            progress(done, len(days))
        return len(days)

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

    def compute(self, progress: Progress) -> int:
        """Compute the outcome of every course of every entry."""
        with unit_of_work() as session:
            return self._awards(session, days=8).compute()

    def review(self, progress: Progress) -> dict[str, int]:
        """Draw a sample on every level, and look at each of it."""
        read = {}
        for done, tier in enumerate(Tier):
            with unit_of_work() as session:
                read[tier.value] = self._awards(session, days=8).review(tier, str(self.seed))
            progress(done + 1, len(Tier))
        return read

    def release(self, progress: Progress) -> int:
        """Release what nothing holds, by three people."""
        with unit_of_work(serializable=True) as session:
            return self._awards(session, days=9).release()

    def certify(self, progress: Progress) -> int:
        """Issue a credential for every released pass."""
        with unit_of_work() as session:
            return self._awards(session, days=9).certify(self.keys.credentials)

    def push(self, progress: Progress) -> dict[str, int]:
        """Open accounts, claim every pass, and push until the bank has them all."""
        now = self.ended
        ring = self.keys.bank
        private = ring.private[ring.current]
        pem = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.bank.register_issuer(KEY_ID, ISSUER_ID, pem)
        with unit_of_work() as session:
            awards = Awards(session, self.cast, self.series_id, now)
            awards.learn_codes()
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

    @property
    def ended(self) -> datetime:
        """When the last step was taken."""
        return self._after(days=10)

    def officer(self, role: Role, permission: Permission) -> Actor:
        """Return who does something for the series at its end, e.g. prints certificates."""
        with reading() as session:
            place = place_of_series(session, self.series_id)
        return self.cast.of(role, permission, place)[0]

    def _awards(self, session: Session, *, days: int) -> Awards:
        return Awards(session, self.cast, self.series_id, self._after(days=days))

    def _after(self, *, days: int) -> datetime:
        return self.last + timedelta(days=days)

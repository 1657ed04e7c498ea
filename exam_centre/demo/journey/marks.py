"""The marks: coded, read blind by two, settled, moderated; engines, assignments and theses too."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.queries import statuses
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.calendar.models import Series
from exam_centre.demo.journey.cast import Cast, NobodyCan, by_someone, turned
from exam_centre.demo.journey.chance import drawn, read_score
from exam_centre.entries.models import Entry
from exam_centre.entries.queries import place_of_candidate
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.permissions import Actor, Permission, Role
from exam_centre.marking import service as marking
from exam_centre.marking.models import Allocation, Bundle, Mark, SecretCode
from exam_centre.marking.queries import codes_of_round, moderations_of
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import SCRIPT_MARKED, Mode
from exam_centre.theses import service as theses
from exam_centre.theses.models import Thesis
from exam_centre.theses.rules import PanelRole
from exam_centre.timetable.models import Placement, Sitting
from exam_centre.timetable.queries import place_of_room_session, placements_of_room

ASSESSORS = 3
WITH_SCRIPT = (AttendanceStatus.PRESENT, AttendanceStatus.REMOVED)
A_DAY = timedelta(days=1)


class Marking:
    """Marks the work of one room session, or of one entry that needs no seat."""

    def __init__(self, session: Session, cast: Cast, seed: int, now: datetime) -> None:
        self.session, self.cast, self.seed, self.now = session, cast, seed, now

    def mark_room(self, room_session_id: int) -> int:
        """Mark what a room session left behind; return how many marks were entered."""
        modes: dict[int, Mode] = dict(
            self.session.execute(
                select(Sitting.id, Paper.mode)
                .join(Paper, Paper.id == Sitting.paper_id)
                .join(Placement, Placement.sitting_id == Sitting.id)
                .where(Placement.room_session_id == room_session_id, Placement.in_force)
                .distinct()
            ).all()
        )
        done = 0
        for sitting_id, mode in sorted(modes.items()):
            if mode in SCRIPT_MARKED:
                done += self._mark_bundle(room_session_id, sitting_id)
        if Mode.COMPUTER in modes.values():
            done += self._import_engine(room_session_id)
        return done

    def _mark_bundle(self, room_session_id: int, sitting_id: int) -> int:
        place = place_of_room_session(self.session, room_session_id)
        officer = self.cast.of(Role.EXAM_OFFICER, Permission.RUN_MARKING, place)[0]
        bundle = marking.code_scripts(
            self.session,
            officer,
            room_session_id,
            sitting_id,
            now=self.now,
            chance=drawn(self.seed, "codes", room_session_id, sitting_id),
        )
        markers = turned(self.cast.of(Role.MARKER, Permission.ENTER_MARKS, place), bundle.id)
        waiting, done = list(markers), 0
        for number in (1, 2):
            marker, count = self._read(bundle, officer, number, waiting)
            waiting.remove(marker)
            done += count
        done += self._settle(bundle, officer, waiting, markers)
        moderators = self.cast.of(Role.MODERATOR, Permission.MODERATE, place)
        moderator = by_someone(
            self.session,
            turned(moderators, bundle.id),
            lambda who: self._moderate(bundle, who),
        )
        if any(row.verdict == "sent_back" for row in moderations_of(self.session, bundle)):
            marking.send_back(
                self.session, officer, bundle, reason="抽查不一致，重评", now=self.now
            )
            self.now += A_DAY  # what is read again is read after the moderator
            others = [a for a in waiting if a.person_id != moderator.person_id]
            done += self._settle(bundle, officer, others, markers)
            marking.pass_moderation(self.session, moderator, bundle, now=self.now)
        approvers = self.cast.of(Role.APPROVER, Permission.APPROVE_RESULTS, place)
        by_someone(
            self.session,
            approvers,
            lambda who: marking.approve_bundle(self.session, who, bundle, now=self.now),
        )
        return done

    def _settle(
        self, bundle: Bundle, officer: Actor, fresh: list[Actor], readers: list[Actor]
    ) -> int:
        """Compare, let a third marker read what is disputed or was sent back, make it final.

        fresh    who may become the third marker; readers: all, among whom one may be it already.
        """
        done = 0
        if marking.compare(self.session, officer, bundle, now=self.now):
            third = self.session.scalar(
                select(Allocation).where(Allocation.bundle_id == bundle.id, Allocation.round == 3)
            )
            if third is None:
                done = self._read(bundle, officer, 3, fresh)[1]
            else:
                marking.reopen(
                    self.session, officer, third, reason="抽查不一致，重评", now=self.now
                )
                marker = next(a for a in readers if a.person_id == third.marker_id)
                done = self._enter(bundle, third, marker)
        marking.finalise(self.session, officer, bundle, now=self.now)
        return done

    def _read(
        self, bundle: Bundle, officer: Actor, number: int, markers: list[Actor]
    ) -> tuple[Actor, int]:
        """Give a round to the first marker without a tie; they read every script of it."""
        marker, allocation = by_someone(
            self.session, markers, lambda who: (who, self._allocate(bundle, officer, number, who))
        )
        return marker, self._enter(bundle, allocation, marker)

    def _enter(self, bundle: Bundle, allocation: Allocation, marker: Actor) -> int:
        """Enter a mark for every script of a round, one call a mark, and submit."""
        count, number = 0, allocation.round
        codes = codes_of_round(self.session, bundle, number)
        known_as = statuses(self.session, [code.placement_id for code in codes])
        for code in codes:
            if known_as[code.placement_id] not in WITH_SCRIPT:
                continue
            entry_id = self.session.get_one(Placement, code.placement_id).entry_id
            known = self.session.scalar(
                select(Mark).where(Mark.secret_code_id == code.id, Mark.round == number)
            )
            marking.enter_mark(
                self.session,
                marker,
                allocation,
                code.code,
                str(read_score(self.seed, entry_id, f"{marker.name}:{number}")),
                expected_version=known.version if known else None,
                now=self.now,
            )
            count += 1
        marking.submit(self.session, marker, allocation, now=self.now)
        return count

    def _allocate(self, bundle: Bundle, officer: Actor, number: int, who: Actor) -> Allocation:
        person = self.session.get_one(Person, who.human())
        return marking.allocate(self.session, officer, bundle, number, person, now=self.now)

    def _moderate(self, bundle: Bundle, moderator: Actor) -> Actor:
        marking.draw_sample(
            self.session, moderator, bundle, seed=f"{self.seed}:{bundle.id}", now=self.now
        )
        for row in moderations_of(self.session, bundle):
            code = self.session.get_one(SecretCode, row.secret_code_id)
            entry_id = self.session.get_one(Placement, code.placement_id).entry_id
            marking.moderate(
                self.session,
                moderator,
                row,
                score=read_score(self.seed, entry_id, "moderator"),
                now=self.now,
            )
        marking.pass_moderation(self.session, moderator, bundle, now=self.now)
        return moderator

    def _import_engine(self, room_session_id: int) -> int:
        place = place_of_room_session(self.session, room_session_id)
        officers = self.cast.of(Role.EXAM_OFFICER, Permission.RUN_MARKING, place)
        placements = placements_of_room(self.session, room_session_id)
        found = statuses(self.session, [p.id for p in placements])
        done = 0
        for placement in placements:
            mode = self.session.scalar(
                select(Paper.mode)
                .join(Sitting, Sitting.paper_id == Paper.id)
                .where(Sitting.id == placement.sitting_id)
            )
            if mode is Mode.COMPUTER and found[placement.id] is AttendanceStatus.PRESENT:
                marking.import_engine_mark(
                    self.session,
                    officers[0],
                    placement.id,
                    score=read_score(self.seed, placement.entry_id, "engine"),
                    now=self.now,
                )
                done += 1
        marking.check_engine_marks(self.session, officers[1], room_session_id, now=self.now)
        return done

    def mark_assignment(self, entry: Entry) -> None:
        """One marks an assignment and another checks it."""
        place = place_of_candidate(self.session, entry.candidate_id, entry.series_id)
        markers = turned(self.cast.of(Role.MARKER, Permission.ENTER_MARKS, place), entry.id)
        score = read_score(self.seed, entry.id, "assignment")
        by_someone(
            self.session,
            markers,
            lambda who: marking.mark_assignment(
                self.session, who, entry, score=score, now=self.now
            ),
        )
        officers = self.cast.of(Role.EXAM_OFFICER, Permission.RUN_MARKING, place)
        by_someone(
            self.session,
            officers,
            lambda who: marking.check_assignments(self.session, who, [entry], now=self.now),
        )

    def defend_thesis(self, entry: Entry) -> None:
        """A thesis from its topic to its defence, by the short path."""
        place = place_of_candidate(self.session, entry.candidate_id, entry.series_id)
        markers = turned(self.cast.of(Role.MARKER, Permission.ENTER_MARKS, place), entry.id)
        officer = self.cast.of(Role.EXAM_OFFICER, Permission.RUN_MARKING, place)[0]
        panel = markers[1 : 1 + ASSESSORS]
        if len(panel) < ASSESSORS:
            raise NobodyCan("a panel needs three markers beside the supervisor")
        supervisor = markers[0]
        thesis = theses.begin(
            self.session,
            officer,
            entry,
            title="班组现场改善的一个案例",
            supervisor=self._person(supervisor),
            now=self.now,
        )
        self._write(thesis, supervisor)
        theses.check_similarity(self.session, officer, thesis, percent=Decimal(12), now=self.now)
        roles = [PanelRole.CHAIR, *[PanelRole.MEMBER] * (ASSESSORS - 1)]
        members = {self._person(a): role for a, role in zip(panel, roles, strict=True)}
        theses.seat_panel(self.session, officer, thesis, members, now=self.now)
        for marker in (supervisor, *panel):
            score = read_score(self.seed, entry.id, marker.name)
            theses.mark_thesis(self.session, marker, thesis, score=score, now=self.now)
        theses.finish(self.session, officer, thesis, now=self.now)

    def _write(self, thesis: Thesis, supervisor: Actor) -> None:
        for text, completes in (("选题", True), ("开题", True), ("初稿", False)):
            theses.record_stage(
                self.session, supervisor, thesis, text=text, completes=completes, now=self.now
            )

    def _person(self, actor: Actor) -> Person:
        return self.session.get_one(Person, actor.human())


def seatless(session: Session, series: Series, mode: Mode) -> list[int]:
    """Return the ids of the confirmed entries of a mode that needs no seat."""
    return list(
        session.scalars(
            select(Entry.id)
            .join(Paper, Paper.id == Entry.paper_id)
            .where(
                Entry.series_id == series.id,
                Entry.status == EntryStatus.CONFIRMED,
                Paper.mode == mode,
            )
            .order_by(Entry.id)
        )
    )

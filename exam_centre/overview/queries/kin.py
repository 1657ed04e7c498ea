"""Which rows of the audit trail are about a thing: every table that hangs on it, within reach.

Who reads the trail reads it within the own scope: each statement here carries `within(...)`.

Marking is blind. What ties a marker to a person, or a code to one, is not here before the bundle
is approved: marks, allocations and the bundle itself join on an approved bundle alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from exam_centre.accounts.models import (
    Conflict,
    Employment,
    Notice,
    OneTimeCode,
    Person,
    PhoneChange,
    RoleGrant,
    SignIn,
    StaffMember,
    User,
)
from exam_centre.admission.models import Attendance, DoubtPhoto, PaperLine, Scan, Slip
from exam_centre.calendar.models import Period
from exam_centre.certificates.models import Certificate, Credential
from exam_centre.conduct.models import Incident, OffenceCase
from exam_centre.credits.models import Claim, Difference, LearningAccount
from exam_centre.custody.models import Bag, HandOver, PaperCount
from exam_centre.entries.models import (
    AccessArrangement,
    Candidate,
    Deferral,
    Entry,
    EntryCourse,
    EvidenceFile,
)
from exam_centre.invigilation.models import ClosedDay, RoomDay
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.marking.models import (
    Allocation,
    AssignmentMark,
    Bundle,
    EngineMark,
    FormativeMark,
    Mark,
    Moderation,
    SecretCode,
)
from exam_centre.marking.rules import BundleStatus
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.practicals.models import PracticalMark, StationDraw
from exam_centre.results.models import (
    Correction,
    Outcome,
    OutcomeIdentity,
    ReleaseBatch,
    ReleaseLine,
    ReviewSample,
)
from exam_centre.theses.models import DefenceSlot, Thesis, ThesisMark, ThesisTopic
from exam_centre.timetable.models import (
    CalendarAddress,
    Duty,
    HeldOver,
    PaperOrder,
    PaperWindow,
    Placement,
    PlanLock,
    PlanMove,
    RoomSession,
    Sitting,
    Unplaced,
)
from exam_centre.venues.models import Room, Venue

AUDIT = (Permission.READ_AUDIT,)
Rows = Select[*tuple[Any, ...]]
Subjects = Rows  # of (subject of the trail, id of the entry it is about or NULL)


@dataclass(frozen=True)
class Kin:
    """A table whose rows hang on what an anchor has joined."""

    key: InstrumentedAttribute[Any]
    joins: tuple[tuple[Any, ColumnElement[bool]], ...] = ()  # (table, how it hangs on the last)
    is_shared: bool = False  # one row may hang on many entries


def _kin(key: InstrumentedAttribute[Any], on: ColumnElement[bool]) -> Kin:
    return Kin(key, ((key.class_, on),))


_SCRIPT = (
    (SecretCode, SecretCode.placement_id == Placement.id),
    (Bundle, (Bundle.id == SecretCode.bundle_id) & (Bundle.status == BundleStatus.APPROVED)),
)
_IDENTITY = (OutcomeIdentity, OutcomeIdentity.entry_course_id == Outcome.entry_course_id)

OF_PERSON = (
    Kin(Candidate.id),
    _kin(Person.id, Person.id == Candidate.person_id),
    _kin(User.id, User.person_id == Candidate.person_id),
    Kin(
        SignIn.id,
        ((User, User.person_id == Candidate.person_id), (SignIn, SignIn.user_id == User.id)),
    ),
    _kin(Employment.id, Employment.person_id == Candidate.person_id),
    _kin(StaffMember.id, StaffMember.person_id == Candidate.person_id),
    _kin(RoleGrant.id, RoleGrant.person_id == Candidate.person_id),
    _kin(PhoneChange.id, PhoneChange.person_id == Candidate.person_id),
    _kin(OneTimeCode.id, OneTimeCode.person_id == Candidate.person_id),
    _kin(Notice.id, Notice.person_id == Candidate.person_id),
    _kin(
        Conflict.id,
        (Conflict.person_id == Candidate.person_id) | (Conflict.other_id == Candidate.person_id),
    ),
    _kin(CalendarAddress.id, CalendarAddress.person_id == Candidate.person_id),
    _kin(LearningAccount.person_id, LearningAccount.person_id == Candidate.person_id),
)
# What a candidate has in a series, with the column that says in which.
OF_CANDIDATE = (
    (_kin(Slip.id, Slip.candidate_id == Candidate.id), Slip.series_id),
    (
        _kin(AccessArrangement.id, AccessArrangement.candidate_id == Candidate.id),
        AccessArrangement.series_id,
    ),
    (
        Kin(
            EvidenceFile.id,
            (
                (AccessArrangement, AccessArrangement.candidate_id == Candidate.id),
                (EvidenceFile, EvidenceFile.arrangement_id == AccessArrangement.id),
            ),
        ),
        AccessArrangement.series_id,
    ),
    (_kin(FormativeMark.id, FormativeMark.candidate_id == Candidate.id), FormativeMark.series_id),
)
OF_ENTRY = (
    Kin(Entry.id),
    _kin(EntryCourse.id, EntryCourse.entry_id == Entry.id),
    _kin(Deferral.id, Deferral.entry_id == Entry.id),
    _kin(Unplaced.id, Unplaced.entry_id == Entry.id),
    _kin(PlanLock.id, PlanLock.entry_id == Entry.id),
    _kin(PlanMove.id, PlanMove.entry_id == Entry.id),
    _kin(HeldOver.id, HeldOver.second_entry_id == Entry.id),
)
OF_PLACEMENT = (
    Kin(Placement.id),
    _kin(Attendance.placement_id, Attendance.placement_id == Placement.id),
    _kin(Scan.id, Scan.placement_id == Placement.id),
    _kin(PaperLine.id, PaperLine.placement_id == Placement.id),
    _kin(DoubtPhoto.id, DoubtPhoto.placement_id == Placement.id),
    _kin(Incident.id, Incident.placement_id == Placement.id),
    _kin(OffenceCase.id, OffenceCase.placement_id == Placement.id),
    _kin(StationDraw.id, StationDraw.placement_id == Placement.id),
)
MARKS_OF_PLACEMENT = (
    _kin(EngineMark.id, EngineMark.placement_id == Placement.id),
    _kin(PracticalMark.id, PracticalMark.placement_id == Placement.id),
    Kin(Mark.id, (*_SCRIPT, (Mark, Mark.secret_code_id == SecretCode.id))),
    Kin(Moderation.id, (*_SCRIPT, (Moderation, Moderation.secret_code_id == SecretCode.id))),
    Kin(Bundle.id, _SCRIPT, is_shared=True),
    Kin(Allocation.id, (*_SCRIPT, (Allocation, Allocation.bundle_id == Bundle.id)), is_shared=True),
)
MARKS_OF_ENTRY = (
    _kin(AssignmentMark.id, AssignmentMark.entry_id == Entry.id),
    _kin(ThesisTopic.id, ThesisTopic.entry_id == Entry.id),
    _kin(Thesis.id, Thesis.entry_id == Entry.id),
    Kin(
        DefenceSlot.id,
        ((Thesis, Thesis.entry_id == Entry.id), (DefenceSlot, DefenceSlot.thesis_id == Thesis.id)),
    ),
    Kin(
        ThesisMark.id,
        ((Thesis, Thesis.entry_id == Entry.id), (ThesisMark, ThesisMark.thesis_id == Thesis.id)),
    ),
)
OF_COURSE = (
    _kin(
        FormativeMark.id,
        (FormativeMark.candidate_id == Entry.candidate_id)
        & (FormativeMark.series_id == Entry.series_id)
        & (FormativeMark.course_id == EntryCourse.course_id),
    ),
)
OF_OUTCOME = (
    Kin(Outcome.id),
    _kin(Correction.id, Correction.outcome_id == Outcome.id),
    _kin(ReviewSample.id, ReviewSample.outcome_id == Outcome.id),
    Kin(
        ReleaseBatch.id,
        (
            (ReleaseLine, ReleaseLine.outcome_id == Outcome.id),
            (ReleaseBatch, ReleaseBatch.id == ReleaseLine.batch_id),
        ),
        is_shared=True,
    ),
    _kin(Credential.id, Credential.outcome_id == Outcome.id),
    Kin(
        Certificate.id,
        (
            (Credential, Credential.outcome_id == Outcome.id),
            (Certificate, Certificate.credential_id == Credential.id),
        ),
    ),
    _kin(Claim.id, Claim.outcome_id == Outcome.id),
    Kin(
        Difference.id,
        (_IDENTITY, (Difference, Difference.stable_id == OutcomeIdentity.stable_id)),
    ),
)
OF_BAG = (
    Kin(Bag.id),
    _kin(HandOver.id, HandOver.bag_id == Bag.id),
    _kin(PaperCount.bag_id, PaperCount.bag_id == Bag.id),
)
OF_ROOM = (
    Kin(RoomSession.id),
    _kin(RoomDay.id, RoomDay.room_session_id == RoomSession.id),
    Kin(
        ClosedDay.id,
        (
            (RoomDay, RoomDay.room_session_id == RoomSession.id),
            (ClosedDay, ClosedDay.id == RoomDay.closed_day_id),
        ),
    ),
    _kin(Duty.id, Duty.room_session_id == RoomSession.id),
    _kin(Incident.id, Incident.room_session_id == RoomSession.id),
    _kin(Scan.id, Scan.room_session_id == RoomSession.id),
    _kin(HeldOver.id, HeldOver.room_session_id == RoomSession.id),
    _kin(
        Bundle.id,
        (Bundle.room_session_id == RoomSession.id) & (Bundle.status == BundleStatus.APPROVED),
    ),
)
OF_PAPER = (
    Kin(Paper.id),
    _kin(Course.id, Course.paper_id == Paper.id),
    _kin(Scheme.id, Scheme.paper_id == Paper.id),
    _kin(PaperWindow.id, PaperWindow.paper_id == Paper.id),
    _kin(
        PaperOrder.id,
        (PaperOrder.first_paper_id == Paper.id) | (PaperOrder.second_paper_id == Paper.id),
    ),
)


def candidate_rows(actor: Actor, candidate_id: int) -> Iterator[Subjects]:
    """Yield what is about a candidate: the person, what they have in a series, their entries."""
    one = _candidates().where(Candidate.id == candidate_id)
    yield from _rows(one.where(within(actor, AUDIT, unit_path=Unit.path)), OF_PERSON)
    for kin, series_id in OF_CANDIDATE:
        reach = within(actor, AUDIT, unit_path=Unit.path, series_id=series_id)
        yield from _rows(one.where(reach), [kin])
    yield from _entry_rows(reached_entries(actor).where(Entry.candidate_id == candidate_id))


def paper_rows(actor: Actor, paper_id: int, series_id: int) -> Iterator[Subjects]:
    """Yield what is about one paper in one series: the paper, its bags, everybody's entries."""
    papers = select(Paper.id).select_from(Paper).where(Paper.id == paper_id)
    yield from _rows(papers, OF_PAPER)
    bags = (
        reached_rooms(actor)
        .join(Bag, Bag.room_session_id == RoomSession.id)
        .join(Sitting, Sitting.id == Bag.sitting_id)
        .where(Sitting.paper_id == paper_id, Period.series_id == series_id)
    )
    yield from _rows(bags, OF_BAG)
    entries = reached_entries(actor).where(Entry.paper_id == paper_id, Entry.series_id == series_id)
    yield from _entry_rows(entries, is_of_many=True)
    yield from _rows(_with_lines(entries), OF_COURSE, about=Entry.id)


def room_rows(actor: Actor, room_session_id: int) -> Iterator[Subjects]:
    """Yield what is about one room session: its day, bags and duties, and all who sit there."""
    room = reached_rooms(actor).where(RoomSession.id == room_session_id)
    yield from _rows(room, OF_ROOM)
    yield from _rows(room.join(Bag, Bag.room_session_id == RoomSession.id), OF_BAG)
    seated = room.join(Placement, Placement.room_session_id == RoomSession.id)
    yield from _rows(
        seated, (*OF_PLACEMENT, *MARKS_OF_PLACEMENT), about=Placement.entry_id, is_of_many=True
    )


def mark_rows(actor: Actor, entry_id: int, entry_course_id: int) -> Iterator[Subjects]:
    """Yield what one outcome came from and led to: marks, versions, release, certificate, credit.

    Who came and sat belongs to it: an absence is a status that stands where a mark would.
    """
    entry = reached_entries(actor).where(Entry.id == entry_id)
    course = _with_lines(entry).where(EntryCourse.id == entry_course_id)
    yield from _rows(course, [Kin(EntryCourse.id), *OF_COURSE], about=Entry.id)
    yield from _rows(entry, MARKS_OF_ENTRY, about=Entry.id)
    attended = _kin(Attendance.placement_id, Attendance.placement_id == Placement.id)
    seated = entry.join(Placement, Placement.entry_id == Entry.id)
    yield from _rows(seated, [attended, *MARKS_OF_PLACEMENT], about=Entry.id)
    outcomes = course.join(Outcome, Outcome.entry_course_id == EntryCourse.id)
    yield from _rows(outcomes, OF_OUTCOME, about=Entry.id)


def unopened_of_entries(entries: Rows) -> Select[int]:
    """Return how many bundles with scripts of these entries are not approved yet."""
    closed = (
        entries.join(Placement, Placement.entry_id == Entry.id)
        .join(SecretCode, SecretCode.placement_id == Placement.id)
        .join(Bundle, Bundle.id == SecretCode.bundle_id)
        .where(Bundle.status != BundleStatus.APPROVED)
    )
    return closed.with_only_columns(func.count(Bundle.id.distinct()))


def unopened_of_room(room_session_id: int) -> Select[int]:
    """Return how many bundles of a room session are not approved yet."""
    return select(func.count(Bundle.id)).where(
        Bundle.room_session_id == room_session_id, Bundle.status != BundleStatus.APPROVED
    )


def reached_entries(actor: Actor) -> Rows:
    """Return the entries whose trail the actor may read, with Candidate and Unit joined."""
    return (
        select(Entry.id)
        .select_from(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(within(actor, AUDIT, unit_path=Unit.path, series_id=Entry.series_id))
    )


def reached_rooms(actor: Actor) -> Rows:
    """Return the room sessions whose trail the actor may read; Room, Venue, Period are joined."""
    reach = within(
        actor,
        AUDIT,
        unit_path=Unit.path,
        venue_id=Venue.id,
        series_id=Period.series_id,
        room_id=Room.id,
    )
    return (
        select(RoomSession.id)
        .select_from(RoomSession)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(reach)
    )


def reached_candidates(actor: Actor) -> Rows:
    """Return the candidates with anything the actor may read, with Unit joined."""
    in_series = (
        select(Entry.id)
        .where(
            Entry.candidate_id == Candidate.id,
            within(actor, AUDIT, unit_path=Unit.path, series_id=Entry.series_id),
        )
        .correlate(Candidate, Unit)
    )
    reach = within(actor, AUDIT, unit_path=Unit.path) | in_series.exists()
    return _candidates().where(reach)


def _candidates() -> Rows:
    return select(Candidate.id).select_from(Candidate).join(Unit, Unit.id == Candidate.unit_id)


def _with_lines(entries: Rows) -> Rows:
    return entries.join(EntryCourse, EntryCourse.entry_id == Entry.id)


def _entry_rows(entries: Rows, *, is_of_many: bool = False) -> Iterator[Subjects]:
    seated = entries.join(Placement, Placement.entry_id == Entry.id)
    outcomes = _with_lines(entries).join(Outcome, Outcome.entry_course_id == EntryCourse.id)
    for anchor, kin in (
        (entries, (*OF_ENTRY, *MARKS_OF_ENTRY)),
        (seated, (*OF_PLACEMENT, *MARKS_OF_PLACEMENT)),
        (outcomes, OF_OUTCOME),
    ):
        yield from _rows(anchor, kin, about=Entry.id, is_of_many=is_of_many)


def _rows(
    anchor: Rows,
    kin: Iterable[Kin],
    *,
    about: InstrumentedAttribute[int] | None = None,
    is_of_many: bool = False,
) -> Iterator[Subjects]:
    """Yield one statement a table. What many entries share is about none of them."""
    for each in kin:
        chosen = anchor
        for model, on in each.joins:
            chosen = chosen.join(model, on)
        nobody = about is None or (is_of_many and each.is_shared)
        table = each.key.class_.__tablename__
        yield chosen.with_only_columns(
            (literal(f"{table}:") + cast(each.key, String)).label("subject"),
            cast(literal(None) if nobody else about, Integer).label("entry"),
        )

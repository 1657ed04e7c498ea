"""Who may do what, and where: permissions, roles, grants with a scope, and their holder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.sentences import Sentence, say


class Permission(StrEnum):
    """One kind of act. `SENTENCES` says each in words."""

    SEE_OWN = "see_own"
    SEE_ORGANISATION = "see_organisation"
    RUN_ORGANISATION = "run_organisation"
    RUN_ACCOUNTS = "run_accounts"
    APPLY_FOR_VENUE = "apply_for_venue"
    REVIEW_VENUE = "review_venue"
    RUN_VENUE = "run_venue"
    RUN_PAPERS = "run_papers"
    RUN_SERIES = "run_series"
    ENTER_CANDIDATES = "enter_candidates"
    APPROVE_ENTRIES = "approve_entries"
    PLAN_TIMETABLE = "plan_timetable"
    PUBLISH_TIMETABLE = "publish_timetable"
    HAND_OVER = "hand_over"
    ISSUE_SLIPS = "issue_slips"
    RUN_DEVICES = "run_devices"
    CHECK_IN = "check_in"
    RUN_ROOM = "run_room"
    CLOSE_DAY = "close_day"
    RECORD_INCIDENT = "record_incident"
    DECIDE_CASE = "decide_case"
    RUN_MARKING = "run_marking"
    ENTER_MARKS = "enter_marks"
    MODERATE = "moderate"
    COMPUTE_OUTCOMES = "compute_outcomes"
    APPROVE_RESULTS = "approve_results"
    RELEASE_RESULTS = "release_results"
    CORRECT_RESULTS = "correct_results"
    ISSUE_CERTIFICATES = "issue_certificates"
    RUN_CREDITS = "run_credits"
    READ_AUDIT = "read_audit"
    RUN_SYSTEM = "run_system"


SENTENCES: dict[Permission, Sentence] = {
    Permission.SEE_OWN: say("see one's own entries, slips, results and certificates."),
    Permission.SEE_ORGANISATION: say("see units, parks and enterprises."),
    Permission.RUN_ORGANISATION: say("change units, parks, enterprises and shifts."),
    Permission.RUN_ACCOUNTS: say("manage people, roles and conflicts."),
    Permission.APPLY_FOR_VENUE: say("apply for a venue."),
    Permission.REVIEW_VENUE: say("review an application for a venue."),
    Permission.RUN_VENUE: say("manage rooms, layouts and availability of a venue."),
    Permission.RUN_PAPERS: say("manage papers, courses and schemes."),
    Permission.RUN_SERIES: say("open a series and set its periods and rules."),
    Permission.ENTER_CANDIDATES: say("import and enter candidates."),
    Permission.APPROVE_ENTRIES: say("approve access arrangements and deferrals."),
    Permission.PLAN_TIMETABLE: say("plan the timetable."),
    Permission.PUBLISH_TIMETABLE: say("publish the timetable."),
    Permission.HAND_OVER: say("hand over and receive papers and scripts."),
    Permission.ISSUE_SLIPS: say("issue admission slips."),
    Permission.RUN_DEVICES: say("set up and revoke door devices."),
    Permission.CHECK_IN: say("check candidates in."),
    Permission.RUN_ROOM: say("run a room: clock, absentees, script count."),
    Permission.CLOSE_DAY: say("reconcile rooms and close the venue's day."),
    Permission.RECORD_INCIDENT: say("record an incident."),
    Permission.DECIDE_CASE: say("decide an offence case."),
    Permission.RUN_MARKING: say("allocate bundles and manage marking."),
    Permission.ENTER_MARKS: say("enter marks."),
    Permission.MODERATE: say("moderate marks."),
    Permission.COMPUTE_OUTCOMES: say("compute outcomes."),
    Permission.APPROVE_RESULTS: say("approve outcomes."),
    Permission.RELEASE_RESULTS: say("release outcomes."),
    Permission.CORRECT_RESULTS: say("correct a released outcome."),
    Permission.ISSUE_CERTIFICATES: say("issue and revoke certificates."),
    Permission.RUN_CREDITS: say("manage claims on the credit bank."),
    Permission.READ_AUDIT: say("read the audit trail."),
    Permission.RUN_SYSTEM: say("manage settings, keys and jobs."),
}


class Role(StrEnum):
    """What a user is at a place. One user may hold several."""

    WORKER = "worker"
    LIAISON = "liaison"
    DOOR_STAFF = "door_staff"
    INVIGILATOR = "invigilator"
    CHIEF = "chief"
    VENUE_MANAGER = "venue_manager"
    EXAM_OFFICER = "exam_officer"
    MARKER = "marker"
    MODERATOR = "moderator"
    APPROVER = "approver"
    RELEASE_OFFICER = "release_officer"
    BANK_OPERATOR = "bank_operator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_P = Permission
_DOOR = {_P.CHECK_IN, _P.RECORD_INCIDENT}
_ROOM = _DOOR | {_P.RUN_ROOM, _P.HAND_OVER}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.WORKER: frozenset({_P.SEE_OWN}),
    Role.LIAISON: frozenset({_P.SEE_ORGANISATION, _P.ENTER_CANDIDATES}),
    Role.DOOR_STAFF: frozenset(_DOOR),
    Role.INVIGILATOR: frozenset(_ROOM),
    Role.CHIEF: frozenset(_ROOM | {_P.CLOSE_DAY, _P.RUN_DEVICES}),
    Role.VENUE_MANAGER: frozenset(
        {
            _P.SEE_ORGANISATION,
            _P.APPLY_FOR_VENUE,
            _P.RUN_VENUE,
            _P.RUN_DEVICES,
            _P.HAND_OVER,
            _P.CLOSE_DAY,
            _P.RECORD_INCIDENT,
            _P.DECIDE_CASE,
        }
    ),
    Role.EXAM_OFFICER: frozenset(
        {
            _P.SEE_ORGANISATION,
            _P.RUN_ORGANISATION,
            _P.APPLY_FOR_VENUE,
            _P.REVIEW_VENUE,
            _P.RUN_PAPERS,
            _P.RUN_SERIES,
            _P.ENTER_CANDIDATES,
            _P.APPROVE_ENTRIES,
            _P.PLAN_TIMETABLE,
            _P.PUBLISH_TIMETABLE,
            _P.ISSUE_SLIPS,
            _P.HAND_OVER,
            _P.CLOSE_DAY,
            _P.DECIDE_CASE,
            _P.RUN_MARKING,
            _P.COMPUTE_OUTCOMES,
            _P.CORRECT_RESULTS,
        }
    ),
    Role.MARKER: frozenset({_P.ENTER_MARKS}),
    Role.MODERATOR: frozenset({_P.MODERATE}),
    Role.APPROVER: frozenset({_P.APPROVE_RESULTS, _P.CORRECT_RESULTS}),
    Role.RELEASE_OFFICER: frozenset({_P.RELEASE_RESULTS, _P.ISSUE_CERTIFICATES}),
    Role.BANK_OPERATOR: frozenset({_P.RUN_CREDITS}),
    Role.AUDITOR: frozenset({_P.SEE_ORGANISATION, _P.READ_AUDIT}),
    Role.ADMINISTRATOR: frozenset(
        {_P.SEE_ORGANISATION, _P.RUN_ORGANISATION, _P.RUN_ACCOUNTS, _P.RUN_SYSTEM}
    ),
}


@dataclass(frozen=True)
class Place:
    """Where an act happens. `unit_path` like "/1/4/9/"; None means "not bound to one"."""

    unit_path: str
    venue_id: int | None = None
    series_id: int | None = None
    room_id: int | None = None


@dataclass(frozen=True)
class Grant:
    """A role within a scope: a unit and all below it, narrowed by venue, series and room."""

    role: Role
    unit_path: str
    venue_id: int | None = None
    series_id: int | None = None
    room_id: int | None = None

    def covers(self, place: Place) -> bool:
        """Say whether `place` lies inside this scope."""
        return (
            place.unit_path.startswith(self.unit_path)
            and self.venue_id in (None, place.venue_id)
            and self.series_id in (None, place.series_id)
            and self.room_id in (None, place.room_id)
        )


@dataclass(frozen=True)
class Actor:
    """Who acts: one human, signed in as one user. `stream` is where the audit trail goes."""

    person_id: int | None  # None: the system itself, on a schedule
    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    stream: str = "system"
    language: str = "zh"
    request_id: str = field(default="", compare=False)

    def may(self, permission: Permission, place: Place | None = None) -> bool:
        """Say whether some grant allows this; without a place, whether any grant does anywhere."""
        return any(
            permission in ROLE_PERMISSIONS[grant.role] and (place is None or grant.covers(place))
            for grant in self.grants
        )

    def require(self, permission: Permission, place: Place | None = None) -> None:
        """Raise Forbidden unless some grant allows this at this place."""
        if not self.may(permission, place):
            raise Forbidden(SENTENCES[permission])

    def human(self) -> int:
        """Return the person's id. Raises Forbidden for the system: some acts need a human."""
        if self.person_id is None:
            raise Forbidden(say("act as a person."))
        return self.person_id


def everywhere(*roles: Role) -> tuple[Grant, ...]:
    """Return grants of `roles` over the whole tree."""
    return tuple(Grant(role, "/") for role in roles)


SYSTEM = Actor(None, None, "system")

Column = InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | None


def within(
    actor: Actor,
    permissions: Sequence[Permission],
    *,
    unit_path: InstrumentedAttribute[str],
    venue_id: Column = None,
    series_id: Column = None,
    room_id: Column = None,
) -> ColumnElement[bool]:
    """Return the condition that keeps a query inside what the actor's grants reach.

    A grant narrowed to a venue, series or room reaches nothing through a query without that
    column: silence never widens a scope.
    """
    wanted = frozenset(permissions)
    reaches: list[ColumnElement[bool]] = []
    for grant in actor.grants:
        if not wanted & ROLE_PERMISSIONS[grant.role]:
            continue
        parts: list[ColumnElement[bool]] = [unit_path.startswith(grant.unit_path, autoescape=True)]
        for bound, column in (
            (grant.venue_id, venue_id),
            (grant.series_id, series_id),
            (grant.room_id, room_id),
        ):
            if bound is not None:
                parts.append(false() if column is None else column == bound)
        reaches.append(and_(true(), *parts))
    return or_(false(), *reaches)

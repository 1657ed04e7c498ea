"""Who could be on duty, and what keeps each of them from a room."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import (
    Conflict,
    Employment,
    Person,
    RoleGrant,
    StaffAbsence,
    StaffMember,
)
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit

Team = tuple[int, str]  # enterprise, team


@dataclass
class Helper:
    """One human with at least one staff number, whatever number of them."""

    person_id: int
    staff_no: str  # the first of theirs
    name: str
    units: set[int]
    trained_until: date | None
    roles: set[Role]
    absent: set[date] = field(default_factory=set)
    tied: set[int] = field(default_factory=set)  # people of the conflict register
    team: Team | None = None

    def may_serve(self, day: date) -> bool:
        """Whether they are trained and not away that day."""
        trained = self.trained_until is not None and self.trained_until >= day
        return trained and day not in self.absent

    def is_tied(self, people: Iterable[int], teams: Iterable[Team]) -> bool:
        """Whether any of these people is tied to them, or one of these teams is their own."""
        return not self.tied.isdisjoint(people) or (self.team is not None and self.team in teams)


def helpers_of(session: Session, series_id: int) -> list[Helper]:
    """Return the staff of the series' unit and all below it, by staff number."""
    below = place_of_series(session, series_id).unit_path
    helpers: dict[int, Helper] = {}
    owner: dict[int, Helper] = {}
    for staff_id, staff_no, person_id, name, unit_id, trained in session.execute(
        select(
            StaffMember.id,
            StaffMember.staff_no,
            StaffMember.person_id,
            Person.name,
            StaffMember.unit_id,
            StaffMember.trained_until,
        )
        .join(Person, Person.id == StaffMember.person_id)
        .join(Unit, Unit.id == StaffMember.unit_id)
        .where(Unit.path.startswith(below, autoescape=True))
        .order_by(StaffMember.id)
    ):
        helper = helpers.setdefault(
            person_id, Helper(person_id, staff_no, name, set(), trained, set())
        )
        helper.units.add(unit_id)
        helper.staff_no = min(helper.staff_no, staff_no)
        if trained is not None:
            helper.trained_until = max(trained, helper.trained_until or trained)
        owner[staff_id] = helper
    _add_what_keeps(session, helpers, owner)
    return sorted(helpers.values(), key=lambda helper: helper.staff_no)


def _add_what_keeps(session: Session, helpers: dict[int, Helper], owner: dict[int, Helper]) -> None:
    """Add days away, ties, teams and roles; `owner` is by staff number's row."""
    for staff_id, day in session.execute(select(StaffAbsence.staff_member_id, StaffAbsence.day)):
        if staff_id in owner:
            owner[staff_id].absent.add(day)
    for one, other in session.execute(select(Conflict.person_id, Conflict.other_id)):
        for mine, theirs in ((one, other), (other, one)):
            if mine in helpers:
                helpers[mine].tied.add(theirs)
    for person_id, team in teams_of(session).items():
        if person_id in helpers:
            helpers[person_id].team = team
    for person_id, role in session.execute(
        select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.revoked_at.is_(None))
    ):
        if person_id in helpers:
            helpers[person_id].roles.add(role)


def teams_of(session: Session) -> dict[int, Team]:
    """Return {person: the team they work in now}; people in no team are left out."""
    rows = session.execute(
        select(Employment.person_id, Employment.enterprise_id, Employment.team).where(
            Employment.until.is_(None), Employment.team != ""
        )
    )
    return {person_id: (enterprise_id, team) for person_id, enterprise_id, team in rows}

"""Staff as files: numbers, roles, training, days off and relatives.

Relatives are named by student number, so people are imported before staff.
"""

from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import (
    Conflict,
    Person,
    RoleGrant,
    StaffAbsence,
    StaffMember,
    User,
)
from exam_centre.accounts.queries import people_by_fingerprint, taken_logins
from exam_centre.accounts.rules import (
    IdType,
    NameDiffers,
    OwnRole,
    Relation,
    TieToOneself,
    is_same_name,
)
from exam_centre.entries.queries import candidates_by_number
from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service.imports.cells import SEVERAL, Line, WrongCell
from exam_centre.entries.service.imports.columns import columns
from exam_centre.entries.service.imports.importers import (
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
)
from exam_centre.entries.service.imports.people import (
    read_document,
    read_person_name,
    read_phone,
    units_in_reach,
)
from exam_centre.kernel.permissions import Permission, Role
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import CodeTaken

ROLES = {role.value: role for role in Role if role is not Role.WORKER} | {
    "checkin": Role.DOOR_STAFF,
    "coordinator": Role.EXAM_OFFICER,
    "核验员": Role.DOOR_STAFF,
    "考务员": Role.EXAM_OFFICER,
    "监考员": Role.INVIGILATOR,
    "主考": Role.CHIEF,
    "考点负责人": Role.VENUE_MANAGER,
    "阅卷教师": Role.MARKER,
    "复核员": Role.MODERATOR,
    "审核员": Role.APPROVER,
    "发布员": Role.RELEASE_OFFICER,
    "联络员": Role.LIAISON,
    "审计员": Role.AUDITOR,
    "学分银行操作员": Role.BANK_OPERATOR,
    "管理员": Role.ADMINISTRATOR,
}
RELATIONS = {relation.value: relation for relation in Relation} | {"亲属": Relation.RELATIVE}


@dataclass(frozen=True)
class StaffLine:
    """What a row says of a staff member."""

    staff_no: str
    name: str
    id_type: IdType
    id_no: str
    fingerprint: str
    phone: str
    unit: Unit
    roles: tuple[Role, ...]
    trained_until: date | None
    subjects: str
    absences: tuple[date, ...]
    ties: tuple[tuple[int, Relation], ...]  # person ids


@dataclass
class Staff:
    """Whom the file's rows may speak of, and what those have already."""

    seal: Seal
    actor_id: int | None
    units: dict[str, Unit]
    people: dict[str, Person]
    names: dict[str, str]  # fingerprint -> the first name the file gives it
    relatives: dict[str, int]  # student number -> person id
    staff: dict[str, StaffMember]
    users: dict[str, User]
    absences: set[tuple[int, date]]
    grants: set[tuple[int, Role, int]]  # user, role, unit
    ties: set[tuple[int, int, Relation]]  # the smaller person id first


class StaffImporter(RowByRow[Staff, StaffLine]):
    """Staff. One human may stand here under two numbers, and remains one human."""

    kind = ImportKind.STAFF
    permission = Permission.RUN_ACCOUNTS
    columns = columns(
        "staff_no", "name", "id_no", "org_code", "roles",
        optional=("id_type", "phone", "trained_until", "subjects", "unavailable", "relatives"),
    )  # fmt: skip
    private = frozenset({"id_no", "phone"})
    example = (
        "S3200002", "李四", "11010519491231002X", "32-04-SIP", "invigilator;chief", "ID", "",
        "2027-06-30", "", "2026-12-16", "2632000001",
    )  # fmt: skip

    def look(self, setting: Setting, lines: Sequence[Line]) -> Staff:
        """Fetch the people, numbers and places that the lines name."""
        session, seal = setting.session, setting.seal
        names: dict[str, str] = {}
        for line in lines:
            with suppress(WrongCell):
                names.setdefault(read_document(line, seal)[2], read_person_name(line))
        numbers = [line.cells["staff_no"].text.strip() for line in lines]
        related = [
            word.partition(":")[0]
            for line in lines
            if "relatives" in line.cells
            for word in SEVERAL.split(line.cells["relatives"].text)
        ]
        users = taken_logins(session, numbers)
        found = session.scalars(select(StaffMember).where(StaffMember.staff_no.in_(numbers)))
        staff = {each.staff_no: each for each in found}
        absences = session.scalars(
            select(StaffAbsence).where(
                StaffAbsence.staff_member_id.in_([each.id for each in staff.values()])
            )
        )
        grants = session.scalars(
            select(RoleGrant).where(
                RoleGrant.user_id.in_([user.id for user in users.values()]),
                RoleGrant.revoked_at.is_(None),
            )
        )
        candidates = candidates_by_number(session, related)
        return Staff(
            seal,
            setting.actor.person_id,
            units_in_reach(session, setting.actor, Permission.RUN_ACCOUNTS),
            people_by_fingerprint(session, names),
            names,
            {number: each.person_id for number, each in candidates.items()},
            staff,
            users,
            {(each.staff_member_id, each.day) for each in absences},
            {
                (each.user_id, each.role, each.unit_id)
                for each in grants
                if not (each.venue_id or each.series_id or each.room_id)
            },
            {
                (tie.person_id, tie.other_id, tie.relation)
                for tie in session.scalars(select(Conflict))
            },
        )

    def read(self, world: Staff, line: Line) -> StaffLine:
        """Return the staff member a row speaks of."""
        number = line.number_text("staff_no")
        name = read_person_name(line)
        id_type, id_no, fingerprint = read_document(line, world.seal)
        unit = line.known("org_code", world.units, say("unit"))
        return StaffLine(
            number,
            name,
            id_type,
            id_no,
            fingerprint,
            read_phone(line),
            unit,
            _roles(line),
            line.optional_day("trained_until"),
            line.text("subjects"),
            tuple(line.days("unavailable")),
            _ties(line, world),
        )

    def keys(self, facts: StaffLine) -> Iterable[tuple[str, Hashable]]:
        """A staff number stands once in a file; a human may stand there twice."""
        return [("staff_no", facts.staff_no)]

    def compare(self, world: Staff, facts: StaffLine) -> RowVerdict:
        """Return what the row would do; a number keeps its human, and roles are only added."""
        person = world.people.get(facts.fingerprint)
        known_as = person.name if person is not None else world.names[facts.fingerprint]
        if not is_same_name(known_as, facts.name):
            raise WrongCell("name", NameDiffers(facts.name).sentence)
        staff, user = world.staff.get(facts.staff_no), world.users.get(facts.staff_no)
        for holder in (staff, user):
            if holder is not None and (person is None or holder.person_id != person.id):
                raise WrongCell("staff_no", CodeTaken(facts.staff_no).sentence)
        if person is not None and person.id in [other for other, _ in facts.ties]:
            raise WrongCell("relatives", TieToOneself().sentence)
        adds_roles = user is None or any(
            (user.id, role, facts.unit.id) not in world.grants for role in facts.roles
        )
        if adds_roles and person is not None and person.id == world.actor_id:
            raise WrongCell("roles", OwnRole().sentence)
        if staff is None:
            return RowVerdict.NEW
        described = (staff.unit_id, staff.trained_until, staff.subjects)
        same = (
            described == (facts.unit.id, facts.trained_until, facts.subjects)
            and not adds_roles
            and all((staff.id, day) in world.absences for day in facts.absences)
            and all(_tie(staff.person_id, *tie) in world.ties for tie in facts.ties)
        )
        return RowVerdict.SAME if same else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Give numbers, users, roles, days off and ties; what is there stays."""
        world = self.look(setting, [])
        prints = [row.facts.fingerprint for row in rows]
        numbers = [row.facts.staff_no for row in rows]
        known = people_by_fingerprint(setting.session, prints)
        found = select(StaffMember).where(StaffMember.staff_no.in_(numbers))
        world.staff = {each.staff_no: each for each in setting.session.scalars(found)}
        world.users = taken_logins(setting.session, numbers)
        ids = [staff.id for staff in world.staff.values()]
        noted = select(StaffAbsence).where(StaffAbsence.staff_member_id.in_(ids))
        world.absences = {
            (each.staff_member_id, each.day) for each in setting.session.scalars(noted)
        }
        people = accounts.register_people(
            setting.session,
            setting.actor,
            setting.seal,
            [
                accounts.Registration(f.name, f.id_type, f.id_no, f.phone)
                for f in (row.facts for row in rows)
            ],
            now=setting.now,
        )
        for done, (row, person) in enumerate(zip(rows, people, strict=True), 1):
            if row.facts.fingerprint not in known:
                known[row.facts.fingerprint] = person
                row.makes(person)
            staff = self._staff(setting, world, row, person)
            self._user(setting, world, row, person)
            for day in row.facts.absences:
                absence = accounts.note_absence(
                    setting.session, setting.actor, staff, day, now=setting.now
                )
                if (staff.id, day) not in world.absences:
                    world.absences.add((staff.id, day))
                    row.makes(absence)
            for other, relation in row.facts.ties:
                tie = accounts.declare_conflict(
                    setting.session,
                    setting.actor,
                    person,
                    setting.session.get_one(Person, other),
                    relation,
                    now=setting.now,
                )
                if _tie(person.id, other, relation) not in world.ties:
                    world.ties.add(_tie(person.id, other, relation))
                    row.makes(tie)
            progress(done, len(rows))

    def _staff(self, setting: Setting, world: Staff, row: Judged, person: Person) -> StaffMember:
        facts: StaffLine = row.facts
        staff = world.staff.get(facts.staff_no)
        if staff is None:
            staff = accounts.add_staff(
                setting.session,
                setting.actor,
                person,
                facts.unit,
                staff_no=facts.staff_no,
                trained_until=facts.trained_until,
                subjects=facts.subjects,
                now=setting.now,
            )
            row.makes(staff)
            return staff
        wanted: dict[str, Any] = {
            "trained_until": facts.trained_until,
            "subjects": facts.subjects,
        }
        if (staff.unit_id, staff.trained_until, staff.subjects) != (
            facts.unit.id,
            facts.trained_until,
            facts.subjects,
        ):
            until = staff.trained_until
            row.before = {
                "id": staff.id,
                "unit_id": staff.unit_id,
                "trained_until": until.isoformat() if until else None,
                "subjects": staff.subjects,
            }
            accounts.correct_staff(
                setting.session, setting.actor, staff, facts.unit, now=setting.now, **wanted
            )
        return staff

    def _user(self, setting: Setting, world: Staff, row: Judged, person: Person) -> None:
        facts: StaffLine = row.facts
        user = world.users.get(facts.staff_no)
        if user is None:
            user = accounts.open_user(
                setting.session, setting.actor, person, login=facts.staff_no, now=setting.now
            )
            row.makes(user)
        held = set(
            setting.session.scalars(
                select(RoleGrant.id).where(
                    RoleGrant.user_id == user.id, RoleGrant.revoked_at.is_(None)
                )
            )
        )
        for role in facts.roles:
            grant = accounts.grant_role(
                setting.session, setting.actor, user, role, facts.unit, now=setting.now
            )
            if grant.id not in held:
                row.makes(grant)

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Describe staff as before."""
        for row in rows:
            until = row.before["trained_until"]
            accounts.correct_staff(
                setting.session,
                setting.actor,
                setting.session.get_one(StaffMember, row.before["id"]),
                setting.session.get_one(Unit, row.before["unit_id"]),
                trained_until=date.fromisoformat(until) if until else None,
                subjects=row.before["subjects"],
                now=setting.now,
            )


def _roles(line: Line) -> tuple[Role, ...]:
    line.needed("roles")
    words = line.several("roles")
    unknown = [word for word in words if word.casefold() not in ROLES]
    if unknown:
        raise WrongCell(
            "roles",
            say("{text} is not known here. Write one of: {words}.", text=unknown[0],
                words=", ".join(ROLES)),
        )  # fmt: skip
    return tuple(dict.fromkeys(ROLES[word.casefold()] for word in words))


def _ties(line: Line, world: Staff) -> tuple[tuple[int, Relation], ...]:
    """Read "2632000001" or "2632000001:supervisor", several of them; a relative without a word."""
    ties = []
    for word in line.several("relatives"):
        number, _, said = word.partition(":")
        relation = RELATIONS.get(said.casefold()) if said else Relation.RELATIVE
        if relation is None:
            raise WrongCell(
                "relatives",
                say("{text} is not known here. Write one of: {words}.", text=said,
                    words=", ".join(RELATIONS)),
            )  # fmt: skip
        if number not in world.relatives:
            raise WrongCell(
                "relatives",
                say("There is no candidate {number} here. Import the people first.",
                    number=number),
            )  # fmt: skip
        ties.append((world.relatives[number], relation))
    return tuple(ties)


def _tie(person_id: int, other_id: int, relation: Relation) -> tuple[int, int, Relation]:
    first, second = sorted((person_id, other_id))
    return first, second, relation

"""Candidates with their documents, work and consent, as files."""

import re
from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import Employment, Person, User
from exam_centre.accounts.queries import employments_of, people_by_fingerprint, taken_logins
from exam_centre.accounts.rules import (
    IdType,
    NameDiffers,
    id_key,
    is_same_name,
    read_id_number,
    read_name,
)
from exam_centre.entries.models import Candidate
from exam_centre.entries.queries import candidates_by_number
from exam_centre.entries.rules import ImportKind, PersonNoTaken, RowVerdict, read_person_no
from exam_centre.entries.service.imports.cells import Line, WrongCell
from exam_centre.entries.service.imports.columns import columns
from exam_centre.entries.service.imports.importers import (
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
)
from exam_centre.entries.service.rosters import Enrolment, enrol_all, take_back_consent
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Enterprise, Park, Unit
from exam_centre.organisation.rules import CodeTaken

LONGEST_NAME = 100  # characters; the longest names on documents have about sixty
ID_TYPES = {
    "id": IdType.RESIDENT,
    "resident": IdType.RESIDENT,
    "身份证": IdType.RESIDENT,
    "居民身份证": IdType.RESIDENT,
    "passport": IdType.PASSPORT,
    "护照": IdType.PASSPORT,
    "hkmo": IdType.PERMIT,
    "permit": IdType.PERMIT,
    "港澳台居民居住证": IdType.PERMIT,
    "港澳居民来往内地通行证": IdType.PERMIT,
    "台湾居民来往大陆通行证": IdType.PERMIT,
}
GENDERS = {"男": "男", "女": "女", "male": "男", "female": "女", "m": "男", "f": "女"}
PHONE = re.compile(r"1[3-9][0-9]{9}|\+[0-9]{7,15}")


@dataclass(frozen=True)
class PersonLine:
    """What a row says of a candidate."""

    person_no: str
    name: str
    id_type: IdType
    id_no: str
    fingerprint: str
    gender: str
    phone: str
    unit: Unit
    enterprise: Enterprise | None
    work_no: str
    team: str
    consented_on: date | None


@dataclass(frozen=True)
class People:
    """Whom and what the file's rows may speak of."""

    seal: Seal
    home: Unit
    units: dict[str, Unit]
    enterprises: dict[str, Enterprise]
    people: dict[str, Person]
    candidates: dict[str, Candidate]
    employments: dict[int, Employment]
    logins: dict[str, User]


class PersonImporter(RowByRow[People, PersonLine]):
    """Candidates. Every new one may sign in with the student number, by codes to their phone."""

    kind = ImportKind.PEOPLE
    permission = Permission.ENTER_CANDIDATES
    columns = columns(
        "person_no", "name", "id_type", "id_no",
        optional=("gender", "phone", "org_code", "enterprise", "work_no", "team",
                  "consent_date", "photo_file"),
    )  # fmt: skip
    private = frozenset({"id_no", "phone"})
    example = (
        "2632000001", "张三", "ID", "11010519491231002X", "男", "13800000000", "32-04-SIP",
        "SIP-E01", "SIP-E01-C-00001", "C", "2026-09-01", "",
    )  # fmt: skip

    def look(self, setting: Setting, lines: Sequence[Line]) -> People:
        """Fetch the people, numbers and places that the lines name."""
        session, seal = setting.session, setting.seal
        prints, numbers = [], []
        for line in lines:
            with suppress(WrongCell):
                numbers.append(_person_no(line))
            with suppress(WrongCell):
                prints.append(read_document(line, seal)[2])
        people = people_by_fingerprint(session, prints)
        return People(
            seal,
            setting.unit,
            units_in_reach(session, setting.actor, Permission.ENTER_CANDIDATES),
            _enterprises_in_reach(session, setting.actor),
            people,
            candidates_by_number(session, numbers),
            employments_of(session, [person.id for person in people.values()]),
            taken_logins(session, numbers),
        )

    def read(self, world: People, line: Line) -> PersonLine:
        """Return the candidate a row speaks of."""
        number = _person_no(line)
        name = read_person_name(line)
        id_type, id_no, fingerprint = read_document(line, world.seal)
        gender = line.chosen("gender", GENDERS) if line.text("gender") else ""
        phone = read_phone(line)
        unit = world.home
        if line.text("org_code"):
            unit = line.known("org_code", world.units, say("unit"))
        enterprise = None
        if line.text("enterprise"):
            enterprise = line.known("enterprise", world.enterprises, say("enterprise"))
        return PersonLine(
            number,
            name,
            id_type,
            id_no,
            fingerprint,
            gender,
            phone,
            unit,
            enterprise,
            line.text("work_no", most=40),
            line.text("team", most=40),
            line.optional_day("consent_date"),
        )

    def keys(self, facts: PersonLine) -> Iterable[tuple[str, Hashable]]:
        """A student number and a document stand once in a file."""
        yield "person_no", facts.person_no
        yield "id_no", facts.fingerprint

    def compare(self, world: People, facts: PersonLine) -> RowVerdict:
        """Return what the row would do; a number keeps its human and its unit."""
        person = world.people.get(facts.fingerprint)
        candidate = world.candidates.get(facts.person_no)
        if person is not None and not is_same_name(person.name, facts.name):
            if candidate is not None and candidate.person_id == person.id:
                raise WrongCell("name", NameDiffers(facts.name).sentence)
            raise WrongCell(
                "id_no",
                say("The ID number belongs to another person here. Compare it with the document."),
            )
        if candidate is None:
            user = world.logins.get(facts.person_no)
            if user is not None and (person is None or user.person_id != person.id):
                raise WrongCell("person_no", CodeTaken(facts.person_no).sentence)
            return RowVerdict.NEW
        if person is None or candidate.person_id != person.id:
            raise WrongCell("person_no", PersonNoTaken(facts.person_no).sentence)
        if candidate.unit_id != facts.unit.id:
            raise WrongCell("org_code", PersonNoTaken(facts.person_no).sentence)
        consents = candidate.consented_on is None and facts.consented_on is not None
        if consents or _works_elsewhere(world.employments.get(person.id), facts):
            return RowVerdict.CHANGED
        return RowVerdict.SAME

    def remark(self, world: People, facts: PersonLine) -> Sentence | None:
        """Say what the row can not do to somebody who is known."""
        person = world.people.get(facts.fingerprint)
        if person is None:
            return None
        if facts.person_no not in world.candidates:
            return say("The records know this person. The student number is added to them.")
        if facts.phone and facts.phone != person.phone:
            return say("The phone stays as it is: only the person changes it.")
        return None

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Register, employ, enrol, and let new candidates sign in."""
        session, actor, now = setting.session, setting.actor, setting.now
        steps = 4
        lines: list[PersonLine] = [row.facts for row in rows]
        prints = [facts.fingerprint for facts in lines]
        known = people_by_fingerprint(session, prints)
        people = accounts.register_people(
            session,
            actor,
            setting.seal,
            [accounts.Registration(f.name, f.id_type, f.id_no, f.phone, f.gender) for f in lines],
            now=now,
        )
        for row, facts, person in zip(rows, lines, people, strict=True):
            if facts.fingerprint not in known:
                row.makes(person)
        progress(len(rows) // steps, len(rows))
        self._employ(setting, rows, people)
        progress(2 * len(rows) // steps, len(rows))
        before = candidates_by_number(session, [facts.person_no for facts in lines])
        without = {number for number, each in before.items() if each.consented_on is None}
        candidates = enrol_all(
            session,
            actor,
            [
                Enrolment(person, facts.unit, facts.person_no, facts.consented_on)
                for person, facts in zip(people, lines, strict=True)
            ],
            now=now,
        )
        for row, facts, candidate in zip(rows, lines, candidates, strict=True):
            if facts.person_no not in before:
                row.makes(candidate)
            elif facts.person_no in without and facts.consented_on is not None:
                row.before["consent_of"] = candidate.id
        progress(3 * len(rows) // steps, len(rows))
        self._open(setting, rows, people)
        progress(len(rows), len(rows))

    def _employ(self, setting: Setting, rows: Sequence[Judged], people: Sequence[Person]) -> None:
        """Employ those whose row names an enterprise; what they did before is kept for undo."""
        known = employments_of(setting.session, [person.id for person in people])
        works, at_work = [], []
        for row, person in zip(rows, people, strict=True):
            facts: PersonLine = row.facts
            old = known.get(person.id)
            if facts.enterprise is None or not _works_elsewhere(old, facts):
                continue
            if old is not None:
                row.before["work_of"] = person.id
                row.before["work"] = [old.enterprise_id, old.work_no, old.team]
            works.append(accounts.Work(person, facts.enterprise, facts.work_no, facts.team))
            at_work.append((row, old))
        new = accounts.employ_all(setting.session, setting.actor, works, now=setting.now)
        for (row, old), employment in zip(at_work, new, strict=True):
            if old is None:
                row.makes(employment)

    def _open(self, setting: Setting, rows: Sequence[Judged], people: Sequence[Person]) -> None:
        fresh = [
            (row, person)
            for row, person in zip(rows, people, strict=True)
            if row.verdict is RowVerdict.NEW
        ]
        opened = accounts.open_workers(
            setting.session,
            setting.actor,
            [(person, row.facts.unit, row.facts.person_no) for row, person in fresh],
            now=setting.now,
        )
        for (row, _), (user, grant) in zip(fresh, opened, strict=True):
            if grant is not None:
                row.makes(user, grant)

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Let people work where they did, and take back consent that the file brought."""
        session = setting.session
        back = [row.before for row in rows if "work" in row.before]
        accounts.employ_all(
            session,
            setting.actor,
            [
                accounts.Work(
                    session.get_one(Person, before["work_of"]),
                    session.get_one(Enterprise, before["work"][0]),
                    before["work"][1],
                    before["work"][2],
                )
                for before in back
            ],
            now=setting.now,
        )
        given = [row.before["consent_of"] for row in rows if "consent_of" in row.before]
        take_back_consent(
            session,
            setting.actor,
            [session.get_one(Candidate, each) for each in given],
            reason=reason,
            now=setting.now,
        )


def read_document(line: Line, seal: Seal) -> tuple[IdType, str, str]:
    """Return (kind, number, fingerprint) of the ID document; a resident's without a kind."""
    id_type = line.chosen("id_type", ID_TYPES) if line.text("id_type") else IdType.RESIDENT
    number = line.parsed("id_no", lambda text: read_id_number(id_type, text))
    return id_type, number, seal.fingerprint(id_key(id_type, number))


def read_person_name(line: Line) -> str:
    """Return the name in its column. Raises WrongCell."""
    line.needed("name", most=LONGEST_NAME)
    return line.parsed("name", read_name)


def read_phone(line: Line) -> str:
    """Return the phone, "" where the cell is empty. Raises WrongCell."""
    phone = line.text("phone")
    if phone and PHONE.fullmatch(phone) is None:
        raise WrongCell(
            "phone", say("A phone has 11 digits and begins with 1, or with + and its country.")
        )
    return phone


def units_in_reach(session: Session, actor: Actor, permission: Permission) -> dict[str, Unit]:
    """Return {code: unit} of those where the actor may do this."""
    units = session.scalars(select(Unit))
    return {unit.code: unit for unit in units if actor.may(permission, Place(unit.path))}


def _enterprises_in_reach(session: Session, actor: Actor) -> dict[str, Enterprise]:
    rows = session.execute(
        select(Enterprise, Unit.path)
        .join(Park, Park.id == Enterprise.park_id)
        .join(Unit, Unit.id == Park.unit_id)
    )
    return {
        enterprise.code: enterprise
        for enterprise, path in rows
        if actor.may(Permission.ENTER_CANDIDATES, Place(path))
        or actor.may(Permission.RUN_ACCOUNTS, Place(path))
    }


def _person_no(line: Line) -> str:
    line.number_text("person_no")
    return line.parsed("person_no", read_person_no)


def _works_elsewhere(known: Employment | None, facts: PersonLine) -> bool:
    if facts.enterprise is None:
        return False
    wanted = (facts.enterprise.id, facts.work_no, facts.team)
    return known is None or (known.enterprise_id, known.work_no, known.team) != wanted

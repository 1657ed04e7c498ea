"""A timeline: the acts of the audit trail about one thing, in order, each with who, where, why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Subquery, func, select, union_all
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, RoleGrant
from exam_centre.accounts.queries import names_of
from exam_centre.certificates.models import Credential
from exam_centre.conduct.models import Incident, OffenceCase
from exam_centre.credits.models import Claim
from exam_centre.custody.models import Bag
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.clock import day_at_venue
from exam_centre.kernel.permissions import Place, Role
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.marking.models import Bundle
from exam_centre.organisation.models import Unit
from exam_centre.overview.queries.kin import Subjects
from exam_centre.overview.rules import FIGURES, act_words, kind_of
from exam_centre.papers.models import Paper
from exam_centre.results.models import Correction, Outcome
from exam_centre.venues.models import Venue

# What has a page of its own under a public token.
WITH_PAGES: dict[str, Any] = {
    model.__tablename__: model
    for model in (Entry, Outcome, Correction, Credential, Claim, Bag, Incident, OffenceCase, Bundle)
}


@dataclass(frozen=True)
class About:
    """The entry an act is about, in words."""

    person_no: str
    name: str
    paper: str  # its code
    paper_name: str
    place: Place


@dataclass(frozen=True)
class Act:
    """One act as an auditor reads it."""

    at: datetime
    words: Sentence
    kind: str
    name: str | None  # None: the system, on a schedule
    roles: tuple[Role, ...]  # those the user held at that moment
    where: Sentence | str
    reason: str
    figures: tuple[tuple[Sentence, str, str], ...]  # (what, before, after); "" for none
    about: About | None
    table: str
    token: str | None  # of the thing, where it has a page
    stream: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Trail:
    """Part of a timeline: its acts, how many there are of each kind, how many were asked for."""

    acts: list[Act]
    kinds: Counter[str]
    total: int


def read_trail(
    session: Session,
    subjects: Iterable[Subjects],
    *,
    kind: str = "",
    day: date | None = None,
    zone: str,
    offset: int,
    limit: int,
) -> Trail:
    """Return the acts about some subjects, oldest first, in nine statements whatever their number.

    kind   a key of KIND_WORDS; "" for all.
    day    on the clock of `zone`; None for all.
    """
    kin = _grouped(subjects)
    told = select(AuditRow, kin.c.entry).join(kin, kin.c.subject == AuditRow.subject)
    if day is not None:
        begins, ends = day_at_venue(day, zone)
        told = told.where(AuditRow.at >= begins, AuditRow.at < ends)
    counts = told.with_only_columns(AuditRow.act, func.count()).group_by(AuditRow.act)
    kinds: Counter[str] = Counter()
    for act, number in session.execute(counts):
        kinds[kind_of(act)] += number
    if kind:
        told = told.where(AuditRow.act.startswith(f"{kind}.", autoescape=True))
    rows = session.execute(
        told.order_by(AuditRow.at, AuditRow.id).offset(offset).limit(limit)
    ).all()
    acts = _dressed(session, [(row, entry) for row, entry in rows])
    return Trail(acts, kinds, kinds[kind] if kind else kinds.total())


def _grouped(subjects: Iterable[Subjects]) -> Subquery:
    """Return each subject once: one may be reached on two ways, of which one knows the entry."""
    every = union_all(*subjects).subquery()
    return (
        select(every.c.subject, func.min(every.c.entry).label("entry"))
        .group_by(every.c.subject)
        .subquery()
    )


def _dressed(session: Session, rows: Sequence[tuple[AuditRow, int | None]]) -> list[Act]:
    acts = [row for row, _ in rows]
    names = names_of(session, {row.person_id for row in acts if row.person_id is not None})
    roles = _roles_at(session, acts)
    places = _streams(session, {row.stream for row in acts})
    about = _about(session, {entry for _, entry in rows if entry is not None})
    tokens = _tokens(session, {row.subject for row in acts})
    return [
        Act(
            at=row.at,
            words=act_words(row.act),
            kind=kind_of(row.act),
            name=names.get(row.person_id) if row.person_id is not None else None,
            roles=roles.get(row.id, ()),
            where=places[row.stream],
            reason=row.reason,
            figures=_figures(row.changes),
            about=about.get(entry) if entry is not None else None,
            table=row.subject.partition(":")[0],
            token=tokens.get(row.subject),
            stream=row.stream,
            seq=row.seq,
            hash=row.hash,
        )
        for row, entry in rows
    ]


def _roles_at(session: Session, rows: Sequence[AuditRow]) -> dict[int, tuple[Role, ...]]:
    """Return {audit row: the roles its user held at that moment}."""
    users = {row.user_id for row in rows if row.user_id is not None}
    grants: dict[int, list[RoleGrant]] = {}
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.user_id.in_(users))):
        grants.setdefault(grant.user_id, []).append(grant)
    return {
        row.id: tuple(
            sorted(
                {
                    grant.role
                    for grant in grants.get(row.user_id or 0, [])
                    if grant.granted_at <= row.at
                    and (grant.revoked_at is None or grant.revoked_at > row.at)
                },
                key=list(Role).index,
            )
        )
        for row in rows
    }


def _streams(session: Session, names: set[str]) -> dict[str, Sentence | str]:
    """Return {stream: where in the scope its acts were done}."""
    found: dict[str, Sentence | str] = {name: name for name in names}
    found |= {"system": say("The system, by the clock"), "office": say("Exam office")}
    for prefix, key, name in (
        ("unit:", Unit.id, Unit.name),
        ("venue:", Venue.id, Venue.name),
    ):
        ids = {int(n.removeprefix(prefix)) for n in names if n.startswith(prefix)}
        rows = session.execute(select(key, name).where(key.in_(ids))) if ids else ()
        found |= {f"{prefix}{number}": words for number, words in rows}
    return found


def _about(session: Session, entry_ids: set[int]) -> dict[int, About]:
    rows = session.execute(
        select(
            Entry.id,
            Candidate.person_no,
            Person.name,
            Paper.code,
            Paper.name,
            Unit.path,
            Entry.series_id,
        )
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Entry.id.in_(entry_ids))
    )
    return {
        key: About(number, name, code, paper, Place(path, series_id=series_id))
        for key, number, name, code, paper, path, series_id in rows
    }


def _tokens(session: Session, subjects: set[str]) -> dict[str, str]:
    """Return {subject: its public token} of those with a page; one statement a table."""
    wanted: dict[str, list[int]] = {}
    for subject in subjects:
        table, _, key = subject.partition(":")
        if table in WITH_PAGES:
            wanted.setdefault(table, []).append(int(key))
    found = {}
    for table, keys in wanted.items():
        model = WITH_PAGES[table]
        for key, token in session.execute(select(model.id, model.token).where(model.id.in_(keys))):
            found[f"{table}:{key}"] = token
    return found


def _figures(changes: Mapping[str, Any]) -> tuple[tuple[Sentence, str, str], ...]:
    """Return what changed in numbers, in words and in the order of FIGURES."""
    return tuple(
        (words, _shown(changes[name][0]), _shown(changes[name][1]))
        for name, words in FIGURES.items()
        if name in changes and changes[name][1] is not None
    )


def _shown(value: object) -> str:
    return "" if value is None else str(value)

"""Verifications of the trail that were asked for and what they found; rooms that were picked."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from exam_centre.accounts.queries import names_of
from exam_centre.calendar.models import Period, Series
from exam_centre.kernel.audit import AuditRow, Finding
from exam_centre.kernel.jobs import Job
from exam_centre.kernel.permissions import Actor, within
from exam_centre.organisation.models import Unit
from exam_centre.overview.queries.kin import AUDIT, reached_rooms
from exam_centre.overview.rules import ROOM_PICKED, TRAIL_BROKEN, TRAIL_WHOLE
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.timetable.queries.whereabouts import RoomSpot, room_spots
from exam_centre.venues.models import Room, Venue

MOST_KEPT = 20  # findings kept of one check: the first ones say where to look
LATEST = 5  # former checks and picks on a page


@dataclass(frozen=True)
class Report:
    """What a verification found: how much it read, the last signed day, and what is wrong."""

    streams: int
    rows: int
    days: int
    last_day: date | None  # None: no day was signed yet
    last_root: str
    findings: tuple[Finding, ...]
    count: int  # of findings; those kept may be fewer

    def as_text(self) -> str:
        """Return the report as the trail keeps it, its first findings alone."""
        kept = asdict(self) | {
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "findings": [asdict(finding) for finding in self.findings[:MOST_KEPT]],
        }
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    @classmethod
    def of_text(cls, text: str) -> "Report":
        """Return the report that the trail keeps."""
        kept: dict[str, Any] = json.loads(text)
        day = kept["last_day"]
        findings = tuple(Finding(**finding) for finding in kept["findings"])
        return cls(**kept | {"last_day": day and date.fromisoformat(day), "findings": findings})


@dataclass(frozen=True)
class Check:
    """A verification: the job, who asked, and the report once it is there."""

    job: Job
    name: str | None
    report: Report | None
    at: datetime | None  # when the report was written


@dataclass(frozen=True)
class Pick:
    """Rooms picked at random, as the trail keeps it."""

    key: str  # hash of its first row
    at: datetime
    person_id: int | None
    name: str | None
    seed: str
    rooms: tuple[RoomSpot, ...]


def latest_checks(session: Session, kind: str, limit: int = LATEST) -> list[Check]:
    """Return the newest verifications of the trail, the newest first; `kind` is the job's."""
    jobs = session.scalars(
        select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(limit)
    ).all()
    told = {
        row.subject: row
        for row in session.scalars(
            select(AuditRow).where(
                AuditRow.subject.in_([f"{Job.__tablename__}:{job.id}" for job in jobs]),
                AuditRow.act.in_((TRAIL_WHOLE, TRAIL_BROKEN)),
            )
        )
    }
    names = names_of(session, {job.asked_by for job in jobs if job.asked_by is not None})
    checks = []
    for job in jobs:
        row = told.get(f"{Job.__tablename__}:{job.id}")
        checks.append(
            Check(
                job=job,
                name=names.get(job.asked_by) if job.asked_by is not None else None,
                report=Report.of_text(row.reason) if row else None,
                at=row.at if row else None,
            )
        )
    return checks


def check_called(session: Session, kind: str, name: str) -> Job:
    """Return the job of a verification by the name it was given when it was asked for."""
    named = Job.arguments["check"].as_string() == name
    return session.scalars(select(Job).where(Job.kind == kind, named)).one()


def streams_in_reach(session: Session, actor: Actor, streams: Iterable[str]) -> dict[str, str]:
    """Return {stream: the name of its unit or venue} of those the actor may read.

    Signed days and the streams of set-up and system belong to no unit: they keep their names.
    """
    found = {name: name for name in streams if ":" not in name}
    units = _ids(streams, "unit:")
    venues = _ids(streams, "venue:")
    reach = within(actor, AUDIT, unit_path=Unit.path)
    for key, name in session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units), reach)):
        found[f"unit:{key}"] = name
    for key, name in session.execute(
        select(Venue.id, Venue.name)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Venue.id.in_(venues),
            within(actor, AUDIT, unit_path=Unit.path, venue_id=Venue.id),
        )
    ):
        found[f"venue:{key}"] = name
    return found


def names_to_pick(session: Session, actor: Actor, series_id: int) -> dict[str, int]:
    """Return {name: room session} of a series' rooms with people in them, in the actor's reach.

    The name is what stands on plans and doors: codes of series, venue, room and period.
    """
    seated = select(Placement.id).where(
        Placement.room_session_id == RoomSession.id, Placement.in_force
    )
    rows = session.execute(
        reached_rooms(actor)
        .join(Series, Series.id == Period.series_id)
        .where(Series.id == series_id, seated.exists())
        .with_only_columns(Series.code, Venue.code, Room.code, Period.code, RoomSession.id)
    )
    return {"|".join(codes): key for *codes, key in rows}


def picks_of(session: Session, actor: Actor, series_id: int) -> list[Pick]:
    """Return the latest picks among a series' rooms in the actor's reach, the newest first."""
    subject = literal(f"{RoomSession.__tablename__}:") + cast(RoomSession.id, String)
    rooms = reached_rooms(actor).where(Period.series_id == series_id)
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.subject.in_(rooms.with_only_columns(subject)), AuditRow.act == ROOM_PICKED)
        .order_by(AuditRow.id)
    ).all()
    groups: dict[tuple[object, ...], list[AuditRow]] = {}
    for row in rows:
        groups.setdefault((row.stream, row.person_id, row.at, row.reason), []).append(row)
    latest = sorted(groups.values(), key=lambda group: group[0].id, reverse=True)[:LATEST]
    return _picks(session, latest)


def _picks(session: Session, groups: Sequence[Sequence[AuditRow]]) -> list[Pick]:
    spots = room_spots(session, [_key(row) for group in groups for row in group])
    names = names_of(
        session, {group[0].person_id for group in groups if group[0].person_id is not None}
    )
    return [
        Pick(
            key=group[0].hash,
            at=group[0].at,
            person_id=group[0].person_id,
            name=names.get(group[0].person_id or 0),
            seed=group[0].reason,
            rooms=tuple(spots[_key(row)] for row in group),
        )
        for group in groups
    ]


def _key(row: AuditRow) -> int:
    return int(row.subject.partition(":")[2])


def _ids(streams: Iterable[str], prefix: str) -> list[int]:
    return [int(name.removeprefix(prefix)) for name in streams if name.startswith(prefix)]

"""The versions of a series' plan: the newest, one by its number, and who published what."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import RoleGrant, User
from exam_centre.accounts.rules import UserStatus
from exam_centre.calendar.models import Series
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import ROLE_PERMISSIONS, Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.timetable.models import Placement, Plan, Publication
from exam_centre.timetable.rules import PlanStatus

PLANS = (Permission.PLAN_TIMETABLE, Permission.PUBLISH_TIMETABLE)


def planned_series(session: Session, actor: Actor) -> list[Series]:
    """Return the series the actor plans or publishes, the newest first."""
    return list(
        session.scalars(
            select(Series)
            .join(Unit, Unit.id == Series.unit_id)
            .where(within(actor, PLANS, unit_path=Unit.path, series_id=Series.id))
            .order_by(Series.id.desc())
        )
    )


def access_planned_series(session: Session, actor: Actor, code: str) -> Series:
    """Return a series the actor plans or publishes. Raises NotFound."""
    found = session.scalar(
        select(Series)
        .join(Unit, Unit.id == Series.unit_id)
        .where(Series.code == code, within(actor, PLANS, unit_path=Unit.path, series_id=Series.id))
    )
    if found is None:
        raise NotFound(say("series"))
    return found


def plans_of_series(session: Session, series_id: int) -> list[Plan]:
    """Return every version, the newest first."""
    return list(
        session.scalars(
            select(Plan).where(Plan.series_id == series_id).order_by(Plan.number.desc())
        )
    )


def newest_plan(session: Session, series_id: int, *, only_draft: bool = False) -> Plan | None:
    """Return the newest version that was not given up, or the newest draft; None without one."""
    wanted = Plan.status == PlanStatus.DRAFT if only_draft else Plan.status != PlanStatus.DISCARDED
    return session.scalar(
        select(Plan)
        .where(Plan.series_id == series_id, wanted)
        .order_by(Plan.number.desc())
        .limit(1)
    )


def plan_of_number(session: Session, series_id: int, number: int) -> Plan:
    """Return a version by its number. Raises NotFound."""
    found = session.scalar(select(Plan).where(Plan.series_id == series_id, Plan.number == number))
    if found is None:
        raise NotFound(say("plan"))
    return found


def publications_of(session: Session, plan_ids: Iterable[int]) -> dict[int, list[Publication]]:
    """Return {plan: its published stages, in their order}."""
    stages: dict[int, list[Publication]] = {}
    for row in session.scalars(
        select(Publication).where(Publication.plan_id.in_(set(plan_ids))).order_by(Publication.id)
    ):
        stages.setdefault(row.plan_id, []).append(row)
    return stages


def placed_by(session: Session, plan_ids: Iterable[int]) -> dict[int, int]:
    """Return {plan: how many placements that version made}."""
    rows = session.execute(
        select(Placement.plan_id, func.count())
        .where(Placement.plan_id.in_(set(plan_ids)))
        .group_by(Placement.plan_id)
    )
    return dict(rows.all())


def users_who_plan(session: Session, login: str | None = None) -> list[User]:
    """Return active users with a role that plans somewhere, the oldest first, or the one named."""
    roles = [role for role, may in ROLE_PERMISSIONS.items() if Permission.PLAN_TIMETABLE in may]
    wanted = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.role.in_(roles),
            RoleGrant.revoked_at.is_(None),
            User.status == UserStatus.ACTIVE,
        )
        .distinct()
        .order_by(User.id)
    )
    return list(session.scalars(wanted if login is None else wanted.where(User.login == login)))

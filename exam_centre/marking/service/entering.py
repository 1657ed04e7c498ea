"""A marker's own round: enter a mark, submit them all."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie
from exam_centre.admission.models import Attendance
from exam_centre.kernel import audit, laws
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.models import Allocation, Bundle, Mark, SecretCode
from exam_centre.marking.queries import (
    candidates_in,
    codes_of_round,
    given_of,
    law_round,
    place_of_bundle,
    rules_of_bundle,
)
from exam_centre.marking.rules import (
    BY_MARKERS,
    STATUS_OF_ATTENDANCE,
    AllocationStatus,
    Given,
    Locked,
    MarkChanged,
    MarkStatus,
    NotAsked,
    NotYourBundle,
    PlaceHolder,
    WrongCode,
    WrongStatus,
    is_code,
    read_mark,
)


def enter_mark(
    session: Session,
    actor: Actor,
    allocation: Allocation,
    code: str,
    typed: str | MarkStatus,
    *,
    expected_version: int | None,
    now: datetime,
) -> Mark:
    """Keep what the marker typed for one code: a number, or that nothing was handed in.

    expected_version  of the mark as the marker saw it; None where they saw none. The same value
                      again changes nothing, so a repeated request is harmless.
    Raises NotYourBundle, Locked, WrongCode, NotAsked, PlaceHolder, WrongMark, WrongStatus,
    ConflictOfInterest, and MarkChanged with both values where somebody wrote in between.
    """
    bundle = session.get_one(Bundle, allocation.bundle_id)
    _ensure_own(session, actor, allocation, bundle)
    ensure_no_tie(session, actor.human(), candidates_in(session, bundle))
    given = _read(session, bundle, typed)
    secret_code = _find_code(session, bundle, code)
    _ensure_script(session, secret_code)
    if allocation.round == 3 and secret_code.id not in {
        asked.id for asked in codes_of_round(session, bundle, 3)
    }:
        raise NotAsked
    mark = session.scalar(
        select(Mark).where(Mark.secret_code_id == secret_code.id, Mark.round == allocation.round)
    )
    if mark is None:
        mark = Mark(secret_code_id=secret_code.id, round=allocation.round)
        session.add(mark)
    else:
        if given_of(mark) == given and mark.marker_id == actor.person_id:
            return _read_again(session, actor, mark, now)
        # A place-holder of somebody who was present after all is nobody's value to defend.
        of_register = mark.marker_id is None
        if not of_register and mark.marker_id != actor.person_id:
            raise NotYourBundle
        if not of_register and mark.version != expected_version:
            raise MarkChanged(str(given_of(mark)), str(given), mark.version)
    mark.marker_id, mark.entered_at = actor.human(), now
    mark.score, mark.status = given.score, given.status
    audit.record(session, actor, "marking.mark_entered", mark, now)
    return mark


def submit(session: Session, actor: Actor, allocation: Allocation, *, now: datetime) -> Allocation:
    """Lock the marker's round. Raises LawBroken (law 6) with the codes that have no mark."""
    bundle = session.get_one(Bundle, allocation.bundle_id)
    _ensure_own(session, actor, allocation, bundle)
    ensure_no_tie(session, actor.human(), candidates_in(session, bundle))
    laws.ensure(law_round(session, allocation))
    allocation.move_to(AllocationStatus.SUBMITTED)
    audit.record(session, actor, "marking.submitted", allocation, now)
    return allocation


def _ensure_own(session: Session, actor: Actor, allocation: Allocation, bundle: Bundle) -> None:
    actor.require(Permission.ENTER_MARKS, place_of_bundle(session, bundle))
    if allocation.marker_id != actor.human():
        raise NotYourBundle
    if allocation.status is not AllocationStatus.ALLOCATED:
        raise Locked


def _read(session: Session, bundle: Bundle, typed: str | MarkStatus) -> Given:
    if isinstance(typed, MarkStatus):
        if typed not in BY_MARKERS:
            raise WrongStatus(typed)
        return Given(None, typed)
    return Given(read_mark(typed, rules_of_bundle(session, bundle).decimals), None)


def _find_code(session: Session, bundle: Bundle, typed: str) -> SecretCode:
    code = typed.strip()
    found = session.scalar(
        select(SecretCode).where(SecretCode.bundle_id == bundle.id, SecretCode.code == code)
    )
    if not is_code(code) or found is None:
        raise WrongCode(code)
    return found


def _ensure_script(session: Session, code: SecretCode) -> None:
    attendance = session.get_one(Attendance, code.placement_id)
    if attendance.status in STATUS_OF_ATTENDANCE:
        raise PlaceHolder(code.position, STATUS_OF_ATTENDANCE[attendance.status])


def _read_again(session: Session, actor: Actor, mark: Mark, now: datetime) -> Mark:
    """Keep that a third marker read a script once more and stands by the mark."""
    if mark.round == 3:
        mark.entered_at = now
        audit.record(session, actor, "marking.mark_entered", mark, now)
    return mark

"""A marker's own round: enter a mark, submit them all."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie
from exam_centre.kernel import audit, laws
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.models import Allocation, Mark
from exam_centre.marking.queries import (
    ScriptToMark,
    coded_bundle,
    codes_of_round,
    find_script,
    given_of,
    law_round,
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
    ensure_may_mark(session, actor, allocation)
    mark, is_new = put_mark(
        session, actor, allocation, code, typed, expected_version=expected_version, now=now
    )
    if is_new:
        audit.record(session, actor, "marking.mark_entered", mark, now)
    return mark


def ensure_may_mark(session: Session, actor: Actor, allocation: Allocation) -> None:
    """Raise unless the actor may change this round now: their own, open, nobody's relative.

    Raises Forbidden, NotYourBundle, Locked, ConflictOfInterest.
    """
    coded = coded_bundle(session, allocation.bundle_id)
    actor.require(Permission.ENTER_MARKS, coded.place)
    if allocation.marker_id != actor.human():
        raise NotYourBundle
    if allocation.status is not AllocationStatus.ALLOCATED:
        raise Locked
    ensure_no_tie(session, actor.human(), coded.people)


def put_mark(
    session: Session,
    actor: Actor,
    allocation: Allocation,
    code: str,
    typed: str | MarkStatus,
    *,
    expected_version: int | None,
    now: datetime,
) -> tuple[Mark, bool]:
    """Put what was typed for one code, and say whether that is news for the trail.

    For acts that have asked `ensure_may_mark` and record what is new. Raises as `enter_mark`.
    """
    script = _find_script(session, allocation, code)
    given = _read(typed, script.decimals)
    if script.attended in STATUS_OF_ATTENDANCE:
        raise PlaceHolder(script.code.position, STATUS_OF_ATTENDANCE[script.attended])
    if allocation.round == 3 and script.code.id not in _asked(session, allocation):
        raise NotAsked
    mark = script.mark
    if mark is None:
        mark = Mark(secret_code_id=script.code.id, round=allocation.round)
        session.add(mark)
    else:
        if given_of(mark) == given and mark.marker_id == actor.person_id:
            return mark, _is_read_again(mark, now)
        # A place-holder of somebody who was present after all is nobody's value to defend.
        of_register = mark.marker_id is None
        if not of_register and mark.marker_id != actor.person_id:
            raise NotYourBundle
        if not of_register and mark.version != expected_version:
            raise MarkChanged(str(given_of(mark)), str(given), mark.version)
    mark.marker_id, mark.entered_at = actor.human(), now
    mark.score, mark.status = given.score, given.status
    return mark, True


def submit(session: Session, actor: Actor, allocation: Allocation, *, now: datetime) -> Allocation:
    """Lock the marker's round. Raises LawBroken (law 6) with the codes that have no mark."""
    ensure_may_mark(session, actor, allocation)
    laws.ensure(law_round(session, allocation))
    allocation.move_to(AllocationStatus.SUBMITTED)
    audit.record(session, actor, "marking.submitted", allocation, now)
    return allocation


def _find_script(session: Session, allocation: Allocation, typed: str) -> ScriptToMark:
    code = typed.strip()
    bundle = coded_bundle(session, allocation.bundle_id).bundle
    found = find_script(session, bundle, code, allocation.round) if is_code(code) else None
    if found is None:
        raise WrongCode(code)
    return found


def _read(typed: str | MarkStatus, decimals: int) -> Given:
    if isinstance(typed, MarkStatus):
        if typed not in BY_MARKERS:
            raise WrongStatus(typed)
        return Given(None, typed)
    return Given(read_mark(typed, decimals), None)


def _asked(session: Session, allocation: Allocation) -> set[int]:
    bundle = coded_bundle(session, allocation.bundle_id).bundle
    return {code.id for code in codes_of_round(session, bundle, allocation.round)}


def _is_read_again(mark: Mark, now: datetime) -> bool:
    """Keep that a third marker read a script once more and stands by the mark."""
    if mark.round == 3:
        mark.entered_at = now
    return mark.round == 3

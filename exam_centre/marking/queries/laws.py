"""The laws of marking: a code for every seat used, a mark or status for every code and round."""

from collections.abc import Collection

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.kernel.laws import Law, Row
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import Allocation, Bundle, EngineMark, SecretCode
from exam_centre.marking.queries.bundles import tolerances_of
from exam_centre.marking.queries.marks import (
    Script,
    codes_of_round,
    present_codes,
    scripts_in,
    scripts_of,
)
from exam_centre.marking.rules import STATUS_OF_ATTENDANCE
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import SCRIPT_MARKED, Mode
from exam_centre.timetable.models import Placement, Sitting


def law_codes(
    session: Session, room_session_ids: Collection[int], *, sitting_id: int | None = None
) -> Law:
    """Law 5: secret codes are one to one with the seats used in script-marked papers.

    sitting_id  for one paper of rooms that hold several; None: all of them.
    """
    of_sitting = Placement.sitting_id == sitting_id if sitting_id is not None else true()
    of_bundle = Bundle.sitting_id == sitting_id if sitting_id is not None else true()
    placed = set(
        session.scalars(
            select(Placement.id)
            .join(Sitting, Sitting.id == Placement.sitting_id)
            .join(Paper, Paper.id == Sitting.paper_id)
            .where(
                Placement.room_session_id.in_(room_session_ids),
                Placement.in_force,
                Paper.mode.in_(SCRIPT_MARKED),
                of_sitting,
            )
        )
    )
    coded = set(
        session.scalars(
            select(SecretCode.placement_id)
            .join(Bundle, Bundle.id == SecretCode.bundle_id)
            .where(Bundle.room_session_id.in_(room_session_ids), of_bundle)
        )
    )
    without = [
        Row(f"placements:{key}", say("A seat was used and has no code."))
        for key in sorted(placed - coded)
    ]
    without += [
        Row(f"placements:{key}", say("A code belongs to a seat nobody has any more."))
        for key in sorted(coded - placed)
    ]
    return Law(
        name="codes_are_seats_used",
        left_text=say("Secret codes"),
        right_text=say("Seats used in script-marked papers"),
        left=len(coded),
        right=len(placed),
        rows=tuple(without),
    )


def law_marks(session: Session, bundle_ids: Collection[int]) -> Law:
    """Law 6: marks and statuses are codes in rounds 1 and 2, and the disputed codes in round 3."""
    scripts = scripts_in(session, bundle_ids)
    tolerances = tolerances_of(session, bundle_ids)
    present = present_codes(session, bundle_ids)
    due: set[tuple[int, int]] = set()
    given: set[tuple[int, int]] = set()
    names: dict[int, str] = {}
    for bundle_id, found in sorted(scripts.items()):
        _, second_needed = tolerances[bundle_id]
        for script in found:
            names[script.code_id] = script.code
            due |= {(script.code_id, n) for n in _rounds_due(script, second_needed)}
            given |= {(script.code_id, n) for n in _rounds_given(script, present)}
    rows = [_unmarked(code_id, names[code_id], n) for code_id, n in sorted(due - given)]
    return Law(
        name="marks_are_codes",
        left_text=say("Marks and statuses"),
        right_text=say("Codes to mark, round by round"),
        left=len(given),
        right=len(due),
        rows=tuple(rows),
    )


def law_round(session: Session, allocation: Allocation) -> Law:
    """Law 6 for one marker's round: every code it has to mark has a mark or a status."""
    bundle = session.get_one(Bundle, allocation.bundle_id)
    codes = codes_of_round(session, bundle, allocation.round)
    present = present_codes(session, [bundle.id])
    marked = {
        script.code_id
        for script in scripts_of(session, bundle)
        if allocation.round in _rounds_given(script, present)
    }
    open_codes = [code for code in codes if code.id not in marked]
    return Law(
        name="marks_are_codes",
        left_text=say("Marks and statuses"),
        right_text=say("Codes to mark"),
        left=len(codes) - len(open_codes),
        right=len(codes),
        rows=tuple(_unmarked(code.id, code.code, allocation.round) for code in open_codes),
    )


def law_engine_marks(session: Session, room_session_ids: Collection[int]) -> Law:
    """Law 6 for computer papers: marks imported and statuses are the placements."""
    rows = session.execute(
        select(Placement.id, Attendance.status, EngineMark.score, EngineMark.status)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .outerjoin(EngineMark, EngineMark.placement_id == Placement.id)
        .where(
            Placement.room_session_id.in_(room_session_ids),
            Placement.in_force,
            Paper.mode == Mode.COMPUTER,
        )
        .order_by(Placement.id)
    ).all()
    missing = [
        key
        for key, attended, score, status in rows
        if score is None and status is None and attended not in STATUS_OF_ATTENDANCE
    ]
    return Law(
        name="engine_marks_are_placements",
        left_text=say("Marks imported and statuses"),
        right_text=say("Placements in computer papers"),
        left=len(rows) - len(missing),
        right=len(rows),
        rows=tuple(
            Row(f"placements:{key}", say("Present, and the exam engine reported nothing."))
            for key in missing
        ),
    )


def _rounds_due(script: Script, second_needed: bool) -> set[int]:
    third = script.is_disputed or 3 in script.rounds
    return {1} | ({2} if second_needed else set()) | ({3} if third else set())


def _rounds_given(script: Script, present: set[int]) -> set[int]:
    """Return the rounds that count: not a place-holder's status under somebody present after all,
    and not a third mark from before the moderator sent the script back.
    """
    return {
        number
        for number, mark in script.rounds.items()
        if not (mark.marker_id is None and script.code_id in present)
        and not (number == 3 and script.reread)
    }


def _unmarked(code_id: int, code: str, number: int) -> Row:
    return Row(
        f"secret_codes:{code_id}",
        say("Code {code} has no mark in round {number}.", code=code, number=number),
    )

"""Marks by code: a marker's own sheet, what the rounds come to, what is in dispute."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import Allocation, Bundle, Mark, Moderation, SecretCode
from exam_centre.marking.queries.bundles import tolerances_of
from exam_centre.marking.rules import FinalMark, Given, MarkStatus, settle_given
from exam_centre.papers.models import Scheme
from exam_centre.timetable.models import Sitting


@dataclass(frozen=True)
class SheetLine:
    """One code as its marker sees it: no name, and no other round."""

    position: int
    code: str
    place_holder: bool  # the register says why there is no script
    score: Decimal | None
    status: MarkStatus | None
    version: int | None  # None: nothing entered yet
    entered_at: datetime | None


@dataclass(frozen=True)
class ScriptToMark:
    """One code of a bundle with everything that decides whether a mark may be entered."""

    code: SecretCode
    attended: AttendanceStatus
    mark: Mark | None  # of the round in question
    decimals: int  # of a typed mark, by the newest version of the paper's scheme


@dataclass(frozen=True)
class SampleLine:
    """One sampled script as its moderator sees it; the others' marks only after their own."""

    moderation_id: int
    code: str
    why: str
    own: Decimal | None
    verdict: str
    others: tuple[str, ...]  # by round, as text; empty until the own mark is given


@dataclass(frozen=True)
class Script:
    """One code with its rounds and what they come to."""

    code_id: int
    code: str
    placement_id: int
    rounds: dict[int, Mark]
    final: FinalMark
    reread: bool  # a moderator sent it back and the third marker has not read it since

    @property
    def is_disputed(self) -> bool:
        """Whether a third marker has to read it: two rounds are in and do not settle it."""
        two_in = 1 in self.rounds and 2 in self.rounds
        return self.reread or (two_in and self.final.how == "open")


@dataclass(frozen=True)
class ReportLine:
    """One sampled script with everything known of it, for whoever may see all marks."""

    moderation: Moderation
    script: Script


def sheet_of(session: Session, allocation: Allocation) -> list[SheetLine]:
    """Return the codes of one marker's round in the order of the bundle.

    A third marker's sheet has the disputed codes alone, without what the others gave.
    """
    bundle = session.get_one(Bundle, allocation.bundle_id)
    own = {
        mark.secret_code_id: mark
        for mark in session.scalars(
            select(Mark)
            .join(SecretCode, SecretCode.id == Mark.secret_code_id)
            .where(SecretCode.bundle_id == bundle.id, Mark.round == allocation.round)
        )
    }
    wanted = codes_of_round(session, bundle, allocation.round)
    present = present_codes(session, [bundle.id])
    lines = []
    for code in wanted:
        mark = own.get(code.id)
        lines.append(
            SheetLine(
                position=code.position,
                code=code.code,
                place_holder=code.id not in present,
                score=mark.score if mark else None,
                status=mark.status if mark else None,
                version=mark.version if mark else None,
                entered_at=mark.entered_at if mark else None,
            )
        )
    return lines


def find_script(session: Session, bundle: Bundle, code: str, number: int) -> ScriptToMark | None:
    """Return what stands behind a code in round `number`, None where the bundle has no such code.

    One statement: it is asked for every mark that is typed.
    """
    facts = {"bundle": bundle.id, "sitting": bundle.sitting_id, "code": code, "round": number}
    row = session.execute(_asking_script(), facts).one_or_none()
    if row is None:
        return None
    if row[3] is None:
        raise NotFound(say("scheme of the paper"))
    return ScriptToMark(*row)


@cache
def _asking_script() -> Select[SecretCode, AttendanceStatus, Mark, int]:
    """Return the question, built once: every mark asks it."""
    decimals = (
        select(Scheme.precision)
        .join(Sitting, Sitting.paper_id == Scheme.paper_id)
        .where(Sitting.id == bindparam("sitting"))
        .order_by(Scheme.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    own_round = (Mark.secret_code_id == SecretCode.id) & (Mark.round == bindparam("round"))
    return (
        select(SecretCode, Attendance.status, Mark, decimals)
        .join(Attendance, Attendance.placement_id == SecretCode.placement_id)
        .outerjoin(Mark, own_round)
        .where(SecretCode.bundle_id == bindparam("bundle"), SecretCode.code == bindparam("code"))
    )


def codes_of_round(session: Session, bundle: Bundle, number: int) -> list[SecretCode]:
    """Return the codes that round `number` has to mark, in the order of the bundle."""
    codes = list(
        session.scalars(
            select(SecretCode)
            .where(SecretCode.bundle_id == bundle.id)
            .order_by(SecretCode.position)
        )
    )
    if number < 3:
        return codes
    asked = {
        script.code_id
        for script in scripts_of(session, bundle)
        if script.is_disputed or 3 in script.rounds
    }
    return [code for code in codes if code.id in asked]


def scripts_of(session: Session, bundle: Bundle) -> list[Script]:
    """Return every code of a bundle with its rounds, in the order of the bundle."""
    return scripts_in(session, [bundle.id])[bundle.id]


def scripts_in(session: Session, bundle_ids: Collection[int]) -> dict[int, list[Script]]:
    """Return bundle id -> its codes with their rounds, in the order of each bundle."""
    return _scripts(session, bundle_ids, SecretCode.bundle_id.in_(bundle_ids))


def script_behind(session: Session, code: SecretCode) -> Script:
    """Return one code with its rounds."""
    (script,) = _scripts(session, [code.bundle_id], SecretCode.id == code.id)[code.bundle_id]
    return script


def _scripts(
    session: Session, bundle_ids: Collection[int], wanted: ColumnElement[bool]
) -> dict[int, list[Script]]:
    tolerances = tolerances_of(session, bundle_ids)
    rounds = _rounds_where(session, wanted)
    sent_back = {
        row.secret_code_id: row.given_at
        for row in session.scalars(
            select(Moderation)
            .join(SecretCode, SecretCode.id == Moderation.secret_code_id)
            .where(wanted, Moderation.verdict == "sent_back")
        )
    }
    scripts: dict[int, list[Script]] = {key: [] for key in tolerances}
    codes = select(SecretCode).where(wanted).order_by(SecretCode.position)
    for code in session.scalars(codes):
        given = rounds.get(code.id, {})
        tolerance, second_needed = tolerances[code.bundle_id]
        third, since = given.get(3), sent_back.get(code.id)
        scripts[code.bundle_id].append(
            Script(
                code_id=code.id,
                code=code.code,
                placement_id=code.placement_id,
                rounds=given,
                final=final_of_rounds(given, tolerance, second_needed=second_needed),
                reread=since is not None and (third is None or third.entered_at <= since),
            )
        )
    return scripts


def disputed_codes(session: Session, bundle: Bundle) -> list[str]:
    """Return the codes a third marker still has to read, in the order of the bundle."""
    return [script.code for script in scripts_of(session, bundle) if script.is_disputed]


def sample_of(session: Session, bundle: Bundle, moderator_id: int) -> list[SampleLine]:
    """Return a moderator's sample in the bundle's order; the others' marks come after."""
    rows = session.execute(
        select(Moderation, SecretCode)
        .join(SecretCode, SecretCode.id == Moderation.secret_code_id)
        .where(SecretCode.bundle_id == bundle.id, Moderation.moderator_id == moderator_id)
        .order_by(SecretCode.position)
    ).all()
    rounds = rounds_of(session, [bundle.id])
    return [
        SampleLine(
            moderation_id=row.id,
            code=code.code,
            why=row.why,
            own=row.score,
            verdict=row.verdict,
            others=()
            if row.score is None
            else tuple(str(given_of(mark)) for _, mark in sorted(rounds[code.id].items())),
        )
        for row, code in rows
    ]


def moderations_of(session: Session, bundle: Bundle) -> list[Moderation]:
    """Return a bundle's sample, in the order of the bundle."""
    wanted = select(Moderation).join(SecretCode, SecretCode.id == Moderation.secret_code_id)
    return list(
        session.scalars(
            wanted.where(SecretCode.bundle_id == bundle.id).order_by(SecretCode.position)
        )
    )


def report_of(session: Session, bundle: Bundle) -> list[ReportLine]:
    """Return a bundle's sample with every round of its scripts, in the order of the bundle."""
    scripts = {script.code_id: script for script in scripts_of(session, bundle)}
    return [ReportLine(row, scripts[row.secret_code_id]) for row in moderations_of(session, bundle)]


def present_codes(session: Session, bundle_ids: Collection[int]) -> set[int]:
    """Return the ids of the codes behind which lies the script of somebody present."""
    return set(
        session.scalars(
            select(SecretCode.id)
            .join(Attendance, Attendance.placement_id == SecretCode.placement_id)
            .where(
                SecretCode.bundle_id.in_(bundle_ids),
                Attendance.status == AttendanceStatus.PRESENT,
            )
        )
    )


def given_of(mark: Mark) -> Given:
    """Return what a mark says."""
    return Given(mark.score, mark.status)


def final_of_rounds(
    rounds: dict[int, Mark], tolerance: Decimal, *, second_needed: bool
) -> FinalMark:
    """Return what the rounds of one code come to."""
    first, second, third = (rounds.get(number) for number in (1, 2, 3))
    return settle_given(
        given_of(first) if first else None,
        given_of(second) if second else None,
        given_of(third) if third else None,
        tolerance,
        second_needed=second_needed,
    )


def rounds_of(session: Session, bundle_ids: Collection[int]) -> dict[int, dict[int, Mark]]:
    """Return secret code id -> round -> mark, for whole bundles at once."""
    return _rounds_where(session, SecretCode.bundle_id.in_(bundle_ids))


def _rounds_where(session: Session, wanted: ColumnElement[bool]) -> dict[int, dict[int, Mark]]:
    found: dict[int, dict[int, Mark]] = {}
    for mark in session.scalars(
        select(Mark).join(SecretCode, SecretCode.id == Mark.secret_code_id).where(wanted)
    ):
        found.setdefault(mark.secret_code_id, {})[mark.round] = mark
    return found

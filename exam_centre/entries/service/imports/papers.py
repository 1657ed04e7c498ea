"""Papers with their schemes, and the courses they count for, as files."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service.imports.cells import Line, WrongCell
from exam_centre.entries.service.imports.columns import columns
from exam_centre.entries.service.imports.importers import (
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
)
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.papers import service as papers
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.papers.queries import schemes_of
from exam_centre.papers.rules import (
    AREA_SENTENCES,
    LEVEL_SENTENCES,
    SEATED,
    BookRule,
    Mode,
    check_credits,
    check_minutes,
    check_scheme,
)

MODES = {mode.value: mode for mode in Mode} | {
    "笔试": Mode.PAPER,
    "听力": Mode.LISTENING,
    "机考": Mode.COMPUTER,
    "实操": Mode.PRACTICAL,
    "口试": Mode.ORAL,
    "大作业": Mode.ASSIGNMENT,
    "论文": Mode.THESIS,
}
BOOKS = {
    "closed": BookRule.CLOSED,
    "open": BookRule.OPEN,
    "half-open": BookRule.HALF_OPEN,
    "闭卷": BookRule.CLOSED,
    "开卷": BookRule.OPEN,
    "半开卷": BookRule.HALF_OPEN,
}
LEVELS = {level: level for level in LEVEL_SENTENCES} | {"本科": "bachelor", "专科": "diploma"}
AREAS = {area: area for area in AREA_SENTENCES} | {
    "职业道德": "professional ethics",
    "基础技能": "basic skills",
    "专业技能": "specialised skills",
    "管理能力": "management skills",
    "数字素养": "digital literacy",
    "兴趣发展": "interest development",
}


@dataclass(frozen=True)
class PaperLine:
    """What a row says of a paper and its scheme."""

    code: str
    name: str
    mode: Mode
    minutes: int | None
    book_rule: BookRule
    material: str
    formative_percent: Decimal
    double_pass: bool
    pass_mark: Decimal
    precision: int


@dataclass(frozen=True)
class Papers:
    """The known papers of the file with their newest schemes, and all courses of the file."""

    papers: dict[str, Paper]
    schemes: dict[int, Scheme]
    courses: dict[str, Course]
    has_material: bool


def look_at_papers(session: Session, lines: Sequence[Line]) -> Papers:
    """Fetch the papers, schemes and courses that lines name."""

    def named(column: str) -> set[str]:
        return {line.cells[column].text.strip() for line in lines if column in line.cells}

    known = {
        paper.code: paper
        for paper in session.scalars(select(Paper).where(Paper.code.in_(named("paper_code"))))
    }
    wanted = Course.code.in_(named("course_code"))
    return Papers(
        known,
        schemes_of(session, [paper.id for paper in known.values()]),
        {course.code: course for course in session.scalars(select(Course).where(wanted))},
        any("material" in line.cells for line in lines),
    )


class PaperImporter(RowByRow[Papers, PaperLine]):
    """What is sat, for how long, and how its parts become an outcome."""

    kind = ImportKind.PAPERS
    permission = Permission.RUN_PAPERS
    columns = columns(
        "paper_code", "name", "mode", "minutes", "book_rule", "formative_ratio", "double_pass",
        "pass_mark", "precision", optional=("material",),
    )  # fmt: skip
    example = ("1000", "物流管理安全与防护", "paper", "60", "open", "50", "no", "60", "0", "")

    def look(self, setting: Setting, lines: Sequence[Line]) -> Papers:
        """Fetch what the lines name."""
        return look_at_papers(setting.session, lines)

    def read(self, world: Papers, line: Line) -> PaperLine:
        """Return the paper a row speaks of; nobody sits one of 0 minutes."""
        code = line.needed("paper_code", most=40)
        mode = line.chosen("mode", MODES)
        minutes: int | None = line.whole("minutes") if line.text("minutes") else None
        if mode not in SEATED and minutes == 0:
            minutes = None
        percent, mark = line.decimal("formative_ratio"), line.decimal("pass_mark")
        precision = line.whole("precision")
        try:
            check_minutes(mode, minutes)
        except Refusal as refusal:
            raise WrongCell("minutes", refusal.sentence) from refusal
        try:
            check_scheme(percent, mark, precision)
        except Refusal as refusal:
            raise WrongCell("formative_ratio", refusal.sentence) from refusal
        known = world.papers.get(code)
        material = line.text("material")
        if known is not None and not world.has_material:
            material = known.material
        return PaperLine(
            code,
            line.needed("name"),
            mode,
            minutes,
            line.chosen("book_rule", BOOKS),
            material,
            percent,
            line.yes("double_pass"),
            mark,
            precision,
        )

    def keys(self, facts: PaperLine) -> Iterable[tuple[str, Hashable]]:
        """A code stands once in a file."""
        return [("paper_code", facts.code)]

    def compare(self, world: Papers, facts: PaperLine) -> RowVerdict:
        """Return what the row would do."""
        known = world.papers.get(facts.code)
        if known is None:
            return RowVerdict.NEW
        same = _is_same_paper(known, facts) and _is_same_scheme(world.schemes.get(known.id), facts)
        return RowVerdict.SAME if same else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Add new papers with their schemes; a changed scheme is its next version."""
        session, actor, now = setting.session, setting.actor, setting.now
        for done, row in enumerate(rows, 1):
            facts: PaperLine = row.facts
            known = session.scalar(select(Paper).where(Paper.code == facts.code))
            described: dict[str, Any] = {
                "name": facts.name,
                "mode": facts.mode,
                "minutes": facts.minutes,
                "book_rule": facts.book_rule,
                "material": facts.material,
            }
            if known is None:
                known = papers.add_paper(session, actor, code=facts.code, now=now, **described)
                row.makes(known)
                scheme = None
            else:
                scheme = schemes_of(session, [known.id]).get(known.id)
                row.before = _before(known, scheme)
                if not _is_same_paper(known, facts):
                    papers.correct_paper(session, actor, known, now=now, **described)
            if not _is_same_scheme(scheme, facts):
                papers.set_scheme(
                    session,
                    actor,
                    known,
                    source=setting.file_name,
                    formative_percent=facts.formative_percent,
                    double_pass=facts.double_pass,
                    pass_mark=facts.pass_mark,
                    precision=facts.precision,
                    now=now,
                )
            progress(done, len(rows))

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Describe papers as before; an earlier scheme comes back as the next version."""
        for row in rows:
            paper = setting.session.get_one(Paper, row.before["id"])
            papers.correct_paper(
                setting.session,
                setting.actor,
                paper,
                name=row.before["name"],
                mode=Mode(row.before["mode"]),
                minutes=row.before["minutes"],
                book_rule=BookRule(row.before["book_rule"]),
                material=row.before["material"],
                now=setting.now,
            )
            scheme: dict[str, Any] | None = row.before["scheme"]
            newest = schemes_of(setting.session, [paper.id]).get(paper.id)
            if scheme is not None and scheme != _scheme_before(newest):
                papers.set_scheme(
                    setting.session,
                    setting.actor,
                    paper,
                    source=reason,
                    formative_percent=Decimal(scheme["formative_percent"]),
                    double_pass=scheme["double_pass"],
                    pass_mark=Decimal(scheme["pass_mark"]),
                    precision=scheme["precision"],
                    now=setting.now,
                )


def _is_same_paper(paper: Paper, facts: PaperLine) -> bool:
    return (paper.name, paper.mode, paper.minutes, paper.book_rule, paper.material) == (
        facts.name,
        facts.mode,
        facts.minutes,
        facts.book_rule,
        facts.material,
    )


def _is_same_scheme(scheme: Scheme | None, facts: PaperLine) -> bool:
    return scheme is not None and (
        scheme.formative_percent,
        scheme.double_pass,
        scheme.pass_mark,
        scheme.precision,
    ) == (facts.formative_percent, facts.double_pass, facts.pass_mark, facts.precision)


def _before(paper: Paper, scheme: Scheme | None) -> dict[str, Any]:
    return {
        "id": paper.id,
        "name": paper.name,
        "mode": paper.mode.value,
        "minutes": paper.minutes,
        "book_rule": paper.book_rule.value,
        "material": paper.material,
        "scheme": _scheme_before(scheme),
    }


def _scheme_before(scheme: Scheme | None) -> dict[str, Any] | None:
    if scheme is None:
        return None
    return {
        "formative_percent": str(scheme.formative_percent),
        "double_pass": scheme.double_pass,
        "pass_mark": str(scheme.pass_mark),
        "precision": scheme.precision,
    }


@dataclass(frozen=True)
class CourseLine:
    """What a row says of a course."""

    code: str
    paper: Paper
    name: str
    level: str
    learning_area: str
    credits: Decimal


class CourseImporter(RowByRow[Papers, CourseLine]):
    """What papers count for. Without a name of its own, a course is called like its paper."""

    kind = ImportKind.COURSES
    permission = Permission.RUN_PAPERS
    columns = columns(
        "course_code", "paper_code", "level", "learning_area", "credits", optional=("name",)
    )
    example = ("C1000A", "1000", "diploma", "专业技能", "0.5", "")

    def look(self, setting: Setting, lines: Sequence[Line]) -> Papers:
        """Fetch what the lines name."""
        return look_at_papers(setting.session, lines)

    def read(self, world: Papers, line: Line) -> CourseLine:
        """Return the course a row speaks of."""
        code = line.needed("course_code", most=40)
        paper = line.known("paper_code", world.papers, say("paper"))
        number = line.decimal("credits")
        try:
            check_credits(number)
        except Refusal as refusal:
            raise WrongCell("credits", refusal.sentence) from refusal
        known = world.courses.get(code)
        name = line.text("name") or (known.name if known is not None else paper.name)
        return CourseLine(
            code,
            paper,
            name,
            line.chosen("level", LEVELS),
            line.chosen("learning_area", AREAS),
            number,
        )

    def keys(self, facts: CourseLine) -> Iterable[tuple[str, Hashable]]:
        """A code stands once in a file."""
        return [("course_code", facts.code)]

    def compare(self, world: Papers, facts: CourseLine) -> RowVerdict:
        """Return what the row would do; a course keeps its paper."""
        known = world.courses.get(facts.code)
        if known is None:
            return RowVerdict.NEW
        if known.paper_id != facts.paper.id:
            raise WrongCell(
                "paper_code", say("The course belongs to another paper here. Use a new code.")
            )
        same = (known.name, known.level, known.learning_area, known.credits) == (
            facts.name,
            facts.level,
            facts.learning_area,
            facts.credits,
        )
        return RowVerdict.SAME if same else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Add new courses and correct known ones."""
        session, actor, now = setting.session, setting.actor, setting.now
        for done, row in enumerate(rows, 1):
            facts: CourseLine = row.facts
            described: dict[str, Any] = {
                "name": facts.name,
                "level": facts.level,
                "learning_area": facts.learning_area,
            }
            if row.verdict is RowVerdict.NEW:
                course = papers.add_course(
                    session,
                    actor,
                    facts.paper,
                    code=facts.code,
                    credits=facts.credits,
                    now=now,
                    **described,
                )
                row.makes(course)
            else:
                course = session.scalars(select(Course).where(Course.code == facts.code)).one()
                row.before = {
                    "id": course.id,
                    "name": course.name,
                    "level": course.level,
                    "learning_area": course.learning_area,
                    "credits": str(course.credits),
                }
                papers.correct_course(
                    session, actor, course, credits=facts.credits, now=now, **described
                )
            progress(done, len(rows))

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Describe courses as before."""
        for row in rows:
            before = dict(row.before)
            course = setting.session.get_one(Course, before.pop("id"))
            number = Decimal(before.pop("credits"))
            papers.correct_course(
                setting.session, setting.actor, course, credits=number, now=setting.now, **before
            )

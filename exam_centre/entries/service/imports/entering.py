"""Entries as files: who sits which paper for which course, and what they need for it."""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import ensure_open
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.entries.queries import (
    KnownLine,
    candidates_in_reach,
    lines_of_people,
    live_entries,
    needs_asked_for,
)
from exam_centre.entries.rules import (
    AccessKind,
    CourseEnteredTwice,
    CourseNotOfPaper,
    EntryBarred,
    EntryStatus,
    ImportKind,
    RowVerdict,
    TakeType,
)
from exam_centre.entries.service.imports.cells import Line, WrongCell
from exam_centre.entries.service.imports.columns import columns
from exam_centre.entries.service.imports.importers import (
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
    to_do,
)
from exam_centre.entries.service.imports.papers import LEVELS, MODES
from exam_centre.entries.service.requests import request_access
from exam_centre.entries.service.rosters import NewLine, correct_line, enter_all
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.rules import LEVEL_SENTENCES, MODE_SENTENCES
from exam_centre.venues.models import Venue

TAKES = {take.value: take for take in TakeType} | {
    "首次": TakeType.FIRST,
    "初考": TakeType.FIRST,
    "重修": TakeType.RETAKE,
    "重考": TakeType.RETAKE,
    "补考": TakeType.RETAKE,
    "免考": TakeType.EXEMPT,
    "免修": TakeType.EXEMPT,
}
EXTRA_TIME = re.compile(r"ET([0-9]{1,3})")
NEEDS = {
    "WHEEL": AccessKind.WHEELCHAIR,
    "LEFT": AccessKind.LEFT_HANDED,
    "SEP": AccessKind.ALONE,
    "READ": AccessKind.READER,
    "SCRIBE": AccessKind.SCRIBE,
    "REST": AccessKind.REST_BREAKS,
}
Needs = dict[AccessKind, Decimal | None]  # extra time in percent of a paper's minutes


@dataclass(frozen=True)
class EntryLine:
    """What a row says of one course that a candidate is to be entered for."""

    candidate: Candidate
    series: Series
    paper: Paper
    course: Course
    attempt: int
    take_type: TakeType
    venue: Venue | None
    needs: tuple[tuple[AccessKind, Decimal | None], ...]


@dataclass(frozen=True)
class Entries:
    """Whom and what the file's rows may speak of, and what those are entered for already."""

    candidates: dict[str, Candidate]
    series: dict[str, Series]
    closed: dict[int, Sentence]  # series that take no entries now, and why
    papers: dict[str, Paper]
    courses: dict[str, Course]
    courses_of: dict[int, list[Course]]
    venues: dict[str, Venue]
    lines: dict[tuple[int, int, int], KnownLine]  # by series, person and course
    barred: set[tuple[int, int, int]]  # candidate, paper, series
    asked: dict[tuple[int, int], set[AccessKind]]  # by candidate and series


class EntryImporter(RowByRow[Entries, EntryLine]):
    """Entries. Two courses of one paper are one entry with two lines: one seat, two outcomes.

    Needs that the file names become requests; somebody else approves them.
    """

    kind = ImportKind.ENTRIES
    permission = Permission.ENTER_CANDIDATES
    columns = columns(
        "person_no", "series", "paper_code",
        optional=("course_code", "level", "attempt", "mode", "take_type", "access_code",
                  "venue_preference"),
    )  # fmt: skip
    example = (
        "2632000001", "2026AUT", "1040", "C1040A", "diploma", "1", "computer", "first", "ET25", "",
    )  # fmt: skip

    def look(self, setting: Setting, lines: Sequence[Line]) -> Entries:
        """Fetch, in a handful of queries, everything that the lines name."""
        session = setting.session

        def named(column: str) -> set[str]:
            return {line.cells[column].text.strip() for line in lines if column in line.cells}

        candidates = candidates_in_reach(
            session, setting.actor, Permission.ENTER_CANDIDATES, named("person_no")
        )
        series = {
            each.code: each
            for each in session.scalars(select(Series).where(Series.code.in_(named("series"))))
        }
        closed: dict[int, Sentence] = {}
        for each in series.values():
            try:
                ensure_open(session, each, DeadlineKind.ENTRIES, setting.now)
            except Refusal as refusal:
                closed[each.id] = refusal.sentence
        papers = {
            paper.code: paper
            for paper in session.scalars(select(Paper).where(Paper.code.in_(named("paper_code"))))
        }
        courses = list(session.scalars(select(Course)))
        courses_of: dict[int, list[Course]] = {}
        for course in courses:
            courses_of.setdefault(course.paper_id, []).append(course)
        people = {each.person_id for each in candidates.values()}
        ids = [each.id for each in series.values()]
        known = lines_of_people(session, people, ids)
        return Entries(
            candidates,
            series,
            closed,
            papers,
            {course.code: course for course in courses},
            courses_of,
            {venue.code: venue for venue in session.scalars(select(Venue))},
            {
                (series_id, line.person_id, line.course_id): line
                for series_id, found in known.items()
                for line in found
            },
            _barred(setting, ids),
            needs_asked_for(session, ids),
        )

    def read(self, world: Entries, line: Line) -> EntryLine:
        """Return what a row says."""
        candidate = line.known("person_no", world.candidates, say("candidate"))
        series = line.known("series", world.series, say("series"))
        paper = line.known("paper_code", world.papers, say("paper"))
        course = _course(world, line, paper)
        level, mode = line.text("level"), line.text("mode")
        if level and line.chosen("level", LEVELS) != course.level:
            raise WrongCell(
                "level",
                say("Course {course} is of level {level}.", course=course.code,
                    level=LEVEL_SENTENCES.get(course.level, course.level)),
            )  # fmt: skip
        if mode and line.chosen("mode", MODES) is not paper.mode:
            raise WrongCell(
                "mode",
                say(
                    "Paper {paper} is sat as {mode}.",
                    paper=paper.code,
                    mode=MODE_SENTENCES[paper.mode],
                ),
            )
        attempt = line.whole("attempt") if line.text("attempt") else 1
        if attempt < 1:
            raise WrongCell("attempt", say("Attempts are counted from 1."))
        take = line.chosen("take_type", TAKES) if line.text("take_type") else TakeType.FIRST
        venue = None
        if line.text("venue_preference"):
            venue = line.known("venue_preference", world.venues, say("venue"))
        needs = tuple(read_needs(line).items())
        return EntryLine(candidate, series, paper, course, attempt, take, venue, needs)

    def keys(self, facts: EntryLine) -> Iterable[tuple[str, Hashable]]:
        """A human is entered for a course once in a series, under whatever number."""
        yield "course_code", (facts.candidate.person_id, facts.series.id, facts.course.id)

    def compare(self, world: Entries, facts: EntryLine) -> RowVerdict:
        """Return what the row would do."""
        key = (facts.series.id, facts.candidate.person_id, facts.course.id)
        known = world.lines.get(key)
        if known is not None and known.candidate_id != facts.candidate.id:
            raise WrongCell("course_code", CourseEnteredTwice([facts.course.code]).sentence)
        verdict = RowVerdict.NEW
        if known is not None:
            asked = world.asked.get((facts.candidate.id, facts.series.id), set())
            venue = facts.venue.id if facts.venue is not None else known.preferred_venue_id
            same = (
                (known.attempt, known.take_type, known.preferred_venue_id)
                == (facts.attempt, facts.take_type, venue)
            ) and all(kind in asked for kind, _ in facts.needs)
            verdict = RowVerdict.SAME if same else RowVerdict.CHANGED
        if verdict is not RowVerdict.SAME and facts.series.id in world.closed:
            raise WrongCell("series", world.closed[facts.series.id])
        if (facts.candidate.id, facts.paper.id, facts.series.id) in world.barred:
            raise WrongCell("paper_code", EntryBarred().sentence)
        return verdict

    def judge(self, setting: Setting, lines: Sequence[Line]) -> list[Judged]:
        """Return one verdict a line; two different extra times of one person are wrong."""
        judged = super().judge(setting, lines)
        said: dict[tuple[int, int], tuple[int, Decimal]] = {}
        for row in judged:
            if row.verdict is RowVerdict.WRONG:
                continue
            percent = dict(row.facts.needs).get(AccessKind.EXTRA_TIME)
            if percent is None:
                continue
            key = (row.facts.candidate.id, row.facts.series.id)
            first, other = said.setdefault(key, (row.number, percent))
            if other != percent:
                row.verdict, row.column = RowVerdict.WRONG, "access_code"
                row.sentence = say(
                    "Row {row} gives the same person another extra time. Write the same in both.",
                    row=first,
                )
        return judged

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Enter what is new, correct what differs, and ask for what is needed."""
        new = to_do(rows, RowVerdict.NEW)
        for series in {row.facts.series for row in new}:
            self._enter(setting, series, [row for row in new if row.facts.series is series])
        progress(len(new), len(rows))
        for row in to_do(rows, RowVerdict.CHANGED):
            self._correct(setting, row)
        asked = needs_asked_for(setting.session, {row.facts.series.id for row in rows})
        for done, row in enumerate(rows, 1):
            facts: EntryLine = row.facts
            known = asked.setdefault((facts.candidate.id, facts.series.id), set())
            for kind, percent in facts.needs:
                if kind in known:
                    continue
                known.add(kind)
                row.makes(
                    request_access(
                        setting.session,
                        setting.actor,
                        facts.candidate,
                        facts.series,
                        kind=kind,
                        extra_percent=percent,
                        evidence=f"{setting.file_name}, {row.number}",
                        now=setting.now,
                    )
                )
            progress(done, len(rows))

    def _enter(self, setting: Setting, series: Series, rows: Sequence[Judged]) -> None:
        before = live_entries(setting.session, [row.facts.candidate.id for row in rows], series.id)
        known = {entry.id for entry in before.values()}
        made = enter_all(
            setting.session,
            setting.actor,
            series,
            [
                NewLine(f.candidate, f.paper, f.course, f.attempt, f.take_type, f.venue)
                for f in (row.facts for row in rows)
            ],
            now=setting.now,
        )
        for row, (entry, line) in zip(rows, made, strict=True):
            if entry.id not in known:
                known.add(entry.id)
                row.makes(entry)
            row.makes(line)

    def _correct(self, setting: Setting, row: Judged) -> None:
        facts: EntryLine = row.facts
        line, entry = setting.session.execute(
            select(EntryCourse, Entry)
            .join(Entry, Entry.id == EntryCourse.entry_id)
            .where(
                Entry.candidate_id == facts.candidate.id,
                Entry.series_id == facts.series.id,
                Entry.status.not_in((EntryStatus.DEFERRED, EntryStatus.WITHDRAWN)),
                EntryCourse.course_id == facts.course.id,
            )
        ).one()
        venue = facts.venue.id if facts.venue is not None else entry.preferred_venue_id
        wanted = (facts.attempt, facts.take_type, venue)
        if (line.attempt, line.take_type, entry.preferred_venue_id) == wanted:
            return
        row.before = {
            "id": line.id,
            "attempt": line.attempt,
            "take_type": line.take_type.value,
            "venue": entry.preferred_venue_id,
        }
        correct_line(
            setting.session,
            setting.actor,
            line,
            attempt=facts.attempt,
            take_type=facts.take_type,
            preferred_venue_id=venue,
            now=setting.now,
        )

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Describe lines as before."""
        for row in rows:
            correct_line(
                setting.session,
                setting.actor,
                setting.session.get_one(EntryCourse, row.before["id"]),
                attempt=row.before["attempt"],
                take_type=TakeType(row.before["take_type"]),
                preferred_venue_id=row.before["venue"],
                now=setting.now,
            )


def read_needs(line: Line) -> Needs:
    """Return what an access code asks for, e.g. ET25+SEP. Raises WrongCell."""
    needs: Needs = {}
    for word in line.several("access_code"):
        extra = EXTRA_TIME.fullmatch(word.upper())
        if extra is not None and 0 < int(extra[1]) <= 100:
            needs[AccessKind.EXTRA_TIME] = Decimal(extra[1])
        elif word.upper() in NEEDS:
            needs[NEEDS[word.upper()]] = None
        else:
            raise WrongCell(
                "access_code",
                say(
                    "{text} is no access code. Join these by +: ET25 for a quarter more time, "
                    "{words}.",
                    text=word,
                    words=", ".join(NEEDS),
                ),
            )
    return needs


def _course(world: Entries, line: Line, paper: Paper) -> Course:
    """Return the course of a row; where none is named, the only one the paper counts for."""
    if line.text("course_code"):
        course = line.known("course_code", world.courses, say("course"))
        if course.paper_id != paper.id:
            raise WrongCell("course_code", CourseNotOfPaper(course.code, paper.code).sentence)
        return course
    offered = world.courses_of.get(paper.id, [])
    if len(offered) != 1:
        raise WrongCell(
            "course_code",
            say(
                "Paper {paper} counts for {count} courses. Name one.",
                paper=paper.code,
                count=len(offered),
            ),
        )
    return offered[0]


def _barred(setting: Setting, series_ids: Sequence[int]) -> set[tuple[int, int, int]]:
    rows = setting.session.execute(
        select(Entry.candidate_id, Entry.paper_id, Entry.series_id).where(
            Entry.series_id.in_(series_ids), Entry.status == EntryStatus.BARRED
        )
    )
    return {(row[0], row[1], row[2]) for row in rows}

"""The credit bank's two files: their columns, and how a pass becomes a line or an obstacle."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from exam_centre.accounts.rules import IdType
from exam_centre.certificates.rules import AwardFacts, CredentialStatus
from exam_centre.credits.rules.claiming import HOURS_PER_CREDIT
from exam_centre.credits.rules.codes import (
    EVERY,
    SAME,
    TOPIC_SENTENCES,
    Codes,
    Destination,
    Topic,
)
from exam_centre.kernel.sentences import Sentence, say

Cell: TypeAlias = str | int | Decimal | None

ZONE = ZoneInfo("Asia/Shanghai")  # months are the issuer's
AUTUMN_FROM = 7  # month
CERTIFICATE = "课程结业证书"
ID_COLUMN = 1  # where the ID number goes, in both files; nothing is there until it is opened
COLUMNS: dict[str, tuple[str, ...]] = {
    Destination.COURSE_RESULTS: (
        "姓名",
        "身份证号",
        "专业名称",
        "课程名称",
        "教育层次代码",
        "教育类别代码",
        "学分",
        "学时",
        "成绩",
        "获得时间",
        "届别",
        "毕业结业肄业",
        "毕业季",
        "备注",
        "学号",
    ),
    Destination.CONVERSION: (
        "姓名",
        "身份证号",
        "转换学校代码",
        "原证书来源代码",
        "原证书类型",
        "原证书名称",
        "原证书等级",
        "原发证机构",
        "原教育层次代码",
        "原教育类别代码",
        "原学分",
        "原学时",
        "原成绩",
        "获得时间",
        "转换后教育层次代码",
        "转换后课程代码",
        "转换后课程名称",
        "转换后学分",
        "转换时间",
        "转换后专业",
    ),
}


@dataclass(frozen=True)
class Award:
    """One pass that counts, with what the files ask beside its facts."""

    facts: AwardFacts
    id_type: IdType
    awarded_at: datetime
    credential: CredentialStatus | None  # None: nothing is issued yet


@dataclass(frozen=True)
class TargetCourse:
    """A course of ours that credits are converted into."""

    name: str
    level: str
    credits: Decimal


@dataclass(frozen=True)
class Circumstances:
    """What is the same for all lines of one file."""

    destination: Destination
    series_code: str
    issuer_name: str
    made_at: datetime
    codes: Codes  # of this destination, on the day of the file
    catalogue: Mapping[str, TargetCourse]  # our courses by code


class Why(StrEnum):
    """What keeps a pass out of a file."""

    CODE_MISSING = "code_missing"
    DOCUMENT = "document"
    NOT_ISSUED = "not_issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


WHY_SENTENCES: dict[Why, Sentence] = {
    Why.CODE_MISSING: say("No code is kept: {topic}, “{word}”. Add it to the code map."),
    Why.DOCUMENT: say(
        "The file takes resident identity cards only. Claim this credit through the bank's "
        "interface instead."
    ),
    Why.NOT_ISSUED: say("The certificate is not issued yet. Issue it first."),
    Why.SUSPENDED: say("The certificate is suspended. Wait for the case to end."),
    Why.REVOKED: say("The certificate was revoked. A corrected result gets a new one."),
}


@dataclass(frozen=True)
class Obstacle:
    """Why one pass is not exported, and so what to do. `topic` and `word`: of a missing code."""

    why: Why
    topic: str = ""
    word: str = ""

    def sentence(self) -> Sentence:
        """Return the reason with what to do."""
        if self.why is not Why.CODE_MISSING:
            return WHY_SENTENCES[self.why]
        return Sentence(
            WHY_SENTENCES[self.why].text,
            {"topic": TOPIC_SENTENCES[self.topic], "word": self.word},
        )


@dataclass(frozen=True)
class Draft:
    """A line of a file that lacks the ID number alone."""

    person_id: int
    cells: tuple[Cell, ...]

    def with_id_number(self, number: str) -> tuple[Cell, ...]:
        """Return the line as it goes out."""
        return (*self.cells[:ID_COLUMN], number, *self.cells[ID_COLUMN + 1 :])


class _Stopped(Exception):
    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle.why)


def draft_line(award: Award, about: Circumstances) -> Draft | Obstacle:
    """Return the line of a pass without its ID number, or what keeps it out of the file."""
    write = _course_result if about.destination is Destination.COURSE_RESULTS else _conversion
    try:
        _check(award, about.destination)
        return Draft(award.facts.person_id, write(award, about))
    except _Stopped as stopped:
        return stopped.obstacle


def _check(award: Award, destination: Destination) -> None:
    if award.id_type is not IdType.RESIDENT:
        raise _Stopped(Obstacle(Why.DOCUMENT))
    if award.credential is CredentialStatus.SUSPENDED:
        raise _Stopped(Obstacle(Why.SUSPENDED))
    if award.credential is CredentialStatus.REVOKED:
        raise _Stopped(Obstacle(Why.REVOKED))
    # A certificate is what the second file converts; the first tells results.
    if award.credential is None and destination is Destination.CONVERSION:
        raise _Stopped(Obstacle(Why.NOT_ISSUED))


def _course_result(award: Award, about: Circumstances) -> tuple[Cell, ...]:
    facts, codes = award.facts, about.codes
    awarded = award.awarded_at.astimezone(ZONE)
    half = "spring" if awarded.month < AUTUMN_FROM else "autumn"
    return (
        facts.name,
        None,
        _code(codes, Topic.PROGRAMME, facts.course_code, facts.learning_area, EVERY),
        facts.course_name,
        _code(codes, Topic.LEVEL, facts.level),
        _code(codes, Topic.CATEGORY, facts.level, EVERY),
        facts.credits,
        _hours(facts.credits),
        _score(facts),
        _month(award.awarded_at),
        codes.get((Topic.COHORT, about.series_code), str(awarded.year)),
        _code(codes, Topic.STANDING, "studying"),
        _code(codes, Topic.SEASON, about.series_code, half, shown=half),
        f"{facts.stable_id}:{facts.number}",
        facts.person_no,
    )


def _conversion(award: Award, about: Circumstances) -> tuple[Cell, ...]:
    facts, codes = award.facts, about.codes
    target = _code(codes, Topic.TARGET_COURSE, facts.course_code, EVERY)
    code = facts.course_code if target == SAME else target
    known = about.catalogue.get(code)
    return (
        facts.name,
        None,
        _code(codes, Topic.SCHOOL, facts.unit_code, EVERY),
        _code(codes, Topic.SOURCE, "course"),
        _code(codes, Topic.CERTIFICATE_TYPE, "course"),
        f"{facts.course_name} {CERTIFICATE}",
        _code(codes, Topic.GRADE, "passed"),
        about.issuer_name,
        _code(codes, Topic.LEVEL, facts.level),
        _code(codes, Topic.CATEGORY, facts.level, EVERY),
        facts.credits,
        _hours(facts.credits),
        _score(facts),
        _month(award.awarded_at),
        _code(codes, Topic.TARGET_LEVEL, code, known.level if known else code, shown=code),
        code,
        known.name if known else _code(codes, Topic.TARGET_NAME, code),
        known.credits if known else Decimal(_code(codes, Topic.TARGET_CREDITS, code)),
        _month(about.made_at),
        _code(codes, Topic.PROGRAMME, code, facts.learning_area, EVERY),
    )


def _code(codes: Codes, topic: Topic, *words: str, shown: str = "") -> str:
    """Return the code of the first of these words that has one, or stop, naming the word to add."""
    for word in words:
        if (topic, word) in codes:
            return codes[topic, word]
    raise _Stopped(Obstacle(Why.CODE_MISSING, topic.value, shown or words[0]))


def _score(facts: AwardFacts) -> Decimal:
    return Decimal(facts.score_text)


def _hours(credit: Decimal) -> int:
    return int(credit * HOURS_PER_CREDIT)


def _month(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y%m")

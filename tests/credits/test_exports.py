"""The credit bank's two files: who is in them, in which words, and who is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from exam_centre.accounts.models import Notice
from exam_centre.accounts.rules import IdType, ReasonMissing
from exam_centre.certificates.models import Credential
from exam_centre.certificates.service import issue, suspend
from exam_centre.credits import documents, queries, service
from exam_centre.credits.documents import as_kept, as_read
from exam_centre.credits.models import CodeMap
from exam_centre.credits.rules import (
    COLUMNS,
    Circumstances,
    CodeNotListed,
    CreditsUnreadable,
    Destination,
    Draft,
    Obstacle,
    Topic,
    TopicNotAsked,
    Why,
    draft_line,
)
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.results.rules import Verdict
from tests.factories.awards import (
    RELEASED_AT,
    corrected,
    credential_signer,
    entry_course,
    released,
)
from tests.factories.builder import TEST_SEAL

NOW = RELEASED_AT + timedelta(days=1)
LONG_AGO = date(2020, 1, 1)
ISSUER_NAME = "示范开放大学"
RESIDENT_NO = "11010519491231002X"
SIGNER = credential_signer()


class Office:
    """An operator with code maps for both files, and people who pass."""

    def __init__(self, session, make) -> None:
        self.session, self.make = session, make
        make.home(UnitLevel.NATIONAL)
        self.operator = make.actor(Role.BANK_OPERATOR, Role.RELEASE_OFFICER)
        self.series = make.home_series()
        self.course = make.course(
            make.paper(), name="工业机器人操作与维护", learning_area="specialised skills"
        )
        service.add_starters(session, self.operator, valid_from=LONG_AGO, now=NOW)
        for destination in (Destination.COURSE_RESULTS, Destination.CONVERSION):
            self.code(destination, Topic.PROGRAMME, "specialised skills", "机电一体化技术")
        self.code(Destination.CONVERSION, Topic.SCHOOL, "*", "51161")
        self.code(Destination.CONVERSION, Topic.TARGET_COURSE, "*", "=")

    def code(self, destination, topic, ours, theirs, valid_from=LONG_AGO) -> CodeMap:
        return service.add_code(
            self.session,
            self.operator,
            destination=destination.value,
            topic=topic.value,
            ours=ours,
            theirs=theirs,
            valid_from=valid_from,
            now=NOW,
        )

    def passed(self, name="王芳", score="86", *, certified=True, candidate=None, **fields):
        """A released pass of a new candidate, or of another attempt of a known one."""
        make = self.make
        if candidate is None:
            candidate = make.candidate(make.person(name, **fields))
            series = self.series
        else:
            series = make.series()
        line = entry_course(make, candidate, self.course, series)
        outcome = released(make, line, Decimal(score))
        if certified:
            issue(self.session, self.operator, outcome, SIGNER, now=NOW)
        return outcome

    def candidate_of(self, outcome) -> Candidate:
        return self.session.scalars(
            select(Candidate)
            .join(Entry, Entry.candidate_id == Candidate.id)
            .join(EntryCourse, EntryCourse.entry_id == Entry.id)
            .where(EntryCourse.id == outcome.entry_course_id)
        ).one()

    def look(self, destination=Destination.COURSE_RESULTS, actor=None, now=NOW, series=None):
        return documents.look(
            self.session,
            actor or self.operator,
            series or self.series,
            destination,
            issuer_name=ISSUER_NAME,
            now=now,
        )

    def results(self, reason="autumn delivery"):
        return documents.course_results(
            self.session,
            self.operator,
            TEST_SEAL,
            self.series,
            issuer_name=ISSUER_NAME,
            reason=reason,
            now=NOW,
        )

    def conversions(self, reason="autumn delivery"):
        return documents.conversions(
            self.session,
            self.operator,
            TEST_SEAL,
            self.series,
            issuer_name=ISSUER_NAME,
            reason=reason,
            now=NOW,
        )


@pytest.fixture
def office(session, make) -> Office:
    return Office(session, make)


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    """Return the rows of each sheet: a text is a str here and a number a float."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def only_sheet(content: bytes) -> list[list[object]]:
    (rows,) = sheets(content).values()
    return rows


def test_course_results_have_the_fifteen_columns_in_the_banks_order(office):
    outcome = office.passed(id_no=RESIDENT_NO)

    header, line = only_sheet(office.results().content)

    candidate = office.candidate_of(outcome)
    assert header == list(COLUMNS[Destination.COURSE_RESULTS])
    assert len(header) == 15
    assert line[:2] == ["王芳", RESIDENT_NO]
    assert line[2:9] == ["机电一体化技术", office.course.name, "85", "1221", 3.0, 54.0, 86.0]
    assert line[9:13] == ["202612", "2026", "1690", "1322"]
    assert line[13].endswith(":1")
    assert line[14] == candidate.person_no


def test_conversions_have_the_twenty_columns_in_the_banks_order(office):
    office.passed(id_no=RESIDENT_NO)

    header, line = only_sheet(office.conversions().content)

    assert header == list(COLUMNS[Destination.CONVERSION])
    assert len(header) == 20
    assert line[:5] == ["王芳", RESIDENT_NO, "51161", "01", "课程结业证书"]
    assert line[5:10] == [f"{office.course.name} 课程结业证书", "合格", ISSUER_NAME, "20", "32"]
    assert line[10:14] == [3.0, 54.0, 86.0, "202612"]
    assert line[14:18] == ["20", office.course.code, office.course.name, 3.0]
    assert line[18:] == ["202612", "机电一体化技术"]


def test_a_name_that_is_a_formula_stays_a_text(office):
    office.passed('=HYPERLINK("http://x","王芳")')

    content = office.results().content

    assert only_sheet(content)[1][0] == '=HYPERLINK("http://x","王芳")'
    with ZipFile(BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_only_the_best_released_pass_of_a_course_goes_out(office):
    first = office.passed("王芳", "70")
    office.passed("王芳", "91", candidate=office.candidate_of(first))
    exempt = office.make.candidate(office.make.person("免修"))
    line = entry_course(office.make, exempt, office.course, office.series)
    released(office.make, line, None, verdict=Verdict.EXEMPT)
    line = entry_course(office.make, None, office.course, office.series)
    released(office.make, line, Decimal(40), verdict=Verdict.FAILED)
    kept = office.passed("李强")

    rows = only_sheet(office.results().content)

    assert [row[0] for row in rows[1:]] == ["李强"]
    assert rows[1][14] == office.candidate_of(kept).person_no


def test_a_correction_goes_out_with_its_version_and_the_first_award(office):
    outcome = office.passed(score="86")
    later = corrected(office.make, outcome, Decimal(88), at=RELEASED_AT + timedelta(days=30))
    issue(office.session, office.operator, later, SIGNER, now=RELEASED_AT + timedelta(days=31))

    line = only_sheet(office.results().content)[1]

    assert line[8] == 88.0
    assert line[9] == "202612"
    assert line[13].endswith(":2")


def test_a_pass_without_a_code_stays_out_and_is_named_with_what_to_do(office):
    office.course.learning_area = "digital literacy"
    office.passed("王芳")

    exported = office.results()

    assert exported.lines == 0
    assert [each.obstacle for each in exported.left_out] == [
        Obstacle(Why.CODE_MISSING, "programme", office.course.code)
    ]
    names = list(sheets(exported.content))
    assert len(names) == 2
    left_out = sheets(exported.content)[names[1]][1]
    assert left_out[1] == "王芳"
    assert office.course.code in left_out[3]


def test_every_other_obstacle_is_named_and_nobody_is_silently_missing(office):
    office.passed("护照", id_type=IdType.PASSPORT, id_no="E12345678")
    office.passed("未发证", certified=False)
    suspended = office.passed("暂停")
    credential = office.session.scalars(
        select(Credential).where(Credential.outcome_id == suspended.id)
    ).one()
    suspend(office.session, office.operator, credential, reason="a case", now=NOW)
    office.passed("王芳")

    looked = office.look(Destination.CONVERSION)

    assert {each.name: each.obstacle.why for each in looked.left_out} == {
        "护照": Why.DOCUMENT,
        "未发证": Why.NOT_ISSUED,
        "暂停": Why.SUSPENDED,
    }
    assert len(looked.drafts) == 1
    assert len(office.look().left_out) == 2  # results need no certificate


def test_a_code_holds_from_its_day_to_the_next_ones_day(office):
    office.passed()
    tomorrow = NOW + timedelta(days=1)
    office.code(Destination.COURSE_RESULTS, Topic.LEVEL, "bachelor", "783", tomorrow.date())

    today, later = office.look(), office.look(now=tomorrow)

    assert today.drafts[0].cells[4] == "85"
    assert later.drafts[0].cells[4] == "783"


def test_a_code_of_ones_own_comes_before_the_one_for_all(office):
    office.passed()
    office.code(Destination.COURSE_RESULTS, Topic.PROGRAMME, office.course.code, "工业机器人技术")
    office.code(Destination.COURSE_RESULTS, Topic.SEASON, office.series.code, "1321")
    office.code(Destination.COURSE_RESULTS, Topic.COHORT, office.series.code, "2027")

    cells = office.look().drafts[0].cells

    assert (cells[2], cells[10], cells[12]) == ("工业机器人技术", "2027", "1321")


def test_credits_of_a_course_elsewhere_come_from_the_map(office):
    office.passed()
    office.code(Destination.CONVERSION, Topic.TARGET_COURSE, office.course.code, "04123")
    missing = office.look(Destination.CONVERSION)
    office.code(Destination.CONVERSION, Topic.PROGRAMME, "*", "机电一体化技术")
    office.code(Destination.CONVERSION, Topic.TARGET_NAME, "04123", "机器人基础")
    office.code(Destination.CONVERSION, Topic.TARGET_CREDITS, "04123", "2.5")
    office.code(Destination.CONVERSION, Topic.TARGET_LEVEL, "04123", "21")

    cells = office.look(Destination.CONVERSION).drafts[0].cells

    assert missing.left_out[0].obstacle == Obstacle(Why.CODE_MISSING, "target_level", "04123")
    assert cells[14:18] == ("21", "04123", "机器人基础", Decimal("2.5"))


@pytest.mark.parametrize(
    ("destination", "topic", "theirs", "refusal"),
    [
        (Destination.COURSE_RESULTS, Topic.LEVEL, "20", CodeNotListed),
        (Destination.CONVERSION, Topic.SOURCE, "03", CodeNotListed),
        (Destination.CREDIT_BANK, Topic.LEVEL, "eleven", CodeNotListed),
        (Destination.COURSE_RESULTS, Topic.SCHOOL, "51161", TopicNotAsked),
        (Destination.CONVERSION, Topic.TARGET_CREDITS, "0.0", CreditsUnreadable),
        (Destination.CONVERSION, Topic.TARGET_CREDITS, "2.25", CreditsUnreadable),
        (Destination.CONVERSION, Topic.TARGET_CREDITS, "1e400", CreditsUnreadable),
    ],
)
def test_a_code_that_no_file_could_carry_is_refused(office, destination, topic, theirs, refusal):
    with pytest.raises(refusal):
        office.code(destination, topic, "something", theirs)


def test_starters_leave_codes_that_were_chosen_alone(office):
    office.code(Destination.COURSE_RESULTS, Topic.CATEGORY, "bachelor", "321")

    assert service.add_starters(office.session, office.operator, valid_from=LONG_AGO, now=NOW) == 0


def test_a_file_holds_the_people_within_reach_alone(office):
    mine = office.make.unit(UnitLevel.PROVINCIAL)
    operator = office.make.actor(Role.BANK_OPERATOR, unit=mine)
    office.passed("别处")
    candidate = office.make.candidate(office.make.person("本省"), mine)
    line = entry_course(office.make, candidate, office.course, office.series)
    released(office.make, line)

    assert [draft.cells[0] for draft in office.look(actor=operator).drafts] == ["本省"]


def test_each_persons_number_is_read_on_the_record_and_the_person_is_told(office):
    office.passed("王芳")
    office.passed("李强")
    told = select(func.count(Notice.id))
    before = office.session.scalar(told)

    office.results(reason="delivery of December")

    rows = office.session.scalars(
        select(AuditRow).where(AuditRow.act == "credits.id_number_exported")
    ).all()
    assert [row.reason for row in rows] == ["credit_bank: delivery of December"] * 2
    assert office.session.scalar(told) == before + 2


def test_without_a_reason_no_number_is_read(office):
    office.passed()

    with pytest.raises(ReasonMissing):
        office.results(reason=" ")
    assert not office.session.scalars(
        select(AuditRow).where(AuditRow.act == "credits.id_number_exported")
    ).all()


def test_who_does_not_run_credits_reads_no_number(office):
    outcome = office.passed()
    person_id = office.candidate_of(outcome).person_id

    with pytest.raises(Forbidden):
        service.open_id_numbers(
            office.session,
            office.make.actor(Role.RELEASE_OFFICER),
            TEST_SEAL,
            [person_id],
            reason="curious",
            now=NOW,
        )


def test_a_file_written_anew_tells_nobody_twice(office):
    person_id = office.candidate_of(office.passed()).person_id
    told = select(func.count(Notice.id)).where(Notice.person_id == person_id)
    before = office.session.scalar(told)

    for _ in range(2):
        service.open_id_numbers(
            office.session,
            office.operator,
            TEST_SEAL,
            [person_id],
            reason="a fall",
            now=NOW,
            about="export:1",
        )

    assert office.session.scalar(told) == before + 1


def test_obstacles_are_kept_with_those_in_front_that_keep_out_most(office):
    office.passed("护照", id_type=IdType.PASSPORT, id_no="E12345678")
    office.passed("甲", certified=False)
    office.passed("乙", certified=False)

    kept = as_read(as_kept(office.look(Destination.CONVERSION).left_out))

    assert [(obstacle.why, len(people)) for obstacle, people in kept] == [
        (Why.NOT_ISSUED, 2),
        (Why.DOCUMENT, 1),
    ]


@pytest.mark.parametrize(
    ("awarded", "month", "half"),
    [
        (datetime(2026, 6, 30, 15, 59, tzinfo=UTC), "202606", "1321"),
        (datetime(2026, 6, 30, 16, 0, tzinfo=UTC), "202607", "1322"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "202701", "1321"),
    ],
)
def test_months_and_halves_are_those_of_the_issuers_clock(office, awarded, month, half):
    outcome = office.passed()
    award = replace(queries.awards_of(office.session, [outcome.id])[0], awarded_at=awarded)
    about = Circumstances(
        destination=Destination.COURSE_RESULTS,
        series_code=office.series.code,
        issuer_name=ISSUER_NAME,
        made_at=NOW,
        codes=queries.codes_for(office.session, NOW.date(), Destination.COURSE_RESULTS),
        catalogue={},
    )

    line = draft_line(award, about)

    assert isinstance(line, Draft)
    assert (line.cells[9], line.cells[12]) == (month, half)

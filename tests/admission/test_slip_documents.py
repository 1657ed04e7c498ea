"""Slips on paper: whole or not at all, in order, readable by any scanner, safe to issue again."""

import subprocess
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import func, select

from exam_centre.adapters.pdf import CannotDraw, Fonts
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission import documents, queries, service
from exam_centre.admission.documents import Press, RoomPaper
from exam_centre.admission.models import Attendance, Slip, SlipLine
from exam_centre.admission.rules import SlipsNotPublished, SlipStatus
from exam_centre.entries.models import Entry
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Permission, Role
from exam_centre.papers.rules import Mode
from exam_centre.timetable.rules import PlanStatus
from tests.factories.times import DAY, HOUR, NINE

ASSETS = Path(__file__).resolve().parents[2] / "static" / "assets"
WEEK_BEFORE = NINE - 7 * DAY
NO_FONT_HAS = "王\U0001f9d1"


@pytest.fixture
def press(ring, tmp_path):
    if not (ASSETS / "manifest.json").exists():
        pytest.skip(f"no fonts in {ASSETS}; `make assets` fetches them")
    return Press(ring, DiskStorage(tmp_path), Fonts.from_assets(ASSETS))


@pytest.fixture
def officer(make):
    return make.actor(Role.EXAM_OFFICER)


@pytest.fixture
def issue(session, make, officer):
    def issue():
        return service.issue_slips_of_series(session, officer, make.home_series(), WEEK_BEFORE)

    return issue


def words_of(pdf):
    run = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return run.stdout.decode()


def codes_of(pdf, tmp_path):
    """Return what a scanner reads from each page as printed at 150 dots an inch."""
    command = ["pdftoppm", "-r", "150", "-png", "-", str(tmp_path / "page")]
    subprocess.run(command, input=pdf, check=True)
    pages = sorted(tmp_path.glob("page-*.png"))
    return [code.text for page in pages for code in zxingcpp.read_barcodes(Image.open(page))]


def facts_of(session, placement, make):
    candidate = make.candidate_of(placement)
    slip = queries.valid_slip(session, candidate.id, make.home_series().id)
    return queries.slip_facts(session, [slip.id])[0]


def test_a_venues_slips_are_one_file_in_the_order_of_rooms_and_seats(
    session, make, press, issue, tmp_path
):
    venue = make.home_venue()
    late, early = make.room(venue, code="B2"), make.room(venue, code="A1")
    seats = [(late, 3), (early, 9), (early, 2)]
    placements = [make.placement(room=room, seat=seat) for room, seat in seats]
    make.placement(room=make.room(make.venue()), period=make.period(starts_at=NINE + DAY))

    assert issue() == 4
    made = documents.slips_pdf_of_venue(session, venue.id, make.home_series().id, press=press)

    expected = [placements[place] for place in (2, 1, 0)]
    texts = []
    for placement in expected:
        facts = facts_of(session, placement, make)
        texts.append(service.slip_text(facts.slip, facts.candidate, facts.series, press.ring))
    assert codes_of(made.content, tmp_path) == texts
    assert (made.printed, made.stopped) == (3, ())


def test_a_slip_says_every_paper_with_the_persons_own_end(session, make, press, issue):
    candidate = make.candidate()
    make.arrangement(candidate, extra_percent=Decimal(25))
    first = make.placement(make.entry(candidate, make.paper(name="机械制图", minutes=60)))
    make.placement(make.entry(candidate), period=make.period(starts_at=NINE + DAY))
    issue()

    facts = facts_of(session, first, make)
    page = words_of(documents.slip_pdf(session, facts, press, "en"))

    assert "09:00–10:15" in page
    assert "your own end" in page
    assert facts.slip.short_code in page.replace(" ", "")
    assert page.count("09:00") >= 2
    assert f"EX-{facts.series.code}-{facts.candidate.person_no}-1" in page
    assert "30 minutes after the start, that minute included" in page


def test_a_held_over_paper_says_so_in_both_languages(session, make, press, issue):
    candidate = make.candidate()
    first = make.placement(make.entry(candidate))
    second = make.placement(make.entry(candidate), starts_at=NINE + 2 * HOUR)
    make.held_over(first, second)
    issue()
    facts = facts_of(session, first, make)

    assert [paper.held_over for paper in facts.papers] == [False, True]
    assert "held over" in words_of(documents.slip_pdf(session, facts, press, "en"))
    assert "留考" in words_of(documents.slip_pdf(session, facts, press, "zh"))


def test_a_listening_paper_says_that_its_door_closes_at_the_start(session, make, press, issue):
    placement = make.placement(make.entry(make.candidate(), make.paper(mode=Mode.LISTENING)))
    issue()

    page = words_of(documents.slip_pdf(session, facts_of(session, placement, make), press, "en"))

    assert "To a listening paper nobody enters after the start." in page


def test_a_name_no_font_has_stops_that_slip_and_no_other(session, make, press, issue):
    make.placement(make.entry(make.candidate(make.person("王立"))))
    bad = make.placement(make.entry(make.candidate(make.person(NO_FONT_HAS))))
    issue()

    made = documents.slips_pdf_of_venue(
        session, make.home_venue().id, make.home_series().id, press=press
    )

    assert made.printed == 1
    assert [each.name for each in made.stopped] == [NO_FONT_HAS]
    assert "U+1F9D1" in str(made.stopped[0].sentence)
    with pytest.raises(CannotDraw):
        documents.slip_pdf(session, facts_of(session, bad, make), press)


def test_a_damaged_photo_stops_the_slip_and_a_missing_file_leaves_the_frame(
    session, make, press, issue
):
    broken, gone = make.candidate(make.person("甲")), make.candidate(make.person("乙"))
    broken.photo_key, gone.photo_key = press.photos.put(b"\xff\xd8\xff no picture"), "0" * 64
    for candidate in (broken, gone):
        make.placement(make.entry(candidate))
    issue()

    made = documents.slips_pdf_of_venue(
        session, make.home_venue().id, make.home_series().id, press=press
    )

    assert [each.name for each in made.stopped] == ["甲"]
    assert "无照片" in words_of(made.content)


def test_the_photo_is_on_the_slip(session, make, press, issue):
    candidate = make.candidate()
    buffer = BytesIO()
    Image.new("RGB", (120, 160), (10, 200, 30)).save(buffer, "JPEG")
    candidate.photo_key = press.photos.put(buffer.getvalue())
    placement = make.placement(make.entry(candidate))
    issue()

    pdf = documents.slip_pdf(session, facts_of(session, placement, make), press)

    assert b"/DCTDecode" in pdf


def test_issuing_a_series_again_issues_only_what_is_due(session, make, issue):
    stays, moves = make.placement(), make.placement()
    assert issue() == 2
    assert issue() == 0

    later = make.period(starts_at=NINE + DAY)
    moves.in_force = False
    session.flush()
    repaired = make.plan(status=PlanStatus.FROZEN)
    moved = make.placement(session.get_one(Entry, moves.entry_id), period=later, plan=repaired)

    assert issue() == 1
    candidate = make.candidate_of(moved)
    slips = session.scalars(select(Slip).where(Slip.candidate_id == candidate.id)).all()
    assert {slip.number: slip.status for slip in slips} == {
        1: SlipStatus.REPLACED,
        2: SlipStatus.VALID,
    }
    named = session.scalars(
        select(SlipLine.placement_id).join(Slip).where(Slip.status == SlipStatus.VALID)
    )
    assert set(named) == {stays.id, moved.id}
    assert session.scalar(select(func.count()).select_from(Attendance)) == 3


def test_no_series_is_issued_before_its_slips_are_published_nor_by_others(session, make):
    make.placement(plan=make.plan(status=PlanStatus.ROOM_PUBLISHED))
    series = make.home_series()
    with pytest.raises(SlipsNotPublished):
        service.issue_slips_of_series(session, make.actor(Role.EXAM_OFFICER), series, WEEK_BEFORE)
    with pytest.raises(Forbidden):
        service.check_issuing(session, make.actor(Role.CHIEF), series)


def test_the_rooms_papers_name_everybody_with_the_plans_seal(session, make, press):
    plan = make.home_plan()
    plan.result_sha256 = "5eal" * 16
    placements = [make.placement(make.entry(make.candidate(make.person(n)))) for n in "甲乙"]
    chief = make.actor(Role.CHIEF)
    asked = [Permission.CHECK_IN]
    room_session = placements[0].room_session_id
    room = queries.door_rooms(session, chief, asked, room_session_id=room_session)[0]
    paper = RoomPaper.of(session, room, "en", press.photos)

    for what in (
        documents.door_list,
        documents.attendance_register,
        documents.desk_labels,
        documents.seating_chart,
    ):
        words = words_of(documents.room_pdf(paper, what, press.fonts))
        assert "甲" in words
        assert "乙" in words
        assert "5eal5eal5eal" in words


def test_the_calendar_file_has_the_persons_own_times(session, make, issue):
    placement = make.placement()
    issue()

    text = documents.calendar_file(facts_of(session, placement, make), "exams.example", "en")

    assert b"DTSTART:20261212T010000Z" in text
    assert b"seat" in text.replace(b"\r\n ", b"")


@pytest.mark.parametrize("name", ["<b>王立</b>", "王&立 <para>", "=1+1", "%(name)s {name}"])
def test_a_name_that_is_markup_or_a_formula_is_printed_as_it_stands(
    session, make, press, issue, name
):
    placement = make.placement(make.entry(make.candidate(make.person(name))))
    issue()

    page = words_of(documents.slip_pdf(session, facts_of(session, placement, make), press))

    assert name in page


@pytest.mark.parametrize("papers", [1, 8, 9, 11])
def test_a_slip_is_one_sheet_and_says_its_only_venue_once(session, make, press, issue, papers):
    candidate, venue = make.candidate(), make.home_venue()
    venue.name = "常州国家高新技术产业开发区培训中心考点"
    for n in range(papers):
        paper = make.paper(name="安全工程标准与规范(二)", minutes=90)
        period = make.period(starts_at=NINE + n * DAY)
        first = make.placement(make.entry(candidate, paper), period=period)
    issue()

    pdf = documents.slip_pdf(session, facts_of(session, first, make), press, "zh")

    assert pdf.count(b"/Type /Page\n") == 1
    page = words_of(pdf)
    assert page.count(venue.name) == 1
    assert page.count("安全工程标准与规范(二)") == papers

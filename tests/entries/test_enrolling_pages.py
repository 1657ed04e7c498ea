"""One candidate is enrolled by hand and entered for one paper, every refusal at its field."""

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import User
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.sealing import make_seal
from tests.architecture import strangers
from tests.entries.people import Campus
from tests.factories.people import resident_number
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers

ENTER = "/entries/candidates/2632000001/enter"


@pytest.fixture
def campus(app, config) -> Campus:
    make_seal(config.keys_dir)
    return Campus(app)


def enrol(campus, user=None, **fields):
    with reading() as session:
        unit = campus.building(session).home().code
    typed = {
        "unit": unit,
        "person_no": "0032000777",
        "name": "张三丰",
        "id_type": "resident",
        "id_no": resident_number(9100),
        "phone": "13800000001",
        "consented_on": "2026-09-01",
    }
    answer = campus.act(user or campus.officer, "/entries/candidates/new", **typed | fields)
    return answer.get_data(as_text=True)


def test_somebody_enrolled_by_hand_can_be_found_and_can_sign_in(campus):
    assert "张三丰 is enrolled" in enrol(campus)

    assert "张三丰" in campus.read(campus.officer, "/entries/?q=0032000777")
    with reading() as session:
        assert session.scalar(select(User.login).where(User.login == "0032000777"))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("person_no", "12", "A student number has 5 to 20"),
        ("person_no", "2632000001", "is known for someone else"),
        ("id_no", "32050619800101000X", "check digit"),
        ("phone", "12", "phone"),
        ("name", "", "Type the name."),
        ("consented_on", "gestern", "Give the day as"),
    ],
)
def test_what_is_wrong_with_a_candidate_is_said_at_its_field(campus, field, typed, said):
    page = enrol(campus, **{field: typed})

    at_field = page.split(f'id="{field}-error"')[1].split("</p>")[0]
    assert said in at_field
    with reading() as session:
        wanted = Candidate.person_no == "0032000777"
        assert session.scalar(select(Candidate.id).where(wanted)) is None


def test_a_consent_on_paper_is_noted_and_not_for_a_day_to_come(campus):
    enrol(campus, consented_on="")
    address = "/entries/candidates/0032000777/consent"

    page = campus.act(campus.officer, address, on="2099-01-01").get_data(as_text=True)
    assert "This day is still to come." in page
    page = campus.act(campus.officer, address, on="2026-09-02").get_data(as_text=True)
    assert "The consent is on record." in page


def test_a_candidate_is_entered_for_two_courses_of_one_paper_as_one_entry(campus):
    paper, courses = _paper(campus)
    chosen = f"{ENTER}?series={campus.series.code}&paper={paper}"
    assert all(code in campus.read(campus.officer, chosen) for code in courses)

    answer = campus.act(
        campus.officer, chosen, courses=courses, take_type="retake", attempt="2", venue=""
    )

    assert "Assess the entry next." in answer.get_data(as_text=True)
    with reading() as session:
        assert len(session.scalars(select(Entry)).all()) == 1
        lines = session.scalars(select(EntryCourse)).all()
        assert [(line.attempt, line.take_type.value) for line in lines] == [(2, "retake")] * 2


def test_what_is_wrong_with_an_entry_is_said_at_its_field(campus):
    paper, courses = _paper(campus)
    unknown = campus.read(campus.officer, f"{ENTER}?series={campus.series.code}&paper=99999")
    assert "There is no paper with this code." in unknown
    chosen = f"{ENTER}?series={campus.series.code}&paper={paper}"
    facts = {"take_type": "first", "attempt": "1", "venue": ""}

    def enter(**fields):
        return campus.act(campus.officer, chosen, **facts | fields).get_data(as_text=True)

    assert "Name at least one course" in enter()
    assert "An attempt is from 1 to 20." in enter(courses=courses, attempt="0")
    enter(courses=courses[0])
    assert "in this series already" in enter(courses=courses)


def test_only_who_enters_candidates_enrols_and_only_into_their_own_units(campus):
    stranger = campus.stranger()

    assert campus.browser(campus.worker).get("/entries/candidates/new").status_code == 403
    assert campus.browser(stranger).get(ENTER).status_code == 404
    assert "is enrolled" not in enrol(campus, stranger)


def _paper(campus) -> tuple[str, list[str]]:
    with unit_of_work() as session:
        make = campus.building(session)
        paper = make.paper()
        return paper.code, [make.course(paper).code, make.course(paper).code]

"""A course as anybody reads it: the page and the document that credentials name."""

import json
from decimal import Decimal

import pytest

from exam_centre.kernel.database import unit_of_work
from exam_centre.papers.rules import Mode
from tests.factories.make import Make
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client

JSON = {"Accept": "application/json"}


@pytest.fixture
def course(app) -> str:
    """The code of a course of half credits whose scheme has two versions."""
    with unit_of_work() as session:
        make = Make(session)
        paper = make.paper()
        make.scheme(paper, version=2, formative_percent=Decimal("37.5"), double_pass=True)
        made = make.course(
            paper,
            code="OUC-IR-101",
            name="工业机器人操作与维护",
            learning_area="specialised skills",
            credits=Decimal("2.5"),
        )
        return made.code


def test_anybody_reads_what_a_course_is_and_how_it_is_assessed(client, course):
    english = {"Accept-Language": "en"}
    page = client.get(f"/courses/{course}", headers=english).get_data(as_text=True)

    for words in ("工业机器人操作与维护", "2.5", "Specialised skills", "Version 2", "Version 1"):
        assert words in page
    assert page.index("Version 2") < page.index("Version 1")
    assert "37.5" in page


def test_the_course_speaks_chinese(client, course):
    page = client.get(f"/courses/{course}", headers={"Accept-Language": "zh-CN"}).get_data(
        as_text=True
    )

    assert "考核方式" in page
    assert "专业技能" in page


def test_programs_get_the_achievement_that_credentials_name(client, course):
    answer = client.get(f"/courses/{course}", headers=JSON)
    document = json.loads(answer.data)

    assert document["id"].endswith(f"/courses/{course}")
    assert document["type"] == ["Achievement"]
    assert document["humanCode"] == course
    assert document["creditsAvailable"] == 2.5
    assert [each["version"] for each in document["assessment"]["schemes"]] == [2, 1]
    assert document["assessment"]["schemes"][0]["finalPercent"] == "62.5"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in answer.headers["Vary"]


def test_a_course_nobody_sits_has_no_minutes(client, app):
    with unit_of_work() as session:
        make = Make(session)
        code = make.course(make.paper(Mode.THESIS, scheme=False)).code

    document = json.loads(client.get(f"/courses/{code}", headers=JSON).data)

    assert document["assessment"]["minutes"] is None
    assert document["criteria"]["narrative"] == "No scheme is published yet."
    assert client.get(f"/courses/{code}").status_code == 200


@pytest.mark.parametrize("code", ["NONE", "%00", "..", "x" * 300])
def test_an_unknown_course_is_not_found(client, app, code):
    assert client.get(f"/courses/{code}").status_code in (400, 404)

"""A series of files travels to the credit bank by one command, whatever series it is."""

import json
import shutil
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from exam_centre.demo.journey.report import Report
from exam_centre.kernel.database import reading
from exam_centre.kernel.laws import Law
from exam_centre.kernel.sentences import say
from exam_centre.results.models import Outcome
from exam_centre.results.rules import OutcomeStatus
from tests.factories.series_files import write_series
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app

OUTCOMES = 36  # twelve people, three papers each
SPRING = date(2025, 6, 14)  # a series of the past is carried like any other


@pytest.fixture
def series(tmp_path):
    """The folder of a series."""
    folder = tmp_path / "series"
    write_series(folder, "2025SPR", SPRING)
    return folder


@pytest.fixture
def journey(app, series, monkeypatch):
    """Return a function that runs `flask demo journey` on the series."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    runner = app.test_cli_runner()

    def run(*more):
        return runner.invoke(args=["demo", "journey", "--data", str(series), *more])

    return run


def told(answer):
    """Return what the command told a program, without how long it took."""
    facts = json.loads(answer.stdout)
    del facts["seconds"]
    return facts


def test_every_entry_reaches_the_credit_bank_and_every_law_holds(journey, tmp_path):
    out = tmp_path / "out"

    answer = journey("--out", str(out), "--json")

    assert answer.exit_code == 0, answer.output
    facts = told(answer)
    assert facts["green"] is True
    assert facts["steps"]["outcomes"] == facts["steps"]["release"] == OUTCOMES
    laws = json.loads((out / "laws.json").read_text())
    assert laws == facts["laws"]
    assert len(laws) == 8
    assert all(law["green"] and law["left"] == law["right"] for law in laws)
    passed = facts["steps"]["credentials"]
    assert facts["steps"]["credit bank"]["pushed"] == laws[-1]["left"] == passed > 0
    assert len(list(out.glob("*certificate*.pdf"))) == passed
    assert len(list(out.glob("*-credential.jwt"))) == passed
    for name, columns in (("course-results", 15), ("conversions", 20)):
        sheet = load_workbook(out / f"2025SPR-{name}.xlsx").worksheets[0]
        assert (sheet.max_row, sheet.max_column) == (passed + 1, columns)
    assert [path.name for path in out.glob("*slips*.pdf")] == ["GX-V1-slips.pdf"]


def test_the_same_seed_tells_the_same_and_a_named_database_keeps_it(journey, config, monkeypatch):
    own = told(journey("--json", "--seed", "7"))
    monkeypatch.setenv("DATABASE_URL", config.database_url)

    kept = told(journey("--json", "--seed", "7"))
    again = journey("--json", "--seed", "7")

    assert own == kept
    assert again.exit_code == 1
    assert "planned in this database already" in again.output
    with reading() as session:
        released = select(func.count()).where(Outcome.status == OutcomeStatus.RELEASED)
        assert session.scalar(released) == OUTCOMES


def test_too_few_markers_stop_the_journey_where_they_are_missed(journey, series):
    staff = (series / "staff.csv").read_text().splitlines(keepends=True)
    (series / "staff.csv").write_text("".join(line for line in staff if ",marker," not in line))

    answer = journey()

    assert answer.exit_code == 1
    assert "Stopped at" in answer.output
    assert "1. green" in answer.output
    assert "7. RED" in answer.output


def test_a_red_law_is_no_success():
    law = Law("scripts", say("Scripts"), say("People"), 3, 4)

    assert Report(laws=[law]).green is False
    assert Report(laws=[Law("scripts", say("Scripts"), say("People"), 4, 4)]).green is True


@pytest.mark.long
def test_a_whole_series_of_an_exam_office_is_carried(app, shared, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = tmp_path / "series"
    shutil.copytree(shared / "series-small", folder)

    answer = app.test_cli_runner().invoke(args=["demo", "journey", "--data", str(folder), "--json"])

    assert answer.exit_code == 0, answer.output
    facts = told(answer)
    assert facts["steps"]["outcomes"] + facts["steps"]["deferrals"] >= 5163
    assert all(law["green"] for law in facts["laws"])

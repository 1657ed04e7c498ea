"""The timetable's commands: solve, check, export."""

import csv
import json

import pytest

from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.rules import Mode
from exam_centre.timetable.queries import COLUMNS
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.timetable.small_series import open_series
from tests.webkit.fixtures import open_account


@pytest.fixture
def run(app):
    """Run a command of the timetable and return its result."""
    return lambda *words: app.test_cli_runner().invoke(args=["timetable", *words])


@pytest.fixture
def series(app):
    """A series with an officer who may plan it; return its code."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.home(UnitLevel.NATIONAL)
        found = open_series(make)
        make.entry(make.candidate(), make.paper(Mode.THESIS), found)
        code = found.code
    open_account(Role.EXAM_OFFICER)
    return code


def test_a_series_is_solved_checked_and_exported_from_the_shell(run, series, tmp_path):
    solved = run("solve", "--series", series, "--seed", "3", "--iterations", "3000", "--json")
    assert solved.exit_code == 0, solved.output
    told = json.loads(solved.stdout.splitlines()[-1])
    assert told["written"]["placed"] == 24
    assert told["sealed"] == ""

    checked = run("check", "--series", series, "--json")
    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["hard"] == {}

    out = tmp_path / "plan.csv"
    assert run("export", "--series", series, "--out", str(out)).exit_code == 0
    rows = list(csv.reader(out.open(encoding="utf-8")))
    assert tuple(rows[0]) == COLUMNS
    assert sorted(row[3] for row in rows[1:]) == ["no_seat"] + ["placed"] * 24
    assert all(len(row) == 11 for row in rows)


def test_the_same_seed_gives_the_same_export(run, series, tmp_path):
    words = ("--series", series, "--seed", "3", "--iterations", "3000")
    texts = []
    for name in ("one.csv", "two.csv"):
        run("solve", *words)
        run("export", "--series", series, "--out", str(tmp_path / name))
        texts.append((tmp_path / name).read_text(encoding="utf-8"))

    assert texts[0] == texts[1]


def test_an_unknown_series_is_said_so(run, series):
    answer = run("solve", "--series", "NONE")

    assert answer.exit_code != 0
    assert "There is no series NONE." in answer.output

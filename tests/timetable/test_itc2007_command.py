"""The command for instances of the public examination benchmark."""

import json

import pytest
from click.testing import CliRunner

from exam_centre.cli.itc2007 import itc2007
from exam_centre.solver.examination import read_solution, validate
from tests.solver.examination.problems import Instance


@pytest.fixture
def instance(tmp_path):
    """A tiny instance file that can be planned at no cost."""
    file = tmp_path / "tiny.exam"
    file.write_bytes(Instance().text().encode())
    return file


def test_an_instance_is_planned_from_the_shell_and_its_solution_written(instance, tmp_path):
    out = tmp_path / "tiny.sln"

    done = CliRunner().invoke(
        itc2007,
        [str(instance), "--iterations", "20000", "--seed", "3", "--out", str(out), "--json"],
    )

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["distance_to_feasibility"], told["total"], told["seed"]) == (0, 0, 3)
    placing = read_solution(out.read_text(), exams=3)
    assert validate(Instance().read(), placing).distance == 0


def test_the_score_is_told_by_component(instance, tmp_path):
    done = CliRunner().invoke(
        itc2007, [str(instance), "--seconds", "0.1", "--out", str(tmp_path / "tiny.sln")]
    )

    assert done.exit_code == 0, done.output
    assert "distance_to_feasibility: 0" in done.stdout
    assert "  front_load: 0" in done.stdout


@pytest.mark.parametrize("content", [b"", b"[Exams:2]\r\n60, 1\r\n", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_instance_is_a_plain_sentence(content, tmp_path):
    file = tmp_path / "odd.exam"
    file.write_bytes(content)

    done = CliRunner().invoke(itc2007, [str(file), "--out", str(tmp_path / "odd.sln")])

    assert done.exit_code == 1
    assert "odd.exam is no such instance" in done.stderr
    assert "Traceback" not in done.output
    assert not (tmp_path / "odd.sln").exists()


def test_a_place_that_can_not_be_written_is_a_plain_sentence(instance, tmp_path):
    out = tmp_path / "missing" / "tiny.sln"

    done = CliRunner().invoke(itc2007, [str(instance), "--iterations", "10", "--out", str(out)])

    assert done.exit_code == 1
    assert "can not be written" in done.stderr

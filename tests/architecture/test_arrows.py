"""Imports point down the page: the contracts of pyproject.toml hold, and they bite."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copied_house(tmp_path: Path) -> Path:
    """A copy of the package that a test may break."""
    shutil.copytree(PACKAGE, tmp_path / "exam_centre", ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "config.py", tmp_path)
    return tmp_path


def test_every_contract_holds(copied_house):
    answer = lint(copied_house)

    assert answer.returncode == 0, answer.stdout


def test_an_arrow_against_the_journey_is_found(copied_house):
    with (copied_house / "exam_centre" / "papers" / "rules.py").open("a") as rules:
        rules.write("\nfrom exam_centre.results import models\nfrom flask import request\n")

    answer = lint(copied_house)

    assert answer.returncode == 1
    assert "Rooms follow the entry's journey; arrows point upstream BROKEN" in answer.stdout
    assert "Domain code does not know the web BROKEN" in answer.stdout

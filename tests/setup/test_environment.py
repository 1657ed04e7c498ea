"""Setting up: once where nothing changed, again where the lock did, in plain words where not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import packages
from deploy.prerequisites import CHROMIUM, Program, missing, report

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = Program("proves nothing", "no-such-package", ("no-such-program",))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (tmp_path / "requirements").mkdir()
    for kind in ("runtime", "development"):
        (tmp_path / "requirements" / f"{kind}.txt").write_text("# nothing\n")
    return tmp_path


def set_up(project: Path, kind: str) -> str:
    command = [sys.executable, "-m", "deploy.environment", kind]
    return subprocess.check_output(command, cwd=project, text=True)


def test_an_unchanged_lock_is_installed_once(project):
    assert "Installing" in set_up(project, "development")

    assert set_up(project, "development") == ""
    assert set_up(project, "runtime") == "", "the development environment holds the runtime one"

    (project / "requirements" / "development.txt").write_text("# changed\n")
    assert "Installing" in set_up(project, "development")


def test_a_package_without_a_hash_is_refused(project):
    (project / "requirements" / "runtime.txt").write_text("flask==3.1.3\n")

    refused = subprocess.run(
        [sys.executable, "-m", "deploy.environment", "runtime"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode != 0
    assert "pip could not install requirements/runtime.txt" in refused.stderr
    assert not (project / ".venv" / "installed-runtime").exists()


def test_a_missing_program_is_named_with_its_use_and_the_command_to_type():
    text = report(missing([NOWHERE]))

    assert "no-such-package: proves nothing" in text
    assert packages.command_for(["no-such-package"]) in text


def test_a_program_that_is_here_is_not_asked_for():
    here = Program("runs these very tests", "python3", ("python3",))

    assert missing([here]) == []


def test_the_newest_of_several_versions_is_chosen(tmp_path):
    for version in ("9", "15", "13"):
        program = tmp_path / version / "bin" / "tests-only-initdb"
        program.parent.mkdir(parents=True)
        program.touch()
    pattern = str((tmp_path / "*" / "bin").relative_to("/"))

    found = Program("", "", ("tests-only-initdb",), pattern).find()

    assert found == tmp_path / "15" / "bin" / "tests-only-initdb"


def test_the_command_names_every_package():
    assert packages.command_for(["chromium", "redis-server"]).endswith("-y chromium redis-server")
    assert CHROMIUM.package == "chromium"

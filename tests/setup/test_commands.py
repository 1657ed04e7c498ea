"""The commands people type: listed, described, and the same ones that machines run."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INTERNAL = {"environment", "python-version"}  # steps of other commands
PROMISED = {"help", "setup", "run", "test", "check", "bench", "faults", "lock", "format"}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def listed(*arguments: str) -> dict[str, str]:
    text = subprocess.check_output(
        ["make", "--no-print-directory", *arguments], cwd=ROOT, text=True
    )
    rows = (line.split(maxsplit=2) for line in text.splitlines())
    return {name: sentence for make, name, sentence in rows if make == "make"}


def test_help_describes_every_command_with_a_sentence():
    commands = listed("help")

    assert set(commands) == targets() - INTERNAL
    assert all(sentence.endswith(".") for sentence in commands.values())
    assert set(commands) >= PROMISED


def test_make_alone_shows_the_help():
    assert listed() == listed("help")


def test_the_build_runs_the_test_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text()
    commands = [
        line for line in script.splitlines() if line and not line.startswith(("#", "set ", "cd "))
    ]

    assert commands == ["make test"]
    assert "make test" in (ROOT / "README.md").read_text()


def test_the_build_stops_at_the_first_failure_and_can_be_run():
    assert "set -euo pipefail" in (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_what_make_makes_is_not_committed():
    ignored = ["static/assets/manifest.json", "var/keys", "node_modules/x", ".venv/x", "a/b.mo"]

    said = subprocess.run(
        ["git", "check-ignore", "--no-index", *ignored],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.stdout.split() == ignored

"""What gets installed is pinned, hashed, and names no host."""

import json
import re
from pathlib import Path

import pytest

from deploy.locks import NAMES

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*(\[[a-z,]+\])?)==\S+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
COMMENT = re.compile(r"^ *#")


def names_in(lock: Path) -> set[str]:
    return {found["name"] for found in map(PIN.match, lock.read_text().splitlines()) if found}


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_lock_is_a_pin_its_hash_or_a_comment(name):
    lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()

    strange = [line for line in lines if not any(form.match(line) for form in (PIN, HASH, COMMENT))]

    assert lines
    assert strange == []


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_a_hash(name):
    lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()

    after_pins = [lines[place + 1] for place, line in enumerate(lines) if PIN.match(line)]

    assert after_pins
    assert all(HASH.match(line) for line in after_pins)


@pytest.mark.parametrize(
    "path", [*(f"requirements/{name}.txt" for name in NAMES), "package.json", ".npmrc"]
)
def test_no_lock_names_a_host(path):
    assert not re.search(r"://|--(extra-)?index|find-links|registry *=", (ROOT / path).read_text())


def test_the_browser_lock_names_no_place_to_load_from():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {name: facts for name, facts in packages.items() if name}

    assert installed
    assert not [name for name, facts in installed.items() if "resolved" in facts]
    assert not [name for name, facts in installed.items() if "integrity" not in facts]


def test_browser_packages_are_wanted_in_exact_versions():
    package = json.loads((ROOT / "package.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]

    assert not [name for name, version in wanted.items() if not re.fullmatch(r"[\d.]+", version)]


def test_the_development_lock_holds_the_runtime_lock():
    def pins(name: str) -> set[str]:
        lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
        return {line for line in lines if PIN.match(line)}

    assert pins("runtime") <= pins("development")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_for_is_locked(name):
    asked = {
        re.split(r"[~=<>\[ ]", line)[0]
        for line in (REQUIREMENTS / f"{name}.in").read_text().splitlines()
        if line and line[0] not in "#-"
    }
    locked = {found.split("[")[0] for found in names_in(REQUIREMENTS / f"{name}.txt")}

    assert asked <= locked

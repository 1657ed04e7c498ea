"""The house keeps its plan: rooms, their files, their names, and files one can read in one go."""

import ast
import tomllib
from pathlib import Path

import pytest

from exam_centre.app import ROOMS
from tests.architecture.sources import PACKAGE, ROOT, pages, parsed, python_files, short

ROOM_FILES = {
    "views", "api", "forms", "jobs", "documents", "service", "queries", "models", "rules",
}  # fmt: skip
SHARED_PAGES = {"_components", "webkit"}
OTHER_TESTS = {
    "kernel", "adapters", "solver", "webkit", "migrations", "demo", "reference_bank", "setup",
    "factories", "databases", "banks", "architecture", "journeys", "promises", "faults",
    "benchmarks",
}  # fmt: skip
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}
LONGEST_FILE = 450  # lines


def folders(place: Path) -> set[str]:
    """Return the names of the folders in `place` that hold anything of ours."""
    return {
        folder.name
        for folder in place.iterdir()
        if folder.is_dir() and folder.name != "__pycache__" and any(folder.rglob("*.[ph][yt]*"))
    }


def strange_files(room: Path) -> set[str]:
    """Return what stands in a room that has no place there."""
    names = {path.stem for path in room.iterdir() if path.name != "__pycache__"}
    return names - ROOM_FILES - {"__init__"}


def sentences_of(room: Path) -> str:
    return (ast.get_docstring(parsed(room / "__init__.py")) or "").strip()


def test_the_rooms_are_those_of_the_plan():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = {c["id"]: c for c in settings["tool"]["importlinter"]["contracts"]}
    planned = {name.split(".")[1] for name in contracts["inside"]["containers"]}

    assert set(ROOMS) == planned
    assert planned <= folders(PACKAGE)


def test_templates_and_tests_bear_the_names_of_rooms():
    assert folders(ROOT / "templates") <= {*ROOMS} | SHARED_PAGES
    assert folders(ROOT / "tests") <= {*ROOMS} | OTHER_TESTS


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_the_files_of_a_room_and_says_what_it_is_for(room):
    sentence = sentences_of(PACKAGE / room)

    assert strange_files(PACKAGE / room) == set()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 100


def test_a_file_without_a_place_is_found(tmp_path):
    (tmp_path / "service").mkdir()
    (tmp_path / "views.py").touch()
    (tmp_path / "helpers.py").touch()

    assert strange_files(tmp_path) == {"helpers"}


def test_every_module_opens_with_what_it_is_for():
    silent = [short(p) for p in python_files("exam_centre") if not ast.get_docstring(parsed(p))]

    assert silent == []


def test_no_file_is_longer_than_one_can_read():
    lengths = {short(p): len(p.read_text().splitlines()) for p in python_files()}
    lengths |= {short(p): len(p.read_text().splitlines()) for p in pages()}

    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_file_is_named_for_nothing():
    assert [short(p) for p in python_files() if p.stem in NAMELESS] == []


def test_the_styles_stay_small():
    assert (ROOT / "static" / "css" / "centre.css").stat().st_size <= 25_000

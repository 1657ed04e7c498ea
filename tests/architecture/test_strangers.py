"""A table is written by its owner alone: in the running program, and in bulk statements."""

import ast
from pathlib import Path

import pytest

from exam_centre.accounts.models import Person
from exam_centre.app import ROOMS
from exam_centre.kernel.database import Base
from exam_centre.kernel.jobs import Job, JobStatus
from tests.architecture.sources import PACKAGE, parsed, python_files, short
from tests.architecture.strangers import WATCH, room_of

BULK = {"insert", "update", "delete"}


def run_as(module: str, code: str, **names: object) -> None:
    """Run code as if it stood in `module`."""
    exec(compile(code, module, "exec"), {"__name__": module, **names})


def foreign_names(tree: ast.Module, own: str) -> tuple[set[str], set[str]]:
    """Return what a file calls the models of other rooms, and those rooms' `models` modules."""
    models: set[str] = set()
    modules: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        parts = (node.module or "").split(".")
        if parts[0] != "exam_centre" or parts[1:2] == [own]:
            continue
        names = {alias.asname or alias.name for alias in node.names}
        modules |= {a.asname or a.name for a in node.names if a.name == "models"}
        models |= names if parts[-1] == "models" else set()
    return models, modules


def written_in_bulk(path: Path) -> list[str]:
    """Return the models of other rooms that a file gives to insert(), update() or delete()."""
    tree = parsed(path)
    models, modules = foreign_names(tree, path.relative_to(PACKAGE).parts[0].removesuffix(".py"))
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        if getattr(node.func, "id", getattr(node.func, "attr", "")) not in BULK:
            continue
        table = node.args[0]
        if getattr(table, "id", "") in models:
            found.append(f"{short(path)}:{node.lineno}")
        if isinstance(table, ast.Attribute) and getattr(table.value, "id", "") in modules:
            found.append(f"{short(path)}:{node.lineno}")
    return found


def test_the_watcher_finds_a_room_that_changes_a_row_of_another(no_strangers):
    person = Person(name="王立")

    run_as("exam_centre.results.service", "person.name = 'x'", person=person)

    assert [(s.room, s.model, s.attribute) for s in no_strangers.found] == [
        ("results", "Person", "name")
    ]
    no_strangers.found.clear()


def test_the_watcher_finds_a_room_that_makes_a_row_of_another(no_strangers):
    run_as("exam_centre.papers.service", "Person()", Person=Person)

    assert ("papers", "Person", "(new row)") in {
        (s.room, s.model, s.attribute) for s in no_strangers.found
    }
    no_strangers.found.clear()


def test_the_owner_and_the_kernel_acting_for_it_are_no_strangers(no_strangers):
    person = Person(name="王立")
    run_as("exam_centre.accounts.service.people", "person.name = 'x'", person=person)

    assert no_strangers.found == []


def test_a_room_does_not_change_a_job_behind_the_kernels_back(no_strangers):
    job = Job(kind="x", status=JobStatus.WAITING)

    run_as("exam_centre.credits.service", "job.status = 'done'", job=job)

    assert [s.room for s in no_strangers.found] == ["credits"]
    no_strangers.found.clear()


def test_every_model_of_every_room_is_watched(no_strangers):
    owners = {room_of(m.class_.__module__) for m in Base.registry.mappers}

    assert WATCH.models >= {m.class_ for m in Base.registry.mappers}
    assert owners <= {*ROOMS, "kernel"}


@pytest.mark.parametrize(
    "code",
    [
        "from exam_centre.accounts.models import Person\nupdate(Person).values(name='x')",
        "from exam_centre.accounts.models import Person as P\nsession.execute(delete(P))",
        "from exam_centre.accounts import models as people\nsa.insert(people.Person)",
    ],
)
def test_a_bulk_statement_on_another_rooms_table_is_found(tmp_path, monkeypatch, code):
    room = tmp_path / "results"
    room.mkdir()
    (room / "service.py").write_text(code)
    monkeypatch.setattr("tests.architecture.test_strangers.PACKAGE", tmp_path)
    monkeypatch.setattr("tests.architecture.test_strangers.short", str)

    assert len(written_in_bulk(room / "service.py")) == 1


def test_no_room_writes_anothers_table_in_bulk():
    found = [line for path in python_files("exam_centre") for line in written_in_bulk(path)]

    assert found == []

"""A status moves along its flow: each has one, and nobody assigns it by hand."""

import ast
from enum import StrEnum
from pathlib import Path

import pytest

from exam_centre.app import ROOMS
from exam_centre.kernel.database import Base
from exam_centre.kernel.flow import Flow, Moving
from tests.architecture.sources import python_files, short

THE_PLACE = "exam_centre/kernel/flow.py"


def statuses() -> list[tuple[type, type[StrEnum]]]:
    """Return (model, enum) of every column called `status` that holds an enum."""
    found = []
    for mapper in Base.registry.mappers:
        column = mapper.columns.get("status")
        kind = getattr(column.type, "enum_class", None) if column is not None else None
        if kind is not None:
            found.append((mapper.class_, kind))
    return found


def assignments(tree: ast.AST) -> list[int]:
    """Return the lines that assign to an attribute called `status`, setattr included.

    Two things only look like it: a refusal that keeps a status as its fact, in its own __init__,
    and a mark, whose status stands beside its number and is assigned together with it.
    """
    if isinstance(tree, ast.FunctionDef) and tree.name == "__init__":
        return []
    lines = [line for child in ast.iter_child_nodes(tree) for line in assignments(child)]
    targets: list[ast.expr] = []
    if isinstance(tree, ast.Assign):
        targets = tree.targets
    elif isinstance(tree, ast.AnnAssign | ast.AugAssign):
        targets = [tree.target]
    elif isinstance(tree, ast.Call) and getattr(tree.func, "id", "") == "setattr":
        named = tree.args[1] if len(tree.args) > 1 else None
        if getattr(named, "value", "") == "status":
            lines.append(tree.lineno)
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        names = {part.attr for part in parts if isinstance(part, ast.Attribute)}
        if "status" in names and "score" not in names:
            lines.append(target.lineno)
    return lines


def by_hand(path: Path) -> list[str]:
    return [f"{short(path)}:{line}" for line in assignments(ast.parse(path.read_text()))]


def test_every_lifecycle_has_a_flow_over_all_of_its_statuses():
    lifecycles = [(m, kind) for m, kind in statuses() if issubclass(m, Moving)]

    assert len(lifecycles) >= 15, ROOMS
    for model, kind in lifecycles:
        assert isinstance(model.flow, Flow), model
        assert model.flow.statuses is kind, model
        assert set(model.flow.moves) == set(kind), model


def test_a_status_without_a_flow_never_changes():
    # A mark's status is a fact beside its number and not a stage: such a row has no flow.
    bare = {m.__name__ for m, _kind in statuses() if not issubclass(m, Moving)}

    assert bare <= {
        "AssignmentMark",
        "EngineMark",
        "FormativeChange",
        "FormativeMark",
        "Mark",
        "PracticalMark",
        "ThesisMark",
    }


def test_a_status_is_assigned_in_one_place_alone():
    lines = [line for path in python_files("exam_centre") for line in by_hand(path)]

    assert {line.split(":")[0] for line in lines} == {THE_PLACE}
    assert len(lines) == 1


@pytest.mark.parametrize(
    "code",
    [
        "row.status = 1",
        "row.other, row.status = 1, 2",
        "row.status: int = 3",
        "setattr(row, 'status', 4)",
        "def act(row):\n    if row:\n        row.status = 5",
    ],
)
def test_an_assignment_by_hand_is_found(code):
    assert len(assignments(ast.parse(code))) == 1

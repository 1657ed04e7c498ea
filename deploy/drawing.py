"""Draws docs/data.md from the tables themselves: owners, keys, and what each table promises.

python -m deploy.drawing        say whether the page is stale
python -m deploy.drawing write  draw it anew
"""

import pkgutil
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import CheckConstraint, Column, Index, MetaData, Table, UniqueConstraint

import exam_centre
from exam_centre.kernel import audit, jobs
from exam_centre.kernel.database import Base
from exam_centre.kernel.guards import Guard, declared

PAGE = Path(__file__).resolve().parent.parent / "docs" / "data.md"
KERNEL_TABLES = (audit.AuditRow, jobs.Job)  # no room's models import them
GROUPS = (
    ("People and places", ("organisation", "accounts", "venues")),
    ("What is sat, and by whom", ("calendar", "papers", "entries")),
    ("When and where", ("timetable",)),
    ("The day", ("conduct", "custody", "admission", "invigilation")),
    ("How a mark comes about", ("marking", "theses", "practicals")),
    ("Outcomes, credentials, credits", ("results", "certificates", "credits")),
    ("What every room shares", ("kernel",)),
)
INTRODUCTION = """# The data

Every table, the one room that writes it, and what the database itself promises, whoever writes the
SQL. This page is drawn from the models by `python -m deploy.drawing write`, and a test says when it
is stale. Words are those of the [glossary](glossary.md); numbers are in [rules](rules.md).

How to read a promise: *one per ...* is a unique key, *one per ... while* a key that binds only rows
in that state. What is **bold** is a guard, a trigger that refuses what neither a key nor a check
can see, alike on SQLite and PostgreSQL; the rest are checks. Public ids (`token`) are unique, too.
"""
TOKEN = ["token"]  # every public id is a key, which says nothing about its table
BARE = {"counts", "score"}  # names of checks that say less than their condition
CARDINALITIES = {  # (the column may be empty, the column is a key of its own)
    (False, False): "||--o{",
    (True, False): "|o--o{",
    (False, True): "||--o|",
    (True, True): "|o--o|",
}


@cache
def metadata() -> MetaData:
    """Return the metadata of the whole centre, every room's models imported."""
    for found in pkgutil.iter_modules(exam_centre.__path__):
        models = f"exam_centre.{found.name}.models"
        if found.ispkg and find_spec(models):
            import_module(models)
    return Base.metadata


@cache
def owners() -> dict[str, str]:
    """Return each table's owner: the room that alone writes it."""
    metadata()
    return {
        str(mapper.local_table.description): mapper.class_.__module__.split(".")[1]
        for mapper in Base.registry.mappers
    }


def draw() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for title, rooms in GROUPS:
        tables = [t for t in metadata().sorted_tables if owners()[t.name] in rooms]
        parts += [f"## {title}\n", "```mermaid", *_diagram(tables), "```\n"]
        parts += ["| table | owner | what it promises |", "|---|---|---|"]
        for table in sorted(tables, key=lambda t: (rooms.index(owners()[t.name]), t.name)):
            promises = "; ".join(_promises(table)) or "nothing beyond its key"
            parts.append(f"| `{table.name}` | {owners()[table.name]} | {promises} |")
        parts.append("")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Check or write the page; returns 1 where it is stale."""
    if arguments == ["write"]:
        PAGE.write_text(draw(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == draw():
        return 0
    print(f"{PAGE.name} is stale: python -m deploy.drawing write")
    return 1


def _diagram(tables: list[Table]) -> Iterator[str]:
    yield "erDiagram"
    for table in tables:
        yield f"    {table.name} {{"
        for column in table.columns:
            marks = _marks(table, column)
            if marks or column.name == "status":
                kind = str(column.type).split("(")[0].lower().replace(" ", "_")
                yield f"        {kind} {column.name} {', '.join(marks)}".rstrip()
        yield "    }"
    for table in tables:
        for column in table.columns:
            for key in column.foreign_keys:
                shape = CARDINALITIES[bool(column.nullable), _is_unique(table, column)]
                there = key.target_fullname.split(".")[0]
                yield f"    {there} {shape} {table.name} : {column.name}"


def _marks(table: Table, column: Column[object]) -> list[str]:
    marks = ["PK"] if column.primary_key else []
    marks += ["FK"] if column.foreign_keys else []
    return marks + (["UK"] if _is_unique(table, column) and not column.primary_key else [])


def _is_unique(table: Table, column: Column[object]) -> bool:
    keys = [table.primary_key, *table.constraints]
    return any(
        list(key.columns) == [column]
        for key in keys
        if key is table.primary_key or isinstance(key, UniqueConstraint)
    )


def _promises(table: Table) -> Iterator[str]:
    for constraint in sorted(table.constraints, key=lambda c: str(c.name)):
        if isinstance(constraint, UniqueConstraint) and list(constraint.columns.keys()) != TOKEN:
            yield f"one per {_names(constraint.columns.keys())}"
    for index in sorted(table.indexes, key=lambda i: str(i.name)):
        if index.unique:
            yield f"one per {_names(index.columns.keys())}{_while(index)}"
    checks = [c for c in table.constraints if isinstance(c, CheckConstraint)]
    for check in sorted(checks, key=lambda c: str(c.name)):
        name = str(check.name).removeprefix(f"ck_{table.name}_")
        # An enum's check says only that its word is known.
        if not name.endswith("_is_known"):
            yield f"`{check.sqltext}`" if name in BARE | set(table.columns.keys()) else _words(name)
    for guard in sorted(declared(metadata()), key=lambda g: g.name):
        if guard.table == table.name:
            yield _guard_in_words(guard)


def _names(columns: list[str]) -> str:
    names = [_words(name.removesuffix("_id")) for name in columns]
    return " and ".join(", ".join(names).rsplit(", ", 1))


def _while(index: Index) -> str:
    condition = index.dialect_options["postgresql"].get("where")
    return "" if condition is None else f" while `{condition}`"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _guard_in_words(guard: Guard) -> str:
    if guard.name == f"{guard.table}_status_moves_along_its_flow":
        return "**status moves along its flow**"
    return f"**{_words(guard.name)}** ({', '.join(event.lower() for event in guard.on)})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

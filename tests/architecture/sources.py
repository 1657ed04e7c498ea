"""The project's own files, as guards read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "exam_centre"
CODE = ("exam_centre", "reference_bank", "deploy", "tests", "benchmarks")


def python_files(*folders: str) -> Iterator[Path]:
    """Yield the Python files below `folders`; without any, all of the project's."""
    for folder in folders or CODE:
        yield from sorted((ROOT / folder).rglob("*.py"))
    if not folders:
        yield from sorted(ROOT.glob("*.py"))


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def pages() -> list[Path]:
    """Return every template."""
    return sorted((ROOT / "templates").rglob("*.html"))


def short(path: Path) -> str:
    """Return the path as people write it."""
    return path.relative_to(ROOT).as_posix()

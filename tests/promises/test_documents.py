"""The documents on data, words and numbers say what the code says."""

import ast
import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from deploy import drawing
from deploy.drawing import metadata
from exam_centre.calendar.models import RuleProfile
from exam_centre.calendar.rules import FIRST_RULES, RULE_RANGES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "exam_centre"
ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """Return the cells of each row of a page's tables whose first cell is code."""
    return [[first, *rest.split(" | ")] for first, rest in ROW.findall(text)]


def shown(value: Any) -> str | None:
    """Return a number as the page shows it, or None for what is no number."""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        step, unit = next(
            (s, u) for s, u in ((3600, "h"), (60, "min"), (1, "s")) if seconds % s == 0
        )
        return f"{seconds // step} {unit}"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, range):
        return f"{value.start} to {value.stop - 1}"
    if isinstance(value, tuple):
        parts = [shown(part) for part in value]
        return ", ".join(parts) if parts and None not in parts else None
    if isinstance(value, dict):
        pairs = [(str(name), shown(part)) for name, part in value.items()]
        return ", ".join(f"{n} {v}" for n, v in pairs) if all(v for _, v in pairs) else None
    return None


def constants(files: list[Path]) -> dict[tuple[str, str], str]:
    """Return every number that is given an upper-case name, by name and file."""
    found = {}
    for file in files:
        module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            targets += [node.target] if isinstance(node, ast.AnnAssign) else []
            for name in (t.id for t in targets if isinstance(t, ast.Name) and t.id.isupper()):
                value = shown(getattr(module, name))
                if (
                    value
                    and not name.startswith("_")
                    and name not in ("RULE_RANGES", "FIRST_RULES")
                ):
                    found[name, str(file.relative_to(PACKAGE))] = value
    return found


def test_the_drawing_of_the_data_is_not_stale():
    assert page("data.md") == drawing.draw(), "python -m deploy.drawing write"


def test_every_table_is_drawn_once_with_its_owner():
    drawn = [(cells[0], cells[1]) for cells in rows(page("data.md"))]

    assert sorted(drawn) == sorted(drawing.owners().items())


def test_a_page_that_is_behind_the_tables_is_called_stale(monkeypatch, tmp_path, capsys):
    behind = tmp_path / "data.md"
    monkeypatch.setattr(drawing, "PAGE", behind)
    behind.write_text(drawing.draw().replace("`scans`", "`glances`", 1), encoding="utf-8")

    assert drawing.main([]) == 1
    assert "stale" in capsys.readouterr().out
    drawing.main(["write"])
    assert drawing.main([]) == 0


def test_every_table_has_its_word_in_the_glossary():
    named = re.findall(r"\| `(\w+)` \|$", page("glossary.md"), re.MULTILINE)

    assert sorted(named) == sorted(metadata().tables)


def test_every_word_of_the_glossary_is_said_once_and_in_both_languages():
    lines = [line for line in page("glossary.md").splitlines() if line.startswith("| ")]
    words = [line.split(" | ")[:3] for line in lines if "中文" not in line]

    assert [word for word, n in Counter(w[0] for w in words).items() if n > 1] == []
    for word, chinese, meaning in words:
        assert re.search(r"[\u4e00-\u9fff]", chinese), word
        assert len(meaning.split()) > 3, word


@pytest.mark.parametrize("where", ["rooms", "kernel"])
def test_every_number_of_the_rules_is_listed_with_its_value(where):
    if where == "rooms":
        files = [*PACKAGE.glob("*/rules.py"), *PACKAGE.glob("*/rules/*.py")]
    else:
        files = list((PACKAGE / "kernel").glob("*.py"))
    in_code = constants(sorted(files))
    listed = {
        (cells[0], cells[1]): cells[2]
        for cells in rows(page("rules.md"))
        if len(cells) == 5 and cells[1].startswith("kernel/") == (where == "kernel")
    }

    assert listed == in_code


def test_every_number_has_a_meaning_and_a_source():
    for cells in rows(page("rules.md")):
        assert all(cell.strip() for cell in cells), cells[0]
        assert len(cells) in (3, 4, 5)


def test_the_defaults_of_a_rule_profile_are_listed():
    listed = {cells[0]: cells[1] for cells in rows(page("rules.md")) if len(cells) == 4}
    for column in RuleProfile.__table__.columns:
        if column.default is not None:
            value = column.default.arg
            words = ("yes" if value else "no") if isinstance(value, bool) else str(value)
            assert listed.pop(column.name) == words, column.name

    first = {name: "none" if value is None else str(value) for name, value in FIRST_RULES.items()}
    assert listed == first


def test_the_ranges_of_a_rule_profile_are_listed():
    listed = {cells[0]: tuple(cells[1:]) for cells in rows(page("rules.md")) if len(cells) == 3}

    assert listed == {name: (str(low), str(high)) for name, (low, high) in RULE_RANGES.items()}

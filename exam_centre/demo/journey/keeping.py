"""How a journey keeps files in a folder, and the laws beside them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from exam_centre.kernel.laws import Law

Progress = Callable[[int, int], None]
File = tuple[str, bytes]  # its name, and what is in it
Writer = Callable[[Progress], Iterator[File]]  # tells how far it is


def keep_files(folder: Path, writer: Writer, progress: Progress) -> int:
    """Write what `writer` gives into `folder`, made where it is missing; return how many files."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = 0
    for name, content in writer(progress):
        (folder / name).write_bytes(content)
        kept += 1
    return kept


def keep_laws(folder: Path, laws: list[Law]) -> None:
    """Write the laws as `laws.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = json.dumps(laws_as_rows(laws), ensure_ascii=False, indent=1)
    (folder / "laws.json").write_text(rows + "\n", encoding="utf-8")


def laws_as_rows(laws: list[Law]) -> list[dict[str, Any]]:
    """Return the laws as plain rows: name, both sides, whether they hold, and what breaks them."""
    return [
        {
            "name": law.name,
            "left": law.left,
            "right": law.right,
            "green": law.green,
            "rows": [{"subject": row.subject, "text": str(row.text)} for row in law.rows],
        }
        for law in laws
    ]

"""The rows that every implementation of the door's rule is held against."""

import json
from pathlib import Path
from typing import Any

FILE: dict[str, Any] = json.loads((Path(__file__).parent / "verdicts.json").read_text())
ROWS: list[dict[str, Any]] = FILE["rows"]  # a row says only what differs from the file's own row


def plain_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with everything a verdict needs said; seconds from the start of the paper."""
    whole = FILE["row"] | row
    profile = {name: whole[name] for name in ("doors_open", "late_limit")}
    return whole | {"profile": profile, "places": [FILE["place"] | p for p in row["places"]]}

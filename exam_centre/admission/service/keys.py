"""The keys that sign slips, read from their folder once."""

from functools import lru_cache
from pathlib import Path

from exam_centre.kernel.keys import KeyRing, load_ring

PURPOSE = "slip"


def slip_keys(folder: Path) -> KeyRing:
    """Return the slip keys of an install; one added since is known at once.

    Raises FileNotFoundError where none were made: run `flask keys make`.
    """
    return _ring(folder, (folder / PURPOSE).stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _ring(folder: Path, _changed_at: int) -> KeyRing:
    return load_ring(folder, PURPOSE)

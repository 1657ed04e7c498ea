"""Lists of ids cut into pieces that one statement takes."""

from collections.abc import Iterable
from typing import Any

from exam_centre.certificates.queries import AT_ONCE


def chunks(values: Iterable[Any]) -> list[list[Any]]:
    """Return the distinct values in lists short enough for one statement."""
    wanted = sorted(set(values))
    return [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]

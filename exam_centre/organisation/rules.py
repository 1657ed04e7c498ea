"""The four levels of the university and what stands under what."""

from enum import StrEnum

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say


class UnitLevel(StrEnum):
    """Headquarters, province, prefecture, county, from the top."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    PREFECTURAL = "prefectural"
    COUNTY = "county"


DEPTH = {level: depth for depth, level in enumerate(UnitLevel)}


class WrongParent(BadInput):
    """A unit would stand under one that is not above it."""

    code = "wrong_parent"

    def __init__(self, level: UnitLevel) -> None:
        super().__init__(
            say("A unit of level {level} needs a parent of a higher level.", level=level.value)
        )


def check_parent(level: UnitLevel, parent: UnitLevel | None) -> None:
    """Raise WrongParent unless `parent` is above `level`; only headquarters has none."""
    if (parent is None) != (level is UnitLevel.NATIONAL):
        raise WrongParent(level)
    if parent is not None and DEPTH[parent] >= DEPTH[level]:
        raise WrongParent(level)

"""Columns of the planner's tables, made of plain lists."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def ints(values: Sequence[int] | Sequence[Sequence[int]]) -> NDArray[np.int32]:
    """Return whole numbers as a column, or a grid of them."""
    return np.array(values, dtype=np.int32)


def flags(values: Sequence[bool] | Sequence[Sequence[bool]]) -> NDArray[np.bool_]:
    """Return yes and no as a column, or a grid of them."""
    return np.array(values, dtype=np.bool_)


def degrees(values: Sequence[float]) -> NDArray[np.float64]:
    """Return latitudes or longitudes as a column."""
    return np.array(values, dtype=np.float64)

"""Frozen tables of columns, and the kinds of arrays the solvers speak of."""

from dataclasses import dataclass, fields
from typing import Annotated, get_type_hints

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]
Degrees = NDArray[np.float64]


# What a column holds and over how many axes; the first axis is the table's own.
IntColumn = Annotated[Ints, np.int32, 1]
IntGrid = Annotated[Ints, np.int32, 2]
FlagColumn = Annotated[Flags, np.bool_, 1]
FlagGrid = Annotated[Flags, np.bool_, 2]
DegreeColumn = Annotated[Degrees, np.float64, 1]


@dataclass(frozen=True)
class Table:
    """Columns of one length. Raises ValueError where a column has another length or rank."""

    def __post_init__(self) -> None:
        length: int | None = None
        for name, hint in get_type_hints(type(self), include_extras=True).items():
            kind, axes = hint.__metadata__
            array = np.array(getattr(self, name), dtype=kind, order="C")
            if array.ndim != axes:
                raise ValueError(f"{name} has {array.ndim} axes, not {axes}")
            length = len(array) if length is None else length
            if len(array) != length:
                raise ValueError(f"{name} has {len(array)} rows, the others {length}")
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

"""Compiled functions and a random stream that is the same on every machine: integers only."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile `function` at its first call; the result is kept on disk beside the source."""
    made: Callable[_P, _R] = numba.njit(cache=True)(function)
    return made


def stream(seed: int) -> Words:
    """Return a random stream's state, shape (1,); streams of different seeds are unrelated."""
    spread = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % 2**64
    return np.array([spread or 1], dtype=np.uint64)


def inner(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile `function` for other compiled functions alone: half the compiling, same speed.

    It has no entry from Python: calling it from there would end the process.
    """
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    made: Callable[_P, _R] = numba.njit(function, cache=True, **options)
    return made


def bare(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile `function` without counting references to arrays; it may make no array.

    Counting costs more than the work itself where many small steps each touch many arrays.
    """
    options: dict[str, Any] = {"_nrt": False}
    made: Callable[_P, _R] = numba.njit(function, cache=True, **options)
    return made


def woven(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Compile `function` into each compiled function that calls it, as `bare` and `inner` do.

    A call would hand over every array of a state one by one.
    """
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    options |= {"forceinline": True, "_nrt": False}
    made: Callable[_P, _R] = numba.njit(function, cache=True, **options)
    return made


@compiled
def below(state: Words, limit: int) -> int:
    """Draw a whole number of 0..limit-1 and move the stream on.

    Source  G. Marsaglia, "Xorshift RNGs", J. Stat. Softw. 8(14), 2003, with the multiplier of
            S. Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016.
    """
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    mixed = (x * np.uint64(2685821657736338717)) >> np.uint64(33)
    return np.int64(mixed % np.uint64(limit))  # type: ignore[return-value]

"""How far people travel, and to where at the least."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exam_centre.solver.engine.arrays import Ints
from exam_centre.solver.park.problem import ParkProblem

EARTH_RADIUS_KM = 6371.0088


def kilometres(
    latitude: ArrayLike, longitude: ArrayLike, to_latitude: ArrayLike, to_longitude: ArrayLike
) -> NDArray[np.float64]:
    """Return great-circle kilometres between points given in degrees; the shapes broadcast.

    Source  R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68(2), 1984, 159.
    """
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    across = np.radians(np.asarray(to_longitude) - np.asarray(longitude))
    half = np.sin((to_phi - phi) / 2) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(across / 2) ** 2
    length: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return length


def places(problem: ParkProblem) -> tuple[Ints, Ints]:
    """Return (C,) the place each candidate's journeys begin, and (L, V) metres from it to venues.

    Candidates of the same coordinates share a place; places are in order of their coordinates.
    """
    people = problem.candidates
    points = np.stack([people.latitude, people.longitude], axis=1)
    unique, place = np.unique(points, axis=0, return_inverse=True)
    unique = unique.reshape(-1, 2)
    apart = kilometres(
        unique[:, :1],
        unique[:, 1:],
        problem.venues.latitude[None, :],
        problem.venues.longitude[None, :],
    )
    metres: Ints = np.rint(apart * 1000).astype(np.int32)
    return place.reshape(-1).astype(np.int32), metres


def nearest_metres(problem: ParkProblem) -> Ints:
    """Return (E,) metres to the nearest venue with a suitable room, whatever is full or clashes.

    -1 where no venue has one. This is the bound mean travel is compared with.
    """
    place, metres = places(problem)
    kinds = problem.papers.kinds[problem.entries.paper]
    nearest = np.full(len(problem.entries), -1, dtype=np.int32)
    for mask in np.unique(kinds):
        suits = (mask >> problem.rooms.kind) & 1 == 1
        suits &= problem.rooms.open.any(axis=1)
        venues = np.unique(problem.rooms.venue[suits])
        if len(venues):
            mine = kinds == mask
            at = place[problem.entries.candidate[mine]]
            nearest[mine] = metres[:, venues].min(axis=1)[at]
    return nearest

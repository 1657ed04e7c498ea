"""Sealed allocations: all that a search was told, in a file that strangers can search again.

The file holds codes and numbers, the parts of the seed and the places found, and no name, student
number or identity document. docs/sealed-allocation.md says what stands where.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.solver.park import (
    Candidates,
    Entries,
    LockBroken,
    Locks,
    Orders,
    Papers,
    ParkPlan,
    ParkProblem,
    Periods,
    Placing,
    ProblemHasComplaints,
    Rooms,
    Rules,
    Seats,
    Venues,
    repair,
    solve,
)
from exam_centre.timetable import queries
from exam_centre.timetable.models import Plan, SealedAllocation
from exam_centre.timetable.queries.kept import Kept
from exam_centre.timetable.queries.problem import Planning
from exam_centre.timetable.rules import (
    ALGORITHM,
    MovedSinceSearch,
    NotAnAllocation,
    NotReproducible,
    seed_of,
)

FORMAT = "sealed-allocation 2"
SHOWN_PLACES = 5  # places that differ, said one by one; the count is of all
TABLES = {
    "periods": Periods,
    "venues": Venues,
    "rooms": Rooms,
    "seats": Seats,
    "papers": Papers,
    "candidates": Candidates,
    "entries": Entries,
    "rules": Rules,
    "orders": Orders,
}


@dataclass(frozen=True)
class Reproduced:
    """What a search anew says about a file; no difference: the same to the byte."""

    series: str
    plan: int
    entries: int
    placed: int
    problem_sha256: str  # of what the file tells
    placing_sha256: str  # of what the search found anew, "" where it could not be run
    differences: tuple[Sentence, ...]

    @property
    def same(self) -> bool:
        """Whether file and search are the same to the byte."""
        return not self.differences


def keep_allocation(
    session: Session,
    plan: Plan,
    planning: Planning,
    kept: Kept,
    found: ParkPlan,
    *,
    before: Placing | None,
    iterations: int | None,
    now: datetime,
) -> SealedAllocation | None:
    """Keep what a search was told beside the plan it sealed, instead of what was kept before.

    before      the public places a repair began with, None where it was none.
    iterations  what the search ended by, None where it was time.

    Nothing is kept, and None returned, where nobody could repeat the search: it ended by time, was
    stopped, or drew by a seed that two people did not make.
    """
    session.execute(delete(SealedAllocation).where(SealedAllocation.plan_id == plan.id))
    parts = [row.part for row in queries.seed_parts(session, plan)]
    if iterations is None or not found.complete or len(parts) < 2 or seed_of(parts) != found.seed:
        return None
    content = _written(plan, planning, kept, found, parts, before, iterations)
    row = SealedAllocation(
        plan_id=plan.id,
        result_sha256=plan.result_sha256,
        file_sha256=file_sha256(content),
        packed=gzip.compress(content, mtime=0),
        at=now,
    )
    session.add(row)
    return row


def allocation_file(session: Session, plan: Plan) -> bytes:
    """Return the file of a plan, the same bytes each time.

    Raises NotReproducible where none was kept, MovedSinceSearch where hands changed the plan since.
    """
    row = session.scalar(select(SealedAllocation).where(SealedAllocation.plan_id == plan.id))
    if row is None:
        raise NotReproducible(plan.number)
    if row.result_sha256 != plan.result_sha256:
        raise MovedSinceSearch(plan.number)
    return gzip.decompress(row.packed)


def reproduce(content: bytes) -> Reproduced:
    """Search anew for what a file tells, with nothing but the file. Raises NotAnAllocation."""
    told = _read(content)
    try:
        problem = ParkProblem(**{name: TABLES[name](**told["problem"][name]) for name in TABLES})
        said = _placing(told["result"])
        locks = _locks(told["locks"])
        before = None if told["before"] is None else _placing(told["before"])
        parts, iterations = [str(part) for part in told["seed_parts"]], int(told["iterations"])
        own_sha256, said_sha256 = problem.fingerprint(), said.fingerprint()
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NotAnAllocation from error
    differences = list(_of_the_file(told, own_sha256, said_sha256, parts))
    found: ParkPlan | None = None
    try:
        way = solve if before is None else partial(repair, placing_before=before)
        found = way(problem, seed=seed_of(parts), iterations=iterations, locked=locks)
    except (ProblemHasComplaints, LockBroken, IndexError, ValueError) as error:
        differences.append(say("The search can not be run on it: {error}.", error=str(error)))
    if found is not None:
        differences.extend(_of_the_places(told, said, found))
    return Reproduced(
        series=str(told["series"]),
        plan=int(told["plan"]),
        entries=len(problem.entries),
        placed=int(said.placed().sum()),
        problem_sha256=own_sha256,
        placing_sha256="" if found is None else found.fingerprint(),
        differences=tuple(differences),
    )


def file_sha256(content: bytes) -> str:
    """Return the SHA-256 of a file, as the door list and `sha256sum` say it."""
    return hashlib.sha256(content).hexdigest()


def _written(
    plan: Plan,
    planning: Planning,
    kept: Kept,
    found: ParkPlan,
    parts: list[str],
    before: Placing | None,
    iterations: int,
) -> bytes:
    problem, desks = planning.problem, planning.desks
    locks = kept.locks(len(planning.entries))
    told = {
        "format": FORMAT,
        "series": planning.series.code,
        "plan": plan.number,
        "algorithm": ALGORITHM,
        "seed_parts": parts,
        "seed": str(found.seed),
        "iterations": iterations,
        "problem_sha256": problem.fingerprint(),
        "placing_sha256": found.fingerprint(),
        "input_sha256": plan.input_sha256,
        "result_sha256": plan.result_sha256,
        "codes": {
            "periods": [period.code for period in planning.periods],
            "venues": [venue.code for venue in desks.venues],
            "rooms": [room.code for room in desks.rooms],
            "papers": [paper.code for paper in planning.papers],
        },
        "problem": {name: _plain(getattr(problem, name)) for name in TABLES},
        "locks": None if locks is None else _plain(locks),
        "before": None if before is None else _places(before),
        "result": _places(found),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _places(placing: Placing) -> dict[str, list[int]]:
    return {field.name: getattr(placing, field.name).tolist() for field in fields(Placing)}


def _plain(table: Any) -> dict[str, Any]:
    return {field.name: _values(getattr(table, field.name)) for field in fields(table)}


def _values(column: Any) -> Any:
    array = np.asarray(column)
    return (array.astype(np.int8) if array.dtype == np.bool_ else array).tolist()


def _read(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NotAnAllocation from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NotAnAllocation
    return told


def _column(values: Any) -> Any:
    return np.array(values, dtype=np.int32)


def _placing(told: Any) -> Placing:
    return Placing(*(_column(told[field.name]) for field in fields(Placing)))


def _locks(told: Any) -> Locks | None:
    if told is None:
        return None
    return Locks(*(_column(told[field.name]) for field in fields(Locks)))


def _of_the_file(
    told: dict[str, Any], own_sha256: str, said_sha256: str, parts: list[str]
) -> Iterator[Sentence]:
    """Yield what does not agree within the file, or with this program."""
    if told["algorithm"] != ALGORITHM:
        yield say(
            "It was made by {said}; this program has {here}.",
            said=str(told["algorithm"]),
            here=ALGORITHM,
        )
    if str(told["seed"]) != str(seed_of(parts)):
        yield say("The seed is not what the two parts make: {seed}.", seed=str(seed_of(parts)))
    if told["problem_sha256"] != own_sha256:
        yield say(
            "What the search was told was changed: its hash is {here}, the file says {said}.",
            here=own_sha256,
            said=str(told["problem_sha256"]),
        )
    if told["placing_sha256"] != said_sha256:
        yield say(
            "The places were changed: their hash is {here}, the file says {said}.",
            here=said_sha256,
            said=str(told["placing_sha256"]),
        )


def _of_the_places(told: dict[str, Any], said: Placing, found: Placing) -> Iterator[Sentence]:
    """Yield which places of the file the search does not find."""
    columns = [(getattr(said, field.name), getattr(found, field.name)) for field in fields(Placing)]
    if any(here.shape != there.shape for here, there in columns):
        yield say("The file places another number of entries than it tells of.")
        return
    differ = np.flatnonzero(np.any([here != there for here, there in columns], axis=0))
    if not len(differ):
        return
    yield say("{count} entries are at another place than the search finds.", count=len(differ))
    for entry in differ[:SHOWN_PLACES].tolist():
        yield say(
            "Entry {entry}: the file says {said}, the search finds {found}.",
            entry=entry,
            said=_where(told, said, entry),
            found=_where(told, found, entry),
        )


def _where(told: dict[str, Any], placing: Placing, entry: int) -> str:
    """Return a place in codes, e.g. "P03 V012 201 #17", or "-"."""
    period, room, seat = (int(c[entry]) for c in (placing.period, placing.room, placing.seat))
    codes, problem = told["codes"], told["problem"]
    try:
        if min(period, room, seat) < 0:
            return "-"
        venue = codes["venues"][problem["rooms"]["venue"][room]]
        number = problem["seats"]["number"][seat]
        return f"{codes['periods'][period]} {venue} {codes['rooms'][room]} #{number}"
    except (IndexError, KeyError, TypeError):
        return "?"

"""Reads a folder of series files into the planner's arrays, for tests and measurements.

This is not the centre's import: the files are trusted, and what they do not say is assumed here
in plain sight (which desk of a wheelchair room is the accessible one, how fast people travel).
"""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from python_calamine import CalamineWorkbook

from exam_centre.solver.park import (
    Candidates,
    DutyRules,
    Entries,
    Papers,
    ParkProblem,
    Periods,
    Rooms,
    Rules,
    Seats,
    Staff,
    Venues,
    kilometres,
)
from exam_centre.venues.rules import Door, Pattern, desk_numbers

Row = dict[str, str]
KINDS = {"standard": 0, "computer": 1, "workshop": 2}
SUITABLE = {"paper": 0b011, "listening": 0b011, "computer": 0b010, "practical": 0b100}
WRITTEN = {"paper", "listening"}
REST_AFTER_NIGHT = timedelta(hours=8)
ROAD_KM_AN_HOUR = 40
CHANGE_MINUTES = 15  # out of one building and into another
NEVER = 30_000


@dataclass(frozen=True)
class SeriesArrays:
    """A series' planning problem, its staff, and the codes behind the indices."""

    problem: ParkProblem
    staff: Staff
    duty_rules: DutyRules
    people: list[str]
    papers: list[str]
    rooms: list[tuple[str, str]]


def read_series(folder: Path) -> SeriesArrays:
    """Return the series in `folder` (papers that need no seat left out)."""
    periods = _rows(folder / "periods.csv")
    spans = [(_moment(r["date"], r["starts"]), _moment(r["date"], r["ends"])) for r in periods]
    venues = _rows(folder / "venues.csv")
    rooms = _rows(folder / "rooms.csv")
    papers = [r for r in _rows(folder / "papers.csv") if r["mode"] in SUITABLE]
    people = _rows(folder / "people.csv", "gb18030")
    enterprises = {r["enterprise_code"]: r for r in _rows(folder / "enterprises.csv")}
    entries = _entry_rows(folder / "entries.xlsx")
    origin = spans[0][0].replace(hour=0, minute=0)
    venue_table = Venues(
        latitude=[float(r["lat"]) for r in venues],
        longitude=[float(r["lon"]) for r in venues],
        park=_numbers([r["park_code"] for r in venues]),
    )
    problem = ParkProblem(
        periods=Periods(
            start=[_minutes(a - origin) for a, _ in spans],
            minutes=[_minutes(b - a) for a, b in spans],
            day=[(a - origin).days for a, _ in spans],
        ),
        venues=venue_table,
        rooms=_rooms(rooms, [r["venue_code"] for r in venues], len(spans)),
        seats=_seats(rooms),
        papers=_papers(papers, len(spans)),
        candidates=_candidates(
            people, enterprises, entries, _free(_rows(folder / "shifts.csv"), spans)
        ),
        entries=_entries(entries, people, papers, [r["venue_code"] for r in venues]),
        rules=Rules(
            turnover_minutes=10,
            gap_minutes=15,
            travel_minutes=travel_minutes(venue_table),
            papers_a_day=4,
            spare_per_cent=0,
            leftover=3,
            isolation_minutes=10,
        ),
    )
    staff, duty_rules = _staff(folder, periods)
    return SeriesArrays(
        problem=problem,
        staff=staff,
        duty_rules=duty_rules,
        people=[r["person_no"] for r in people],
        papers=[r["paper_code"] for r in papers],
        rooms=[(r["venue_code"], r["room_code"]) for r in rooms],
    )


def _rows(path: Path, encoding: str = "utf-8-sig") -> list[Row]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def _entry_rows(path: Path) -> list[Row]:
    cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    header = [str(c) for c in cells[0]]
    return [dict(zip(header, (str(c) for c in row), strict=True)) for row in cells[1:]]


def _moment(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}")


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _numbers(names: list[str]) -> list[int]:
    known = {name: n for n, name in enumerate(dict.fromkeys(names))}
    return [known[name] for name in names]


def _rooms(rows: list[Row], venues: list[str], periods: int) -> Rooms:
    return Rooms(
        venue=[venues.index(r["venue_code"]) for r in rows],
        kind=[KINDS[r["type"]] for r in rows],
        rows=[int(r["rows"]) for r in rows],
        columns=[int(r["cols"]) for r in rows],
        open=np.ones((len(rows), periods), dtype=bool),
    )


def _seats(rooms: list[Row]) -> Seats:
    """The front row takes wheelchairs; a column and all tables without a side the left-handed."""
    desks: list[tuple[int, int, int, int, bool, bool]] = []
    for index, room in enumerate(rooms):
        missing = [
            (int(row), int(column))
            for row, column in (d.split("-") for d in room["blocked"].split(";") if d)
        ]
        numbers = desk_numbers(
            int(room["rows"]),
            int(room["cols"]),
            Pattern(room["pattern"]),
            Door(room["door"]),
            missing,
        )
        attributes = room["attributes"].split(";")
        for (row, column), number in sorted(numbers.items()):
            desks.append(
                (
                    index,
                    row,
                    column,
                    number,
                    row == 1 and "wheelchair" in attributes,
                    room["type"] != "standard" or (column == 1 and "left-handed" in attributes),
                )
            )
    return Seats(*(np.array(column) for column in zip(*desks, strict=True)))


def _papers(rows: list[Row], periods: int) -> Papers:
    return Papers(
        minutes=[int(r["minutes"]) for r in rows],
        kinds=[SUITABLE[r["mode"]] for r in rows],
        periods=np.ones((len(rows), periods), dtype=bool),
        shares=[r["mode"] != "listening" for r in rows],
        max_sittings=[periods] * len(rows),
        wished_sittings=[2] * len(rows),
    )


def _free(
    shifts: list[Row], spans: list[tuple[datetime, datetime]]
) -> dict[tuple[str, str], list[int]]:
    """Minutes each team is free from each period's start; after a night shift it rests."""
    busy: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for shift in shifts:
        starts = _moment(shift["date"], shift["starts"])
        ends = _moment(shift["date"], shift["ends"])
        if ends <= starts:
            ends += timedelta(days=1) + REST_AFTER_NIGHT
        busy.setdefault((shift["enterprise"], shift["team"]), []).append((starts, ends))
    return {
        team: [
            0
            if any(a <= start < b for a, b in blocks)
            else min([NEVER, *(_minutes(a - start) for a, _ in blocks if a > start)])
            for start, _ in spans
        ]
        for team, blocks in busy.items()
    }


def _candidates(
    people: list[Row],
    enterprises: dict[str, Row],
    entries: list[Row],
    free: dict[tuple[str, str], list[int]],
) -> Candidates:
    needs: dict[str, set[str]] = {}
    for entry in entries:
        needs.setdefault(entry["person_no"], set()).update(entry["access_code"].split("+"))
    theirs = [needs.get(r["person_no"], set()) for r in people]
    periods = len(next(iter(free.values())))
    return Candidates(
        latitude=[float(enterprises[r["enterprise"]]["lat"]) for r in people],
        longitude=[float(enterprises[r["enterprise"]]["lon"]) for r in people],
        free_minutes=[free.get((r["enterprise"], r["team"]), [NEVER] * periods) for r in people],
        extra_points=[2500 if "ET25" in n else 0 for n in theirs],
        wheelchair=["WHEEL" in n for n in theirs],
        left_handed=["LEFT" in n for n in theirs],
        alone=["SEP" in n for n in theirs],
        team=_numbers([f"{r['enterprise']}-{r['team']}" for r in people]),
    )


def _entries(rows: list[Row], people: list[Row], papers: list[Row], venues: list[str]) -> Entries:
    """One entry a person and paper, whatever courses it counts for; the files name no electives."""
    person = {r["person_no"]: n for n, r in enumerate(people)}
    paper = {r["paper_code"]: n for n, r in enumerate(papers)}
    wishes: dict[tuple[int, int], int] = {}
    for r in rows:
        if r["paper_code"] in paper:
            wish = venues.index(r["venue_preference"]) if r["venue_preference"] else -1
            wishes.setdefault((person[r["person_no"]], paper[r["paper_code"]]), wish)
    keys = sorted(wishes)
    return Entries(
        candidate=[c for c, _ in keys],
        paper=[p for _, p in keys],
        compulsory=[True] * len(keys),
        preferred_venue=[wishes[key] for key in keys],
        through_shift=[False] * len(keys),
    )


def travel_minutes(venues: Venues) -> NDArray[np.int32]:
    """Return (V, V) minutes between venues, of changing buildings and of the road."""
    apart = kilometres(
        venues.latitude[:, None],
        venues.longitude[:, None],
        venues.latitude[None, :],
        venues.longitude[None, :],
    )
    minutes = np.ceil(CHANGE_MINUTES + apart * 60 / ROAD_KM_AN_HOUR).astype(np.int32)
    np.fill_diagonal(minutes, 0)
    return minutes


def _staff(folder: Path, periods: list[Row]) -> tuple[Staff, DutyRules]:
    """One row a human: the same ID number under two staff numbers is one of them."""
    park_of_unit = {r["org_code"]: r for r in _rows(folder / "parks.csv")}
    person = {r["person_no"]: n for n, r in enumerate(_rows(folder / "people.csv", "gb18030"))}
    humans: dict[str, list[Row]] = {}
    for row in _rows(folder / "staff.csv"):
        humans.setdefault(row["id_no"], []).append(row)
    on_duty = {"invigilator", "chief"}
    rows = [
        human
        for human in humans.values()
        if human[0]["org_code"] in park_of_unit
        and on_duty & {role for r in human for role in r["roles"].split(";")}
    ]
    homes = [park_of_unit[human[0]["org_code"]] for human in rows]
    roles = [{role for r in human for role in r["roles"].split(";")} for human in rows]
    staff = Staff(
        latitude=np.array([float(home["lat"]) for home in homes]),
        longitude=np.array([float(home["lon"]) for home in homes]),
        available=np.array(
            [
                [
                    all(r["unavailable"] != p["date"] <= r["trained_until"] for r in human)
                    for p in periods
                ]
                for human in rows
            ]
        ),
        may_invigilate=np.array(["invigilator" in r for r in roles]),
        may_lead=np.array(["chief" in r for r in roles]),
        quota=np.full(len(rows), len(periods)),
        team=np.full(len(rows), -1),
    )
    ties = [
        (n, person[relative])
        for n, human in enumerate(rows)
        for r in human
        for relative in r["relatives"].split(";")
        if relative in person
    ]
    return staff, DutyRules(30, 2, np.array(ties, dtype=np.int32).reshape(-1, 2))

"""Reads the competition's text format of an examination problem."""

import re
from dataclasses import dataclass, field

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.examination.problem import (
    Enrolments,
    ExaminationProblem,
    Exams,
    Pairs,
    Periods,
    Rooms,
    Weights,
)

HEADER = re.compile(r"\[\s*([A-Za-z]+)\s*(?::\s*([0-9]+)\s*)?\]")
NUMBER = re.compile(r"[0-9]{1,9}")

COUNTED = ("Exams", "Periods", "Rooms")
LISTED = ("PeriodHardConstraints", "RoomHardConstraints", "InstitutionalWeightings")
# How many numbers follow each weighting's name.
WEIGHTINGS = {
    "TWOINAROW": 1,
    "TWOINADAY": 1,
    "PERIODSPREAD": 1,
    "NONMIXEDDURATIONS": 1,
    "FRONTLOAD": 3,
}
ORDERED, SAME_PERIOD, OTHER_PERIOD = "AFTER", "EXAM_COINCIDENCE", "EXCLUSION"
ALONE = "ROOM_EXCLUSIVE"


class NotAnInstance(ValueError):
    """The text is no examination problem; `line` (from 1, 0: the whole text) and `reason` say why.

    The reason is an English sentence.
    """

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"line {line}: {reason}" if line else reason)


@dataclass
class _Line:
    number: int
    items: list[str]  # between commas, blanks stripped

    def whole(self, at: int) -> int:
        """Return the item as a whole number >= 0."""
        if at >= len(self.items):
            raise NotAnInstance(
                self.number, f"Only {len(self.items)} of {at + 1} values are given."
            )
        if not NUMBER.fullmatch(self.items[at]):
            raise NotAnInstance(self.number, f"“{self.items[at]}” is no whole number.")
        return int(self.items[at])

    def exam(self, at: int, exams: int) -> int:
        """Return the item as the number of an exam."""
        number = self.whole(at)
        if number >= exams:
            raise NotAnInstance(self.number, f"There is no exam {number}.")
        return number


@dataclass
class _Section:
    line: int
    count: int | None
    lines: list[_Line] = field(default_factory=list)


def read_problem(content: bytes) -> ExaminationProblem:
    """Read a problem. Raises NotAnInstance.

    Lines that hold no known constraint or weighting are passed over, as are constraints of an exam
    with itself and coincidences of exams that share a student.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAnInstance(0, "This is no text.") from error
    sections = _sections(text)
    minutes, enrolments = _exams(sections["Exams"])
    return ExaminationProblem(
        exams=Exams(minutes, _alone(sections["RoomHardConstraints"], len(minutes))),
        enrolments=enrolments,
        periods=_periods(sections["Periods"]),
        rooms=_rooms(sections["Rooms"]),
        weights=_weights(sections["InstitutionalWeightings"]),
        **_pairs(sections["PeriodHardConstraints"], len(minutes), enrolments),
    )


def _sections(text: str) -> dict[str, _Section]:
    sections: dict[str, _Section] = {}
    current: _Section | None = None
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        line = raw.strip().strip("\x1a\0")
        header = HEADER.fullmatch(line)
        if header:
            count = int(header[2]) if header[2] and len(header[2]) < 10 else None
            current = sections[header[1]] = _Section(number, count)
        elif line and current is not None:
            current.lines.append(_Line(number, [item.strip() for item in line.split(",")]))
    for name in (*COUNTED, *LISTED):
        if name not in sections:
            raise NotAnInstance(0, f"There is no section [{name}].")
    for name in COUNTED:
        section = sections[name]
        if section.count != len(section.lines):
            reason = f"[{name}] announces {section.count} lines, {len(section.lines)} follow."
            raise NotAnInstance(section.line, reason)
        if not section.lines:
            raise NotAnInstance(section.line, f"[{name}] is empty.")
    return sections


def _exams(section: _Section) -> tuple[Ints, Enrolments]:
    minutes: list[int] = []
    seats: list[tuple[int, int]] = []
    for exam, line in enumerate(section.lines):
        minutes.append(line.whole(0))
        given = [at for at in range(1, len(line.items)) if line.items[at]]
        seats.extend((exam, student) for student in sorted({line.whole(at) for at in given}))
    pairs = np.array(seats, dtype=np.int32).reshape(-1, 2)
    return _ints(minutes), Enrolments(pairs[:, 0], pairs[:, 1])


def _alone(section: _Section, exams: int) -> Flags:
    alone = np.zeros(exams, dtype=np.bool_)
    for line in section.lines:
        if len(line.items) > 1 and line.items[1] == ALONE:
            alone[line.exam(0, exams)] = True
    return alone


def _periods(section: _Section) -> Periods:
    day: list[int] = []
    minutes: list[int] = []
    penalty: list[int] = []
    before: str | None = None
    for line in section.lines:
        minutes.append(line.whole(2))
        penalty.append(line.whole(3))
        date = line.items[0]
        day.append(len(set(day)) if date != before else day[-1])
        before = date
    return Periods(_ints(day), _ints(minutes), _ints(penalty))


def _rooms(section: _Section) -> Rooms:
    return Rooms(
        _ints([line.whole(0) for line in section.lines]),
        _ints([line.whole(1) for line in section.lines]),
    )


def _weights(section: _Section) -> Weights:
    given: dict[str, list[int]] = {}
    for line in section.lines:
        name = line.items[0]
        if name in WEIGHTINGS:
            given[name] = [line.whole(1 + at) for at in range(WEIGHTINGS[name])]
    for name in WEIGHTINGS:
        if name not in given:
            raise NotAnInstance(section.line, f"The weighting {name} is missing.")
    return Weights(
        two_in_a_row=given["TWOINAROW"][0],
        two_in_a_day=given["TWOINADAY"][0],
        spread_periods=given["PERIODSPREAD"][0],
        mixed_minutes=given["NONMIXEDDURATIONS"][0],
        largest_exams=given["FRONTLOAD"][0],
        last_periods=given["FRONTLOAD"][1],
        front_load=given["FRONTLOAD"][2],
    )


def _pairs(section: _Section, exams: int, enrolments: Enrolments) -> dict[str, Pairs]:
    found: dict[str, set[tuple[int, int]]] = {
        ORDERED: set(),
        SAME_PERIOD: set(),
        OTHER_PERIOD: set(),
    }
    sitters: list[set[int]] = [set() for _ in range(exams)]
    for exam, student in zip(enrolments.exam.tolist(), enrolments.student.tolist(), strict=True):
        sitters[exam].add(student)
    for line in section.lines:
        kind = line.items[1] if len(line.items) > 1 else ""
        if kind not in found:
            continue
        one, other = line.exam(0, exams), line.exam(2, exams)
        if one == other:
            continue
        if kind == SAME_PERIOD and sitters[one] & sitters[other]:
            continue
        found[kind].add((one, other) if kind == ORDERED else (min(one, other), max(one, other)))
    return {
        "after": _as_pairs(found[ORDERED]),
        "together": _as_pairs(found[SAME_PERIOD]),
        "apart": _as_pairs(found[OTHER_PERIOD]),
    }


def _as_pairs(found: set[tuple[int, int]]) -> Pairs:
    columns = np.array(sorted(found), dtype=np.int32).reshape(-1, 2)
    return Pairs(columns[:, 0], columns[:, 1])


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int32)

"""Instances for tests: a tiny one written by hand, and drawn ones; always as the text of a file."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from exam_centre.solver.examination import ExaminationProblem, read_problem

WEIGHTINGS = {
    "TWOINAROW": "7",
    "TWOINADAY": "5",
    "PERIODSPREAD": "2",
    "NONMIXEDDURATIONS": "10",
    "FRONTLOAD": "0,0,3",
}


@dataclass
class Instance:
    """The lines of an instance file, section by section."""

    exams: list[str] = field(default_factory=lambda: ["60, 1, 2", "60, 2, 3", "90, 4"])
    periods: list[str] = field(
        default_factory=lambda: [
            "01:06:2026, 09:00:00, 120, 0",
            "01:06:2026, 11:00:00, 120, 0",
            "01:06:2026, 14:00:00, 120, 0",
            "02:06:2026, 09:00:00, 120, 0",
        ]
    )
    rooms: list[str] = field(default_factory=lambda: ["10, 0", "5, 0"])
    period_constraints: list[str] = field(default_factory=list)
    room_constraints: list[str] = field(default_factory=list)
    weightings: dict[str, str] = field(default_factory=lambda: dict(WEIGHTINGS))

    def text(self, ending: str = "\r\n") -> str:
        """Return the file."""
        lines = [f"[Exams:{len(self.exams)}]", *self.exams]
        lines += [f"[Periods:{len(self.periods)}]", *self.periods]
        lines += [f"[Rooms:{len(self.rooms)}]", *self.rooms]
        lines += ["[PeriodHardConstraints]", *self.period_constraints]
        lines += ["[RoomHardConstraints]", *self.room_constraints]
        lines += ["[InstitutionalWeightings]"]
        lines += [f"{name},{value}" for name, value in self.weightings.items()]
        return ending.join([*lines, ""])

    def read(self) -> ExaminationProblem:
        """Return the problem as read from the file."""
        return read_problem(self.text().encode())


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Draw instances of up to nine exams: some easy, some without a solution."""
    exams = draw(st.integers(2, 9))
    length = st.sampled_from([30, 60, 90])
    students = st.lists(st.integers(0, 12), max_size=5)
    exam = st.integers(0, exams - 1)
    pair = st.tuples(exam, st.sampled_from(["AFTER", "EXAM_COINCIDENCE", "EXCLUSION"]), exam)
    days = sorted(draw(st.lists(st.integers(1, 3), min_size=2, max_size=7)))
    small = st.integers(0, 9)
    return Instance(
        exams=[", ".join(map(str, [draw(length), *draw(students)])) for _ in range(exams)],
        periods=[
            f"0{day}:06:2026, 09:00:00, {draw(st.sampled_from([60, 90, 120]))}, {draw(small)}"
            for day in days
        ],
        rooms=[
            f"{draw(st.integers(2, 15))}, {draw(small)}" for _ in range(draw(st.integers(1, 3)))
        ],
        period_constraints=[
            f"{one}, {kind}, {other}" for one, kind, other in draw(st.lists(pair, max_size=3))
        ],
        room_constraints=[f"{one}, ROOM_EXCLUSIVE" for one in draw(st.lists(exam, max_size=1))],
        weightings={
            "TWOINAROW": str(draw(small)),
            "TWOINADAY": str(draw(small)),
            "PERIODSPREAD": str(draw(st.integers(0, 4))),
            "NONMIXEDDURATIONS": str(draw(small)),
            "FRONTLOAD": f"{draw(st.integers(0, 4))},{draw(st.integers(0, 3))},{draw(small)}",
        },
    )

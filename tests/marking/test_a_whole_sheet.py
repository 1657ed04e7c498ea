"""Many marks in one transaction: little is asked twice, and no promise is asked less."""

from collections import Counter
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from exam_centre.accounts.models import Person
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import ConflictOfInterest
from exam_centre.kernel.permissions import Role
from exam_centre.marking import queries, service
from exam_centre.marking.models import Mark
from exam_centre.marking.rules import AllocationStatus, Locked, WrongMark
from exam_centre.marking.service.sheets import Cell, keep_cells
from exam_centre.papers.models import Scheme
from exam_centre.papers.queries import scheme_of
from exam_centre.timetable.models import Placement, Sitting
from tests.factories.times import NINE


class Work:
    """A bundle of six scripts in the hands of one marker."""

    def __init__(self, session, make) -> None:
        self.session, self.make = session, make
        self.bundle = make.bundle(6)
        self.marker = make.actor(Role.MARKER)
        self.person = session.get_one(Person, self.marker.person_id)
        self.allocation = make.allocation(self.bundle, 1, self.person)
        self.codes = make.codes(self.bundle)

    def enter(self, place: int, typed: str) -> Mark:
        return service.enter_mark(
            self.session,
            self.marker,
            self.allocation,
            self.codes[place].code,
            typed,
            expected_version=None,
            now=NINE,
        )

    def candidate(self, place: int) -> Person:
        placement = self.session.get_one(Placement, self.codes[place].placement_id)
        return self.session.get_one(Person, placement.person_id)


@pytest.fixture
def work(session, make) -> Work:
    return Work(session, make)


def test_a_tie_declared_between_two_marks_stops_the_second(work, make):
    work.enter(0, "70")
    make.conflict(work.person, work.candidate(5))

    with pytest.raises(ConflictOfInterest):
        work.enter(1, "70")


def test_a_round_submitted_between_two_marks_locks_the_second(work):
    work.enter(0, "70")
    work.allocation.move_to(AllocationStatus.SUBMITTED)

    with pytest.raises(Locked):
        work.enter(1, "70")


def test_a_scheme_changed_between_two_marks_decides_the_second(work, session):
    work.enter(0, "70")
    sitting = session.get_one(Sitting, work.bundle.sitting_id)
    known = scheme_of(session, sitting.paper_id)
    with pytest.raises(WrongMark):
        work.enter(1, "70.5")
    columns = ("formative_percent", "double_pass", "formative_gate", "pass_mark", "rounding")
    same = {name: getattr(known, name) for name in columns}
    later = {"paper_id": known.paper_id, "version": known.version + 1, "source": "later"}
    work.make.save(Scheme(**later, **same, precision=1))

    assert work.enter(1, "70.5").score == Decimal("70.5")


def test_what_is_fixed_about_a_bundle_is_asked_once_for_all_its_marks(work, session):
    work.enter(0, "70")
    asked: Counter[str] = Counter()

    def note(_connection, _cursor, statement, *_more):
        asked[statement.split("FROM ")[-1].split()[0] if "FROM" in statement else "write"] += 1

    event.listen(session.connection(), "before_cursor_execute", note)
    for place in range(1, 6):
        work.enter(place, "70")
    event.remove(session.connection(), "before_cursor_execute", note)

    assert {"bundles", "placements", "room_sessions", "rule_profiles", "periods"}.isdisjoint(asked)
    assert asked["conflicts"] == 5
    assert sum(asked.values()) <= 5 * 8


def test_a_sheet_kept_at_once_leaves_a_trail_for_every_mark(work, session):
    cells = [Cell(place, str(60 + place), None) for place in range(1, 7)]

    verdicts = keep_cells(session, work.marker, work.allocation, cells, now=NINE)
    again = keep_cells(session, work.marker, work.allocation, cells, now=NINE)

    assert [verdict.text for verdict in verdicts] == ["61", "62", "63", "64", "65", "66"]
    assert [verdict.version for verdict in again] == [verdict.version for verdict in verdicts]
    rows = session.scalars(select(AuditRow).where(AuditRow.act == "marking.mark_entered")).all()
    mine = [row for row in rows if row.person_id == work.marker.person_id]
    assert [row.changes["score"] for row in mine] == [[None, f"6{n}"] for n in range(1, 7)]
    assert queries.law_round(session, work.allocation).green

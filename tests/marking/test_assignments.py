"""Assignments: one marks, another checks, and only then the mark counts."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from exam_centre.entries.models import Entry
from exam_centre.kernel.errors import ConflictOfInterest, SamePerson
from exam_centre.kernel.permissions import Role
from exam_centre.marking.queries import final_of, people_who_marked
from exam_centre.marking.rules import MarkStatus, NotAnAssignment, TotalsChecked
from exam_centre.marking.service import check_assignments, mark_assignment
from exam_centre.papers.rules import Mode
from tests.factories.make import Make
from tests.factories.times import NINE


def assignment(make: Make) -> Entry:
    return make.entry(paper=make.paper(Mode.ASSIGNMENT))


def test_an_assignments_mark_counts_once_another_human_has_checked_it(session: Session, make: Make):
    entry = assignment(make)
    marker, office = make.actor(Role.MARKER), make.actor(Role.EXAM_OFFICER)
    mark_assignment(session, marker, entry, score=Decimal(83), now=NINE)
    assert final_of(session, [entry.id]) == {}

    check_assignments(session, office, [entry], now=NINE)

    assert final_of(session, [entry.id]) == {entry.id: (Decimal(83), None)}
    assert people_who_marked(session, [entry.id]) == {marker.person_id, office.person_id}


def test_nobody_checks_the_own_mark(session: Session, make: Make):
    entry = assignment(make)
    both = make.actor(Role.MARKER, Role.EXAM_OFFICER)
    mark_assignment(session, both, entry, score=Decimal(83), now=NINE)

    with pytest.raises(SamePerson):
        check_assignments(session, both, [entry], now=NINE)


def test_a_checked_mark_is_changed_by_a_correction_alone(session: Session, make: Make):
    entry, marker = assignment(make), make.actor(Role.MARKER)
    mark_assignment(session, marker, entry, score=Decimal(83), now=NINE)
    mark_assignment(session, marker, entry, score=Decimal(84), now=NINE)
    check_assignments(session, make.actor(Role.EXAM_OFFICER), [entry], now=NINE)

    with pytest.raises(TotalsChecked):
        mark_assignment(session, marker, entry, score=Decimal(85), now=NINE)


def test_what_was_not_handed_in_is_missing_and_not_zero(session: Session, make: Make):
    entry = assignment(make)
    mark_assignment(session, make.actor(Role.MARKER), entry, status=MarkStatus.MISSING, now=NINE)
    check_assignments(session, make.actor(Role.EXAM_OFFICER), [entry], now=NINE)

    assert final_of(session, [entry.id]) == {entry.id: (None, MarkStatus.MISSING)}


def test_a_sat_paper_and_ones_own_assignment_are_not_marked_here(session: Session, make: Make):
    with pytest.raises(NotAnAssignment):
        mark_assignment(session, make.actor(Role.MARKER), make.entry(), score=Decimal(83), now=NINE)
    person = make.person()
    entry = make.entry(make.candidate(person), make.paper(Mode.ASSIGNMENT))
    with pytest.raises(ConflictOfInterest):
        mark_assignment(
            session, make.actor(Role.MARKER, person=person), entry, score=Decimal(83), now=NINE
        )

"""Stations drawn by lot, and the marks of at least three assessors."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.errors import ConflictOfInterest, SamePerson
from exam_centre.kernel.permissions import Role
from exam_centre.papers.rules import Mode
from exam_centre.practicals import queries, service
from exam_centre.practicals.models import StationDraw
from exam_centre.practicals.rules import (
    AlreadyMarked,
    AssessmentClosed,
    NoFreeStation,
    NoStation,
    NotPresent,
    StationDrawn,
    WrongPaper,
    WrongScore,
    practical_mark,
)
from tests.factories.make import Make
from tests.factories.marks import Sat
from tests.factories.times import NINE

PRESENT, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.ABSENT


def skill_room(make: Make, *statuses: AttendanceStatus, reconciled: bool = False) -> Sat:
    """A room in which a practical is going on."""
    return make.sat(*statuses, paper=make.paper(Mode.PRACTICAL), reconciled=reconciled)


def test_two_assessors_are_not_enough_and_three_have_a_mean() -> None:
    assert practical_mark([Decimal(70), Decimal(80)]) is None
    assert practical_mark([Decimal(70), Decimal(80), Decimal(82)]) == Decimal("77.33")


def test_stations_are_drawn_from_the_free_ones_before_a_witness(
    session: Session, make: Make
) -> None:
    sat = skill_room(make, *(PRESENT,) * 30)
    staff, second = make.actor(Role.INVIGILATOR), make.actor(Role.INVIGILATOR)

    stations = {
        service.draw_station(session, staff, placement.id, second=second, now=NINE).station
        for placement in sat.placements
    }

    assert stations == set(range(1, 31))
    draw = session.scalars(select(StationDraw)).first()
    assert draw is not None
    assert (draw.drawn_by_id, draw.witness_id) == (staff.person_id, second.person_id)


def test_there_are_no_swaps_and_no_lots_for_oneself(session: Session, make: Make) -> None:
    sat = skill_room(make)
    placement = sat.placements[0]
    staff = make.actor(Role.INVIGILATOR)

    with pytest.raises(SamePerson):
        service.draw_station(session, staff, placement.id, second=staff, now=NINE)
    service.draw_station(
        session, staff, placement.id, second=make.actor(Role.INVIGILATOR), now=NINE
    )
    with pytest.raises(StationDrawn):
        service.draw_station(
            session, staff, placement.id, second=make.actor(Role.INVIGILATOR), now=NINE
        )
    with pytest.raises(IntegrityError, match="station_draw_is_final"):
        session.execute(text("UPDATE station_draws SET station = station + 1"))


def test_a_room_with_every_station_taken_has_no_lot_left(session: Session, make: Make) -> None:
    sat = skill_room(make)
    taken = skill_room(make)
    staff, second = make.actor(Role.INVIGILATOR), make.actor(Role.INVIGILATOR)
    for n in range(30):
        other = skill_room(make).placements[0] if n else taken.placements[0]
        make.save(
            StationDraw(
                placement_id=other.id,
                room_session_id=sat.room_session.id,
                station=n + 1,
                drawn_by_id=staff.human(),
                witness_id=second.human(),
                drawn_at=NINE,
            )
        )

    with pytest.raises(NoFreeStation):
        service.draw_station(session, staff, sat.placements[0].id, second=second, now=NINE)


def test_only_who_is_present_draws_and_only_in_a_practical(session: Session, make: Make) -> None:
    staff, second = make.actor(Role.INVIGILATOR), make.actor(Role.INVIGILATOR)

    with pytest.raises(NotPresent):
        service.draw_station(
            session, staff, skill_room(make, ABSENT).placements[0].id, second=second, now=NINE
        )
    with pytest.raises(WrongPaper):
        service.draw_station(session, staff, make.sat().placements[0].id, second=second, now=NINE)


def test_three_assessors_mark_once_each_and_their_mean_counts(session: Session, make: Make) -> None:
    sat = skill_room(make, PRESENT, ABSENT, reconciled=True)
    placement, absent = sat.placements
    service.draw_station(
        session,
        make.actor(Role.INVIGILATOR),
        placement.id,
        second=make.actor(Role.INVIGILATOR),
        now=NINE,
    )
    assessors = [make.actor(Role.MARKER) for _ in range(4)]
    entries = [placement.entry_id, absent.entry_id]

    for assessor, score in zip(assessors[:2], (70, 80), strict=True):
        service.mark(session, assessor, placement.id, score=Decimal(score), now=NINE)
    assert queries.final_of(session, entries) == {absent.entry_id: (None, ABSENT)}
    with pytest.raises(AlreadyMarked):
        service.mark(session, assessors[0], placement.id, score=Decimal(90), now=NINE)
    service.mark(session, assessors[2], placement.id, score=Decimal(82), now=NINE)

    assert queries.final_of(session, entries)[placement.entry_id] == (Decimal("77.33"), None)
    with pytest.raises(AssessmentClosed):
        service.mark(session, assessors[3], placement.id, score=Decimal(0), now=NINE)
    assert queries.people_who_marked(session, entries) == {a.person_id for a in assessors[:3]}


def test_work_without_a_station_is_not_assessed_and_an_oral_needs_none(
    session: Session, make: Make
) -> None:
    assessor = make.actor(Role.MARKER)
    oral = make.sat(paper=make.paper(Mode.ORAL), reconciled=False)

    with pytest.raises(NoStation):
        service.mark(
            session, assessor, skill_room(make).placements[0].id, score=Decimal(70), now=NINE
        )
    service.mark(session, assessor, oral.placements[0].id, score=Decimal(70), now=NINE)


def test_the_absent_and_the_tied_are_not_assessed(session: Session, make: Make) -> None:
    oral = make.sat(PRESENT, ABSENT, paper=make.paper(Mode.ORAL))
    present, absent = oral.placements
    manager = make.person()
    make.conflict(manager, session.get_one(Person, present.person_id))

    with pytest.raises(ConflictOfInterest):
        service.mark(
            session,
            make.actor(Role.MARKER, person=manager),
            present.id,
            score=Decimal(70),
            now=NINE,
        )
    with pytest.raises(NotPresent):
        service.mark(session, make.actor(Role.MARKER), absent.id, score=Decimal(0), now=NINE)
    with pytest.raises(IntegrityError, match="no_practical_number_without_attendance"):
        make.practical_marks(absent, 0)


def test_an_assessors_mark_is_a_mark(session: Session, make: Make) -> None:
    oral = make.sat(paper=make.paper(Mode.ORAL))

    for score in ("NaN", "100.01", "-0.5", "59.995"):
        with pytest.raises(WrongScore):
            service.mark(
                session,
                make.actor(Role.MARKER),
                oral.placements[0].id,
                score=Decimal(score),
                now=NINE,
            )

"""When and where a thesis is defended: set, moved, and never over something else."""

from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Message, Person
from exam_centre.accounts.queries import notices_of
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.organisation.service import plan_shift
from exam_centre.papers.rules import Mode
from exam_centre.theses import queries, service
from exam_centre.theses.documents import defence_calendar
from exam_centre.theses.models import DefenceSlot
from exam_centre.theses.rules import (
    AtWorkThen,
    DefenceKind,
    DefenceMoved,
    DefendsThen,
    NoPanelYet,
    NotTheChair,
    PanelRole,
    PlaceMissing,
    RoomTaken,
    SitsThen,
    ThesisStatus,
    WrongSpan,
    WrongStage,
)
from exam_centre.theses.service import Wanted
from exam_centre.venues.service import book_room
from tests.factories.make import Make
from tests.factories.times import HOUR, NINE

TEN = NINE + 7 * 24 * HOUR  # a week ahead
ROLES = (PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.MEMBER)


class Desk:
    """A thesis ready for its defence, with its people."""

    def __init__(self, session: Session, make: Make, panel: list[Person] | None = None) -> None:
        self.session, self.make = session, make
        self.writer = make.person()
        entry = make.entry(make.candidate(self.writer), make.paper(Mode.THESIS))
        self.thesis = make.thesis(entry, status=ThesisStatus.CHECKED)
        self.office = make.actor(Role.EXAM_OFFICER)
        self.panel = panel or [make.person() for _ in ROLES]
        members = dict(zip(self.panel, ROLES, strict=True))
        service.seat_panel(session, self.office, self.thesis, members, now=NINE)

    def put(
        self,
        starts_at: datetime = TEN,
        minutes: int = 40,
        *,
        actor: Actor | None = None,
        seen: int = 0,
        reason: str = "",
        **place: object,
    ) -> DefenceSlot:
        where = {"kind": DefenceKind.VIDEO, "place": "meeting 12"} | place
        wanted = Wanted(starts_at, starts_at + timedelta(minutes=minutes), **where)
        return service.set_defence(
            self.session,
            actor or self.office,
            self.thesis,
            wanted,
            seen=seen,
            reason=reason,
            now=NINE,
        )

    def told(self, person_id: int) -> str:
        return notices_of(self.session, person_id)[0].text


@pytest.fixture
def desk(session: Session, make: Make) -> Desk:
    return Desk(session, make)


def test_everybody_in_a_defence_is_told_when_and_where(desk):
    room = desk.make.room()

    slot = desk.put(kind=DefenceKind.ROOM, room=room, place="")

    assert (slot.room_id, slot.place, slot.number) == (room.id, "", 1)
    assert desk.told(desk.writer.id).startswith("Your defence is on")
    for person_id in (desk.thesis.supervisor_id, *(person.id for person in desk.panel)):
        assert desk.told(person_id).startswith("The defence of")
    assert notices_of(desk.session, desk.writer.id)[0].facts["place"].endswith(room.code)


def test_a_defence_moves_with_a_reason_and_its_earlier_time_is_kept(desk):
    first = desk.put()
    with pytest.raises(ReasonMissing):
        desk.put(TEN + HOUR, seen=1)

    second = desk.put(TEN + HOUR, seen=1, reason="the chair is ill")

    assert (first.in_force, second.in_force, second.number) == (False, True, 2)
    assert notices_of(desk.session, desk.writer.id)[0].facts["reason"] == "the chair is ill"
    earlier = queries.defences_before(desk.session, desk.thesis)
    assert [each.slot.number for each in earlier] == [1]


def test_the_same_time_and_place_again_change_nothing(desk):
    first = desk.put()

    assert desk.put(seen=1) is first
    assert desk.session.scalars(select(DefenceSlot)).all().count(first) == 1


def test_who_saw_an_older_defence_does_not_overwrite_a_newer_one(desk):
    desk.put()

    with pytest.raises(DefenceMoved):
        desk.put(TEN + HOUR, seen=0, reason="an older page")


def test_the_chair_sets_the_defence_and_no_other_member(desk):
    chair, member, _ = (desk.make.actor(Role.MARKER, person=each) for each in desk.panel)

    with pytest.raises(NotTheChair):
        desk.put(actor=member)
    with pytest.raises(Forbidden):
        desk.put(actor=desk.make.actor(Role.WORKER, person=desk.panel[0]))
    assert desk.put(actor=chair).set_by_id == desk.panel[0].id


def test_a_defence_needs_a_panel_and_a_thesis_that_is_ready(session, make):
    office = make.actor(Role.EXAM_OFFICER)
    wanted = Wanted(TEN, TEN + HOUR, DefenceKind.VIDEO, place="meeting 12")

    with pytest.raises(NoPanelYet):
        service.set_defence(
            session, office, make.thesis(status=ThesisStatus.CHECKED), wanted, now=NINE
        )
    with pytest.raises(WrongStage):
        service.set_defence(
            session, office, make.thesis(status=ThesisStatus.DRAFTED), wanted, now=NINE
        )


@pytest.mark.parametrize(("hours", "minutes"), [(-1, 40), (24, 14), (24, 181)])
def test_a_defence_lies_ahead_and_takes_a_sensible_time(desk, hours, minutes):
    with pytest.raises(WrongSpan):
        desk.put(NINE + hours * HOUR, minutes)


@pytest.mark.parametrize(
    "place",
    [{"kind": DefenceKind.ROOM}, {"place": " "}, {"kind": DefenceKind.WORKPLACE, "place": ""}],
)
def test_nobody_is_sent_to_a_defence_without_a_place(desk, place):
    with pytest.raises(PlaceMissing):
        desk.put(**place)


def test_nobody_defends_while_they_sit_a_paper_and_may_right_after_it(desk, make):
    candidate = desk.session.get_one(
        Candidate, desk.session.get_one(Entry, desk.thesis.entry_id).candidate_id
    )
    placement = make.placement(make.entry(candidate))

    with pytest.raises(SitsThen):
        desk.put(placement.ends_at - HOUR / 4)
    assert desk.put(placement.ends_at)


def test_a_shift_and_the_rest_after_a_night_keep_the_worker_unless_the_clash_is_accepted(
    desk, make
):
    enterprise = make.enterprise()
    make.employment(desk.writer, enterprise, team="C")
    plan_shift(
        desk.session,
        make.actor(Role.EXAM_OFFICER),
        enterprise,
        team="C",
        starts_at=TEN - 13 * HOUR,
        ends_at=TEN - HOUR,
        now=NINE,
    )

    with pytest.raises(AtWorkThen):
        desk.put()
    assert desk.put(through_shift=True).through_shift


def test_nobody_sits_on_two_panels_at_once(desk, session, make):
    desk.put()
    other = Desk(session, make, [make.person(), desk.panel[0], make.person()])

    with pytest.raises(DefendsThen, match=desk.panel[0].name):
        other.put(TEN + HOUR / 4)
    assert other.put(TEN + HOUR)


def test_a_room_holds_one_thing_at_a_time(desk, session, make):
    room = make.room()
    book_room(
        session,
        make.actor(Role.VENUE_MANAGER),
        room,
        starts_at=TEN,
        ends_at=TEN + HOUR,
        reason="training",
        now=NINE,
    )
    place = {"kind": DefenceKind.ROOM, "room": room, "place": ""}

    with pytest.raises(RoomTaken):
        desk.put(**place)
    desk.put(TEN + HOUR, **place)
    with pytest.raises(RoomTaken):
        Desk(session, make).put(TEN + HOUR, **place)


def test_a_defence_ahead_is_found_by_everybody_in_it_until_it_is_over(desk):
    slot = desk.put()

    for person_id in (desk.writer.id, desk.thesis.supervisor_id, desk.panel[2].id):
        ahead = queries.defences_ahead(desk.session, person_id, NINE)
        assert [each.slot for each in ahead] == [slot]
    assert queries.defences_ahead(desk.session, desk.writer.id, slot.ends_at + HOUR) == []
    assert queries.defences_ahead(desk.session, desk.make.person().id, NINE) == []


def test_a_moved_defence_replaces_the_older_one_in_a_calendar(desk):
    events = []
    for seen, moment in ((0, TEN), (1, TEN + HOUR)):
        desk.put(moment, seen=seen, reason="ill" if seen else "")
        defence = queries.defence_of(desk.session, desk.thesis)
        (event,) = Calendar.from_ical(defence_calendar(defence, "exams.example", "zh")).walk(
            "VEVENT"
        )
        events.append(event)

    assert events[0]["uid"] == events[1]["uid"]
    assert [event["sequence"] for event in events] == [1, 2]
    assert events[1].decoded("dtstart") == TEN + HOUR
    assert str(events[1]["location"]) == "meeting 12"


def test_the_writer_is_told_by_phone_too(desk):
    desk.writer.phone = "13800000000"
    desk.put()

    texts = desk.session.scalars(select(Message).where(Message.person_id == desk.writer.id)).all()
    assert len(texts) == 1

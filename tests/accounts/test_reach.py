"""What a role opens where it is narrowed: no more than its acts' places say."""

import pytest

from exam_centre.accounts import service
from exam_centre.accounts.rules import NARROWED_BY, Narrowing, OpensNothing, reach_of
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import ROLE_PERMISSIONS, Actor, Grant, Permission, Role
from exam_centre.timetable.queries import place_of_room_session
from tests.factories.times import NINE


def test_every_permission_says_what_narrows_it():
    assert set(NARROWED_BY) == set(Permission)


def test_a_role_in_a_whole_unit_opens_all_it_has():
    for role in Role:
        reach = reach_of(role, [])
        assert set(reach.will) == ROLE_PERMISSIONS[role]
        assert reach.lost == []


def test_a_manager_of_one_room_runs_it_and_loses_what_concerns_the_venue():
    reach = reach_of(Role.VENUE_MANAGER, [Narrowing.VENUE, Narrowing.ROOM])

    assert Permission.RUN_VENUE in reach.will
    assert {Permission.APPLY_FOR_VENUE, Permission.RUN_DEVICES} <= set(reach.lost)


def test_an_officer_of_one_series_plans_it_and_runs_no_venue_of_the_unit():
    reach = reach_of(Role.EXAM_OFFICER, [Narrowing.SERIES])

    assert {Permission.PLAN_TIMETABLE, Permission.RUN_MARKING} <= set(reach.will)
    assert {Permission.REVIEW_VENUE, Permission.RUN_ORGANISATION} <= set(reach.lost)


@pytest.mark.parametrize(
    ("permission", "role"),
    [
        (Permission.RUN_ROOM, Role.INVIGILATOR),
        (Permission.CHECK_IN, Role.DOOR_STAFF),
        (Permission.CLOSE_DAY, Role.CHIEF),
    ],
)
def test_what_the_page_promises_of_the_day_is_what_the_places_grant(
    session, make, permission, role
):
    place = place_of_room_session(session, make.room_session().id)
    every = {
        Narrowing.VENUE: place.venue_id,
        Narrowing.ROOM: place.room_id,
        Narrowing.SERIES: place.series_id,
    }
    for narrowed in ([], [Narrowing.VENUE], [Narrowing.SERIES], list(Narrowing)):
        scope = {f"{kind.value}_id": every[kind] for kind in narrowed}
        actor = Actor(None, None, "x", (Grant(role, place.unit_path, **scope),))

        assert actor.may(permission, place) == (permission in reach_of(role, narrowed).will)


def test_a_role_of_which_the_narrowing_leaves_nothing_is_not_given(session, make):
    user, room = make.user(), make.room()

    with pytest.raises(OpensNothing):
        service.grant_role(
            session,
            make.actor(Role.ADMINISTRATOR),
            user,
            Role.BANK_OPERATOR,
            make.home(),
            venue_id=room.venue_id,
            now=NINE,
        )


def test_an_administrator_of_one_venue_gives_no_role_beyond_it(session, make):
    venue, other, user = make.venue(), make.venue(), make.user()
    local = Actor(
        make.person().id,
        None,
        "x",
        (Grant(Role.ADMINISTRATOR, make.home().path, venue_id=venue.id),),
    )

    def give(**scope):
        service.grant_role(session, local, user, Role.CHIEF, make.home(), now=NINE, **scope)

    give(venue_id=venue.id)
    for beyond in ({"venue_id": other.id}, {}):
        with pytest.raises(Forbidden):
            give(**beyond)

"""Roles with a scope, given by another human, and notices only their reader reads."""

import pytest
from sqlalchemy import select

from exam_centre.accounts import queries, service
from exam_centre.accounts.models import Message
from exam_centre.accounts.rules import OwnRole
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound
from exam_centre.kernel.permissions import Permission, Role
from exam_centre.kernel.sentences import say
from exam_centre.organisation.rules import UnitLevel
from exam_centre.venues.queries import place_of_venue
from tests.factories.times import HOUR, NINE


def grant(session, make, user, role=Role.CHIEF, unit=None, actor=None, **scope):
    return service.grant_role(
        session,
        actor or make.actor(Role.ADMINISTRATOR),
        user,
        role,
        unit or make.home(),
        now=NINE,
        **scope,
    )


def test_a_role_at_one_venue_reaches_no_other(session, make):
    user, venue, other = make.user(), make.venue(), make.venue()
    grant(session, make, user, venue_id=venue.id)

    actor = service.actor_of(session, user)

    assert actor.may(Permission.CLOSE_DAY, place_of_venue(session, venue.id))
    assert not actor.may(Permission.CLOSE_DAY, place_of_venue(session, other.id))
    assert actor.stream == f"venue:{venue.id}"


def test_who_works_at_two_venues_leaves_a_trail_at_the_unit(session, make):
    user = make.user()
    for venue in (make.venue(), make.venue()):
        grant(session, make, user, venue_id=venue.id)

    assert service.actor_of(session, user).stream == f"unit:{make.home().id}"


def test_the_same_role_twice_is_one_role(session, make):
    user = make.user()

    assert grant(session, make, user) is grant(session, make, user)
    assert len(queries.grants_of(session, user.id)) == 1


def test_a_revoked_role_is_gone_at_once_and_can_be_given_anew(session, make):
    user, administrator = make.user(), make.actor(Role.ADMINISTRATOR)
    first = grant(session, make, user)

    service.revoke_role(session, administrator, first, now=NINE)
    assert service.actor_of(session, user).grants == ()
    assert grant(session, make, user) is not first


def test_nobody_gives_or_takes_their_own_roles_under_any_user(session, make):
    human = make.person()
    administrator, second_user = make.actor(Role.ADMINISTRATOR, person=human), make.user(human)

    with pytest.raises(OwnRole):
        grant(session, make, second_user, actor=administrator)
    given = grant(session, make, second_user)
    with pytest.raises(OwnRole):
        service.revoke_role(session, administrator, given, now=NINE)


def test_an_administrator_gives_roles_only_within_their_own_scope(session, make):
    county, province = make.home(), make.home(UnitLevel.PROVINCIAL)
    administrator = make.actor(Role.ADMINISTRATOR, unit=county)
    user = make.user()

    with pytest.raises(Forbidden):
        grant(session, make, user, unit=province, actor=administrator)
    assert grant(session, make, user, unit=county, actor=administrator)


def test_the_administrator_of_a_county_does_not_disable_users_of_the_province(session, make):
    administrator = make.actor(Role.ADMINISTRATOR, unit=make.home())
    above, here = make.user(), make.user()
    grant(session, make, above, unit=make.home(UnitLevel.PROVINCIAL))
    grant(session, make, here)

    with pytest.raises(Forbidden):
        service.disable_user(session, administrator, above, now=NINE)
    service.disable_user(session, administrator, here, now=NINE)
    with pytest.raises(IllegalMove):
        service.disable_user(session, administrator, here, now=NINE)


def test_a_chief_opens_no_users_and_gives_no_roles(session, make):
    chief = make.actor(Role.CHIEF)

    with pytest.raises(Forbidden):
        service.open_user(session, chief, make.person(), login="S1", now=NINE)
    with pytest.raises(Forbidden):
        grant(session, make, make.user(), actor=chief)


def test_a_notice_is_read_by_whom_it_was_sent_to_and_keeps_the_first_time(session, make):
    reader = make.actor()
    sentence = say("You now sit in room {room}.", room="204")
    notice = service.notify(session, reader.person_id, sentence, NINE)

    with pytest.raises(NotFound):
        service.read_notice(session, make.actor(Role.ADMINISTRATOR), notice.token, NINE)
    service.read_notice(session, reader, notice.token, NINE + HOUR)
    service.read_notice(session, reader, notice.token, NINE + 2 * HOUR)

    assert notice.read_at == NINE + HOUR
    assert queries.notices_of(session, reader.person_id) == [notice]


def test_a_notice_goes_to_the_phone_only_where_one_is_known(session, make):
    sentence = say("You now sit in room {room}.", room="204")
    reachable, silent = make.person(language="en"), make.person(phone="")
    for person in (reachable, silent):
        service.notify(session, person.id, sentence, NINE, by_phone=True)

    [message] = session.scalars(select(Message))
    assert (message.address, message.body) == (reachable.phone, "You now sit in room 204.")

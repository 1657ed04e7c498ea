"""Rosters of people obey the same rules as single ones."""

import pytest

from exam_centre.accounts import service
from exam_centre.accounts.rules import IdType, NameDiffers
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import CodeTaken
from tests.factories.people import resident_number
from tests.factories.times import NINE


def test_a_document_known_under_another_name_refuses_the_roster(session, make, seal):
    number = resident_number(4001)
    known = make.person("王芳", id_no=number)
    same = service.Registration("王芳", IdType.RESIDENT, number)
    other = service.Registration("王方", IdType.RESIDENT, number)
    liaison = make.actor(Role.LIAISON)

    assert service.register_people(session, liaison, seal, [same, same], now=NINE) == [known] * 2
    with pytest.raises(NameDiffers):
        service.register_people(session, liaison, seal, [other], now=NINE)


def test_a_login_of_another_human_is_not_given_away(session, make):
    user = make.user()
    worker = (make.person(), make.home(), user.login)

    with pytest.raises(CodeTaken):
        service.open_workers(session, make.actor(Role.LIAISON), [worker], now=NINE)


def test_a_liaison_does_not_take_back_a_role_of_staff(session, make):
    office = make.actor(Role.ADMINISTRATOR)
    grant = service.grant_role(session, office, make.user(), Role.MARKER, make.home(), now=NINE)

    with pytest.raises(Forbidden):
        service.take_back(session, make.actor(Role.LIAISON), [grant], reason="slip", now=NINE)
    service.take_back(session, office, [grant], reason="slip", now=NINE)

"""A venue that headquarters approved on paper is recorded by headquarters alone."""

from decimal import Decimal

import pytest

from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.venues import service
from exam_centre.venues.rules import ParkElsewhere, VenueKind, VenueStatus
from tests.factories.times import NINE


def record(session, make, actor, unit=None):
    return service.record_approved(
        session,
        actor,
        unit or make.home(),
        make.home_park(),
        code="SIP-V9",
        name="考点",
        kind=VenueKind.FORMAL,
        latitude=Decimal("31.3"),
        longitude=Decimal("120.7"),
        reason="list of 2026",
        now=NINE,
    )


def test_only_headquarters_records_an_approved_venue(session, make):
    top = make.home(UnitLevel.NATIONAL)
    province = make.actor(Role.EXAM_OFFICER, unit=make.home(UnitLevel.PROVINCIAL))

    with pytest.raises(Forbidden):
        record(session, make, province)
    officer = make.actor(Role.EXAM_OFFICER, unit=top)
    with pytest.raises(ParkElsewhere):
        record(session, make, officer, make.unit())
    assert record(session, make, officer).status is VenueStatus.APPROVED

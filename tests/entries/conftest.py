"""What tests of this room share."""

import pytest
from sqlalchemy.orm import Session

from tests.entries.files import Office
from tests.factories.make import Make


@pytest.fixture
def office(session: Session, make: Make) -> Office:
    """Somebody who may import every kind of file."""
    return Office(session, make)

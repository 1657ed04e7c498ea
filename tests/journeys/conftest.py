"""What journeys need: a story with a bank that listens, and a furnished house to walk through."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from deploy import translations
from exam_centre.kernel.keys import KeyRing
from tests.banks.clients import IMPATIENCE_SECONDS, client_of
from tests.banks.outcomes import public_pem
from tests.banks.reference import running_reference_bank
from tests.databases.templates import copy_sqlite
from tests.journeys.acts import Story
from tests.journeys.house import House, open_house


@pytest.fixture
def story(database: Engine, ring: KeyRing, tmp_path: Path) -> Iterator[Story]:
    """The stage set, a bank that answers over HTTP, and an impatient client."""
    with (
        running_reference_bank(tmp_path, public_pem()) as bank,
        client_of(bank.url, IMPATIENCE_SECONDS) as client,
        Session(database, expire_on_commit=False) as session,
    ):
        yield Story(session, ring, bank, client)
        session.rollback()


@pytest.fixture(scope="module")
def house(databases_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The whole application, furnished and served, for the tests of one file."""
    translations.compile_all()
    folder = tmp_path_factory.mktemp("house")
    with open_house(copy_sqlite(databases_home, folder), folder) as opened:
        yield opened

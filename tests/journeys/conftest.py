"""What journeys need: a credit bank that listens, and a story on a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from exam_centre.kernel.keys import KeyRing
from tests.banks.clients import IMPATIENCE_SECONDS, client_of
from tests.banks.outcomes import public_pem
from tests.banks.reference import running_reference_bank
from tests.journeys.acts import Story


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

"""A furnished reference bank, listening on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.banks.outcomes import furnish, public_pem
from tests.banks.reference import RunningBank, running_reference_bank


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[RunningBank]:
    with running_reference_bank(tmp_path, public_pem()) as running:
        furnish(running)
        yield running

"""A signer and the officer who certifies, for tests of certificates."""

import pytest

from exam_centre.adapters.credentials import CredentialSigner
from exam_centre.kernel.permissions import Actor, Role
from tests.factories.awards import credential_signer
from tests.factories.make import Make


@pytest.fixture(scope="session")
def signer() -> CredentialSigner:
    return credential_signer()


@pytest.fixture
def officer(make: Make) -> Actor:
    return make.actor(Role.RELEASE_OFFICER)

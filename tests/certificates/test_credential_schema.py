"""Our credentials are Open Badges 3.0 as the official schema has it."""

import json

import jsonschema_rs
import pytest

from exam_centre.certificates import service
from tests.factories.awards import RELEASED_AT, entry_course, released, seated, thesis_course

REGISTERED = {"iss", "sub", "jti", "nbf", "exp"}


@pytest.mark.shared_data
@pytest.mark.parametrize("is_seated", [True, False])
def test_a_credential_follows_the_open_badges_schema(
    session, make, signer, officer, shared, is_seated
):
    folder = shared / "credentials" / "schemas"
    schema = json.loads((folder / "ob_v3p0_achievementcredential_schema.json").read_text())
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    line = entry_course(make, course=None if is_seated else thesis_course(make))
    if is_seated:
        seated(make, line)
    issued = service.issue(session, officer, released(make, line), signer, now=RELEASED_AT)

    claims = signer.verify(issued.jwt)
    credential = {name: value for name, value in claims.items() if name not in REGISTERED}

    # The schema knows one status a credential; the data model of the W3C, and we, several.
    statuses = credential.pop("credentialStatus")
    assert [entry["statusPurpose"] for entry in statuses] == ["revocation", "suspension"]
    for status in statuses:
        errors = [
            error.message
            for error in validator.iter_errors(credential | {"credentialStatus": status})
        ]
        assert errors == []
    assert not validator.is_valid({k: v for k, v in credential.items() if k != "validFrom"})

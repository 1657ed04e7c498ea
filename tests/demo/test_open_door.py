"""`flask demo door`: what it prepares is a door that really admits."""

from datetime import timedelta

import pytest

from exam_centre.kernel import clock
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app

PEOPLE = 40


@pytest.fixture
def open_door(app, tmp_path):
    """The folder that the command wrote, and what it said."""
    said = app.test_cli_runner().invoke(
        args=["demo", "door", "--slips", str(PEOPLE), "--out", str(tmp_path / "out")]
    )
    assert said.exit_code == 0, said.output
    return tmp_path / "out"


def test_everybody_with_a_slip_is_admitted_once(app, open_door):
    token = (open_door / "token.txt").read_text().strip()
    slips = (open_door / "slips.txt").read_text().split()
    browser = app.test_client()

    def scan(number, slip):
        body = {
            "scan_no": number,
            "token": slip,
            "device_time": (clock.now() + timedelta(milliseconds=5)).isoformat(),
            "action": "admit",
            "identity": "match",
        }
        headers = {"Authorization": f"Bearer {token}"}
        return browser.post("/api/v1/door/scans", json=body, headers=headers).json

    first = [scan(f"a{n}", slip) for n, slip in enumerate(slips)]
    second = [scan(f"b{n}", slip) for n, slip in enumerate(slips)]

    assert len(set(slips)) == PEOPLE
    assert {(each["code"], each["admitted"], each["clock"]) for each in first} == {
        ("admit", True, "measured")
    }
    assert {each["code"] for each in second} == {"already_in"}


def test_the_secret_is_its_owners_alone(open_door):
    assert (open_door / "token.txt").stat().st_mode & 0o077 == 0

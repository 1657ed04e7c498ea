"""What the bank knows beforehand, how it is told, and the page that shows it."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import reference_bank
from reference_bank import create_app
from reference_bank.bank import EXTENSION
from reference_bank.configuration import BankConfig
from reference_bank.faults import FaultKind
from reference_bank.models import Issuer
from tests.banks.outcomes import ACCOUNT, public_pem, push, upsert
from tests.banks.reference import running_reference_bank

HOME = Path(reference_bank.__file__).parent


@pytest.mark.parametrize(
    ("path", "body", "other"),
    [
        (
            "/api/v1/accounts",
            {"account": "CB-1", "name": "王芳", "id_tail": "1234"},
            {"id_tail": "1235"},
        ),
        (
            "/api/v1/units",
            {
                "code": "U-1",
                "version": "1",
                "title": "电工基础",
                "framework": "LOF",
                "level": 4,
                "credits": "2.5",
                "kind": "course",
            },
            {"credits": "3.0"},
        ),
    ],
)
def test_registering_twice_changes_nothing_and_registering_otherwise_is_refused(
    bank, path, body, other
):
    statuses = [bank.ask("POST", path, each).status_code for each in (body, body, body | other)]

    assert statuses == [201, 200, 409]


def test_issuers_keys_are_read_from_a_folder(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "issuer-2027.pem").write_bytes(b"Issuer: did:web:a.example\n" + public_pem())

    app = create_app(BankConfig(database=tmp_path / "bank.sqlite3", issuer_keys=folder))

    with app.extensions[EXTENSION].database.reading() as session:
        assert session.get_one(Issuer, "issuer-2027").issuer_id == "did:web:a.example"


def test_a_key_file_that_names_no_issuer_stops_the_bank(tmp_path):
    (tmp_path / "issuer-2027.pem").write_bytes(public_pem())

    with pytest.raises(ValueError, match="Issuer:"):
        create_app(BankConfig(database=tmp_path / "bank.sqlite3", issuer_keys=tmp_path))


def test_the_environment_tells_the_bank_everything(tmp_path):
    config = BankConfig.from_environment(
        {
            "REFERENCE_BANK_DATABASE": str(tmp_path / "bank.sqlite3"),
            "REFERENCE_BANK_OPERATOR_TOKEN": "secret",
            "REFERENCE_BANK_FAULTS": '{"seed": 3, "rate": 0.5, "kinds": ["lie"]}',
        }
    )

    assert config.operator_token == "secret"
    assert (config.faults.rate, config.faults.kinds) == (0.5, (FaultKind.LIE,))


def test_the_manual_names_every_variable_and_every_default():
    manual = (HOME / "README.md").read_text(encoding="utf-8")
    code = (HOME / "configuration.py").read_text(encoding="utf-8")
    named = re.compile(r"REFERENCE_BANK_[A-Z_]+[A-Z]")

    assert set(named.findall(manual)) == set(named.findall(code))
    assert f"`{BankConfig.from_environment({}).database}`" in manual


def test_the_bank_knows_nothing_of_the_exam_centre():
    probe = "import sys, reference_bank; print([m for m in sys.modules if m[:11] == 'exam_centre'])"

    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"


def test_a_restarted_bank_remembers_what_it_was_sent(tmp_path, bank):
    first = push(bank, upsert()).json()

    with running_reference_bank(tmp_path, public_pem()) as again:
        assert push(again, upsert()).json() == first | {"result": "replay"}


def test_the_page_shows_accounts_and_effects_in_two_languages_to_the_operator_alone(bank):
    push(bank, upsert())

    stranger = httpx.get(bank.url)
    page = httpx.get(bank.url, auth=("operator", bank.operator_token))

    assert stranger.status_code == 401
    assert ACCOUNT not in stranger.text
    for word in (ACCOUNT, "3.0", "买买提·吐尔逊", "学习账户", "Learning accounts"):
        assert word in page.text


def test_a_bank_without_an_operators_token_has_no_operator(tmp_path):
    client = create_app(BankConfig(database=tmp_path / "bank.sqlite3")).test_client()

    assert client.get("/faults", headers={"Authorization": "Bearer None"}).status_code == 401
    assert client.get("/faults", headers={"Authorization": "Bearer "}).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/api/v1/outcomes/not-a-uuid", 404),
        ("/api/v1/digest/256", 404),
        ("/api/v1/units", 405),
    ],
)
def test_what_the_web_refuses_is_a_problem_too(bank, path, status):
    answer = httpx.get(bank.url + path)

    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"

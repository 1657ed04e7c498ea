"""Settings: the table tells the truth, and a wrong environment is refused with every reason."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from config import ROOT, SETTINGS, Config, ConfigError

ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)`(?: †)? \| (?P<default>[^|]+) \| (?P<meaning>[^|]+) \|$")
FIT_FOR_PRODUCTION = {
    "EXAM_CENTRE_ENVIRONMENT": "production",
    "EXAM_CENTRE_SECRET_KEY": "k3Y!" * 10,
    "EXAM_CENTRE_KEYS_DIR": "/etc/exam-centre/keys",
    "EXAM_CENTRE_PUBLIC_URL": "https://exams.example.edu.cn",
    "EXAM_CENTRE_TRUSTED_HOSTS": "exams.example.edu.cn",
    "EXAM_CENTRE_BANK_URL": "https://bank.example.edu.cn",
}


def rows() -> list[re.Match[str]]:
    lines = (ROOT / "docs" / "configuration.md").read_text().splitlines()
    return [row for row in map(ROW.match, lines) if row]


def test_the_table_lists_every_setting_with_its_default_and_a_meaning():
    table = {row["name"]: row["default"].strip().strip("`") for row in rows()}

    assert table == {setting.variable: setting.default or "(none)" for setting in SETTINGS}
    assert all(len(row["meaning"].strip()) > 10 for row in rows())


def test_the_dagger_marks_what_production_refuses():
    lines = (ROOT / "docs" / "configuration.md").read_text().splitlines()
    marked = {row["name"] for row in map(ROW.match, lines) if row and "†" in row[0]}

    with pytest.raises(ConfigError) as refusal:
        Config.from_environment({"EXAM_CENTRE_ENVIRONMENT": "production"})

    assert set(refusal.value.wrong) == marked


def test_every_setting_fills_one_field():
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Config)]


def test_a_desk_needs_no_settings_at_all():
    config = Config.from_environment({})

    assert config.database_url == f"sqlite:///{ROOT}/var/exam_centre.sqlite3"
    assert config.keys_dir == ROOT / "var" / "keys"


def test_production_starts_with_settings_of_its_own():
    config = Config.from_environment(FIT_FOR_PRODUCTION)

    assert config.as_flask()["SESSION_COOKIE_SECURE"] is True
    assert config.as_flask()["TRUSTED_HOSTS"] == ["exams.example.edu.cn"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EXAM_CENTRE_SECRET_KEY", "development-only-secret"),
        ("EXAM_CENTRE_SECRET_KEY", "too short"),
        ("EXAM_CENTRE_KEYS_DIR", "var/keys"),
        ("EXAM_CENTRE_PUBLIC_URL", "http://exams.example.edu.cn"),
        ("EXAM_CENTRE_BANK_URL", "http://bank.example.edu.cn"),
        ("EXAM_CENTRE_TRUSTED_HOSTS", ""),
        ("EXAM_CENTRE_TRUSTED_HOSTS", "127.0.0.1,localhost"),
    ],
)
def test_production_refuses_a_development_value(variable, value):
    with pytest.raises(ConfigError) as refusal:
        Config.from_environment(FIT_FOR_PRODUCTION | {variable: value})

    assert list(refusal.value.wrong) == [variable]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EXAM_CENTRE_ENVIRONMENT", "staging"),
        ("DATABASE_URL", "mysql://localhost/exams"),
        ("DATABASE_URL", "sqlite:///"),
        ("EXAM_CENTRE_BANK_TIMEOUT_SECONDS", "nan"),
        ("EXAM_CENTRE_BANK_TIMEOUT_SECONDS", "1e400"),
        ("EXAM_CENTRE_BANK_TIMEOUT_SECONDS", "0"),
        ("EXAM_CENTRE_MAX_UPLOAD_MEGABYTES", "１６"),
        ("EXAM_CENTRE_MAX_UPLOAD_MEGABYTES", "-1"),
        ("EXAM_CENTRE_PROXY_HOPS", "99999999999999999999"),
        ("EXAM_CENTRE_PUBLIC_URL", "exams.example.edu.cn"),
        ("EXAM_CENTRE_LOG_LEVEL", "loud"),
        ("EXAM_CENTRE_MAILER", "smtp"),
        ("EXAM_CENTRE_MAIL_FROM", "nobody"),
        ("EXAM_CENTRE_MAIL_FROM", "Exam Centre\r\nBcc: all <no-reply@example.edu.cn>"),
        ("EXAM_CENTRE_SMS_TOKEN", "two words"),
        ("EXAM_CENTRE_ISSUER_NAME", ""),
        ("EXAM_CENTRE_SMS", "http"),
        ("EXAM_CENTRE_FILES_DIR", ""),
        ("EXAM_CENTRE_FILE_DIR", "a name nobody reads"),
    ],
)
def test_a_senseless_value_is_refused(variable, value):
    with pytest.raises(ConfigError):
        Config.from_environment({variable: value})


def test_a_mail_server_needs_an_address_that_mails_come_from():
    server = {
        "EXAM_CENTRE_MAILER": "smtp",
        "EXAM_CENTRE_SMTP_URL": "smtps://mail.example.edu.cn",
    }

    with pytest.raises(ConfigError) as refusal:
        Config.from_environment(server)
    config = Config.from_environment(
        server | {"EXAM_CENTRE_MAIL_FROM": "考务中心 <no-reply@example.edu.cn>"}
    )

    assert list(refusal.value.wrong) == ["EXAM_CENTRE_MAIL_FROM"]
    assert config.mail_from == "考务中心 <no-reply@example.edu.cn>"


def test_all_wrong_variables_are_named_at_once():
    wrong = {"EXAM_CENTRE_MAILER": "pigeon", "EXAM_CENTRE_PROXY_HOPS": "many", "DATABASE_URL": "x"}

    with pytest.raises(ConfigError) as refusal:
        Config.from_environment(wrong)

    assert all(variable in str(refusal.value) for variable in wrong)


def test_a_secret_is_never_part_of_a_refusal():
    with pytest.raises(ConfigError) as refusal:
        Config.from_environment(FIT_FOR_PRODUCTION | {"EXAM_CENTRE_SECRET_KEY": "hunter2"})

    assert "hunter2" not in str(refusal.value)


def test_an_absolute_path_stays_as_it_is():
    config = Config.from_environment({"EXAM_CENTRE_FILES_DIR": "/srv/files"})

    assert config.files_dir == Path("/srv/files")

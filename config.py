"""Settings: the environment becomes one typed class, or a list of everything wrong with it."""

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
PREFIX = "EXAM_CENTRE_"
DEVELOPMENT_SECRET = "development-only-secret"  # noqa: S105 - production refuses it
SHORTEST_SECRET = 32
LARGEST_UPLOAD_MEGABYTES = 1024
LONGEST_NAME = 60  # characters of who certifies, in one line of a certificate
ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}\.[A-Za-z]+"
MAIL_SENDER = re.compile(rf"{ADDRESS}|[^<>\r\n]*<{ADDRESS}>")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"

Choice = TypeVar("Choice", bound=StrEnum)


class Environment(StrEnum):
    """Where the centre runs: on a desk, for people, or under test."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"
    TESTING = "testing"


class MailerKind(StrEnum):
    """Where mails go: to the log, or to a mail server."""

    CONSOLE = "console"
    SMTP = "smtp"


class SmsKind(StrEnum):
    """Where text messages go: to the log, to a provider, or by mail to a gateway."""

    CONSOLE = "console"
    HTTP = "http"
    MAIL = "mail"


class ConfigError(Exception):
    """The environment is not usable; the message has one line for each wrong variable."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.wrong = dict(wrong)  # variable -> what is wrong and what would be right
        lines = [f"  {variable}: {reason}" for variable, reason in wrong.items()]
        super().__init__("\n".join(["These settings are wrong:", *lines]))


def _text(value: str) -> str:
    return value


def _one_of(kind: type[Choice]) -> Callable[[str], Choice]:
    def read(value: str) -> Choice:
        try:
            return kind(value)
        except ValueError:
            raise ValueError(f"must be one of: {', '.join(kind)}") from None

    return read


def _path(value: str) -> Path:
    if not value:
        raise ValueError("must name a folder or file")
    return ROOT / value  # an absolute value stays as it is


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and least <= int(value[:9]) <= most):
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return read


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= 600:  # also refuses what is not a number
        raise ValueError("must be a number of seconds, more than 0 and at most 600")
    return seconds


def _web_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address like https://exams.example.edu.cn")
    return value.rstrip("/")


def _optional_url(*schemes: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in schemes or not parts.hostname):
            raise ValueError(f"must be an address that begins with {' or '.join(schemes)}")
        return value

    return read


def _name(value: str) -> str:
    if not value.strip() or len(value) > LONGEST_NAME or not value.isprintable():
        raise ValueError(f"must be a name on one line, {LONGEST_NAME} characters at most")
    return value.strip()


def _sender(value: str) -> str:
    if value and not MAIL_SENDER.fullmatch(value):
        raise ValueError("must be an address like Exam Centre <no-reply@example.edu.cn>")
    return value


def _token(value: str) -> str:
    # It goes out as a header, which has no blanks and no line breaks.
    if not all("!" <= sign <= "~" for sign in value):
        raise ValueError("must have letters, digits and ASCII signs only, without blanks")
    return value


def _database_url(value: str) -> str:
    if value.startswith(POSTGRESQL):
        return value
    if value.startswith(SQLITE) and len(value) > len(SQLITE):
        place = value.removeprefix(SQLITE)
        return value if place == ":memory:" else f"{SQLITE}{ROOT / place}"
    raise ValueError(f"must begin with {SQLITE} and name a file, or begin with {POSTGRESQL}")


def _hosts(value: str) -> tuple[str, ...]:
    return tuple(host.strip() for host in value.split(",") if host.strip())


def _log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of: {', '.join(LOG_LEVELS)}")
    return value.upper()


@dataclass(frozen=True)
class Setting:
    """One variable of the environment, and the field of Config it fills."""

    variable: str
    field: str
    default: str
    read: Callable[[str], object]


def _setting(field: str, default: str, read: Callable[[str], object]) -> Setting:
    return Setting(f"{PREFIX}{field.upper()}", field, default, read)


SETTINGS: tuple[Setting, ...] = (
    _setting("environment", "development", _one_of(Environment)),
    Setting("DATABASE_URL", "database_url", "sqlite:///var/exam_centre.sqlite3", _database_url),
    _setting("secret_key", DEVELOPMENT_SECRET, _text),
    _setting("keys_dir", "var/keys", _path),
    _setting("files_dir", "var/files", _path),
    _setting("assets_dir", "static/assets", _path),
    _setting("public_url", "http://127.0.0.1:8000", _web_url),
    _setting("trusted_hosts", "127.0.0.1,localhost", _hosts),
    _setting("issuer_name", "Exam Centre", _name),
    _setting("bank_url", "http://127.0.0.1:8100", _web_url),
    _setting("bank_code", "EXAM-CENTRE-DEV", _text),
    _setting("bank_timeout_seconds", "10", _seconds),
    _setting("mailer", "console", _one_of(MailerKind)),
    _setting("smtp_url", "", _optional_url("smtp", "smtps")),
    _setting("mail_from", "", _sender),
    _setting("sms", "console", _one_of(SmsKind)),
    _setting("sms_url", "", _optional_url("https", "http")),
    _setting("sms_token", "", _token),
    _setting("sms_domain", "", _token),
    _setting("jobs_path", "var/jobs.sqlite3", _path),
    _setting("log_level", "INFO", _log_level),
    _setting("max_upload_megabytes", "16", _whole(1, LARGEST_UPLOAD_MEGABYTES)),
    _setting("proxy_hops", "0", _whole(0, 10)),
)
DEFAULTS = {setting.field: setting.default for setting in SETTINGS}
VARIABLES = {setting.field: setting.variable for setting in SETTINGS}


@dataclass(frozen=True)
class Config:
    """The settings of one process; `docs/configuration.md` says what each one means."""

    environment: Environment
    database_url: str
    secret_key: str
    keys_dir: Path
    files_dir: Path
    assets_dir: Path
    public_url: str  # no slash at its end
    trusted_hosts: tuple[str, ...]
    issuer_name: str  # who certifies, as certificates and credentials say it
    bank_url: str  # no slash at its end
    bank_code: str  # who we are to the credit bank
    bank_timeout_seconds: float
    mailer: MailerKind
    smtp_url: str  # "" unless the mailer is smtp
    mail_from: str  # "Exam Centre <no-reply@example.edu.cn>"; "" unless the mailer is smtp
    sms: SmsKind
    sms_url: str  # "" unless sms is http
    sms_token: str  # "": the provider knows us by address
    sms_domain: str  # of the gateway that turns mails into texts; "" unless sms is mail
    jobs_path: Path
    log_level: str
    max_upload_megabytes: int
    proxy_hops: int  # proxies in front of us whose headers are true

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read every setting. Raises ConfigError naming all wrong variables at once."""
        values: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for setting in SETTINGS:
            try:
                values[setting.field] = setting.read(environ.get(setting.variable, setting.default))
            except ValueError as error:
                wrong[setting.variable] = str(error)
        known = {setting.variable for setting in SETTINGS} | {f"{PREFIX}SHARED"}
        for variable in environ:
            if variable.startswith(PREFIX) and variable not in known:
                wrong[variable] = "is not a setting; docs/configuration.md lists them all"
        if wrong:
            raise ConfigError(wrong)
        config = cls(**values)
        wrong = config.contradictions()
        if wrong:
            raise ConfigError(wrong)
        return config

    def contradictions(self) -> dict[str, str]:
        """Return what does not fit together, by variable."""
        wrong: dict[str, str] = {}
        if self.mailer is MailerKind.SMTP and not self.smtp_url:
            wrong[VARIABLES["smtp_url"]] = "must be set where the mailer is smtp"
        if self.mailer is MailerKind.SMTP and not self.mail_from:
            wrong[VARIABLES["mail_from"]] = "must be set where the mailer is smtp"
        if self.sms is SmsKind.HTTP and not self.sms_url:
            wrong[VARIABLES["sms_url"]] = "must be set where sms is http"
        if self.sms is SmsKind.MAIL and not self.sms_domain:
            wrong[VARIABLES["sms_domain"]] = "must be set where sms is mail"
        if self.sms is SmsKind.MAIL and self.mailer is not MailerKind.SMTP:
            wrong[VARIABLES["mailer"]] = "must be smtp where sms is mail"
        if self.environment is Environment.PRODUCTION:
            wrong |= self._unfit_for_production()
        return wrong

    def _unfit_for_production(self) -> dict[str, str]:
        wrong: dict[str, str] = {}
        if self.secret_key == DEVELOPMENT_SECRET or len(self.secret_key) < SHORTEST_SECRET:
            wrong[VARIABLES["secret_key"]] = (
                f"must be a secret of your own, {SHORTEST_SECRET} characters or more"
            )
        if self.keys_dir == ROOT / DEFAULTS["keys_dir"]:
            wrong[VARIABLES["keys_dir"]] = "must name a folder of your own, outside the project"
        for field in ("public_url", "bank_url"):
            if urlsplit(getattr(self, field)).scheme != "https":
                wrong[VARIABLES[field]] = "must begin with https://"
        if not self.trusted_hosts or self.trusted_hosts == _hosts(DEFAULTS["trusted_hosts"]):
            wrong[VARIABLES["trusted_hosts"]] = "must list the host names people type"
        return wrong

    def as_flask(self) -> dict[str, Any]:
        """Return the settings under the names Flask and its extensions read."""
        secure = self.public_url.startswith("https://")
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "TESTING": self.environment is Environment.TESTING,
            "TRUSTED_HOSTS": list(self.trusted_hosts),
            "MAX_CONTENT_LENGTH": self.max_upload_megabytes * 1024 * 1024,
            "PREFERRED_URL_SCHEME": "https" if secure else "http",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        }

"""Refusals and faults become answers: the right number, a sentence, and nothing of our insides."""

import errno
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from exam_centre.kernel.errors import (
    BadInput,
    Forbidden,
    IllegalMove,
    LostRace,
    NotFound,
    Refusal,
    SamePerson,
)
from exam_centre.kernel.laws import Law, LawBroken, Row
from exam_centre.kernel.sentences import say
from exam_centre.webkit.access import public
from exam_centre.webkit.database import ENGINE, reader
from exam_centre.webkit.errors import STATUS_OF_KIND, storage_status

JSON = {"Accept": "application/json"}
RED = Law("scripts", say("present"), say("scripts"), 29, 28, (Row("x:1", say("Seat {n}.", n=17)),))


class DiskFull(sqlite3.OperationalError):
    sqlite_errorname = "SQLITE_FULL"


class NoFile(sqlite3.OperationalError):
    sqlite_errorname = "SQLITE_CANTOPEN"


class NoTable(sqlite3.OperationalError):
    sqlite_errorname = "SQLITE_ERROR"


class PostgresFull(psycopg.OperationalError):
    sqlstate = "53100"


@pytest.fixture
def failing(app):
    """Return a function that asks a page which raises the given error."""
    raised: list[Exception] = []

    @app.get("/failing")
    @public
    def fail() -> str:
        raise raised[0]

    def ask(error: Exception, **headers: str):
        raised[:] = [error]
        return app.test_client().get("/failing", headers=headers)

    return ask


def all_refusals(kind: type[Refusal] = Refusal) -> set[type[Refusal]]:
    return {kind}.union(*(all_refusals(child) for child in kind.__subclasses__()))


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound(say("job")), 404),
        (Forbidden(say("plan the timetable.")), 403),
        (IllegalMove("draft", "released", frozenset()), 409),
        (SamePerson("王立"), 409),
        (LostRace(), 409),
        (BadInput(say("Type a mark, or choose why there is none.")), 400),
    ],
)
def test_a_refusal_has_its_number_and_its_stable_code(failing, refusal, status):
    answer = failing(refusal, Accept="application/json")

    assert (answer.status_code, answer.json["code"]) == (status, refusal.code)
    assert answer.json["sentence"] == refusal.sentence.say_in("zh")


def test_every_kind_of_refusal_there_is_has_a_number():
    assert {refusal.kind for refusal in all_refusals()} <= set(STATUS_OF_KIND)


def test_a_broken_law_shows_both_sides_and_its_rows(failing):
    page = failing(LawBroken(RED), **{"Accept-Language": "en"}).get_data(as_text=True)

    assert ">29<" in page
    assert ">28<" in page
    assert "Seat 17." in page


def test_a_fault_shows_its_number_and_nothing_of_the_inside(failing):
    answer = failing(KeyError("secret detail"))
    page = answer.get_data(as_text=True)

    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in page
    assert "secret detail" not in page
    assert "Traceback" not in page


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "full"), 507),
        (OperationalError("INSERT", {}, DiskFull("database or disk is full")), 507),
        (OperationalError("INSERT", {}, PostgresFull()), 507),
        (OperationalError("SELECT", {}, NoFile("unable to open database file")), 503),
        (OperationalError("SELECT", {}, psycopg.OperationalError("connection refused")), 503),
        (DBAPIError("SELECT", {}, Exception(), connection_invalidated=True), 503),
        (OperationalError("SELECT", {}, NoTable("no such table")), 500),
        (OSError(errno.ENOENT, "none"), 500),
    ],
)
def test_a_full_disk_and_a_lost_database_are_told_from_our_own_faults(failing, error, status):
    answer = failing(error)

    assert answer.status_code == status
    assert (storage_status(error) or 500) == status
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_the_database_gone_is_a_503_on_a_page_that_reads_it(app, config):
    place = Path(config.database_url.removeprefix("sqlite:///"))

    @app.get("/reading")
    @public
    def read() -> str:
        return str(reader().scalar(text("SELECT count(*) FROM people")))

    assert app.test_client().get("/reading").status_code == 200
    app.extensions[ENGINE].dispose()
    place.rename(place.with_suffix(".moved"))
    place.mkdir()

    answer = app.test_client().get("/reading")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


@pytest.mark.parametrize(("address", "status"), [("/nowhere", 404), ("/language", 405)])
def test_an_address_that_is_none_is_said_in_both_languages(client, address, status):
    pages = {tag: client.get(address, headers={"Accept-Language": tag}) for tag in ("en", "zh-CN")}

    assert {page.status_code for page in pages.values()} == {status}
    assert 'lang="en"' in pages["en"].get_data(as_text=True)
    assert 'lang="zh-Hans"' in pages["zh-CN"].get_data(as_text=True)


def test_a_request_above_the_limit_is_too_large(client):
    answer = client.post("/sign-in", data={"login": "x" * (17 * 1024 * 1024)}, headers=JSON)

    assert answer.status_code == 413


def test_another_host_name_is_no_host_of_ours(client):
    answer = client.get("/health", base_url="http://evil.example")

    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)

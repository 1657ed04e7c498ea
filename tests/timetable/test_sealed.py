"""Sealed allocations: exported, repeated by a stranger with nothing but the file, or refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Placement
from exam_centre.timetable.queries.why import why_of
from exam_centre.timetable.rules import (
    ALGORITHM,
    BY_HAND,
    MovedSinceSearch,
    NotAnAllocation,
    NotReproducible,
)
from exam_centre.timetable.service.reproducing import allocation_file, reproduce
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.timetable.small_series import BEFORE, MOVES, draft, open_series, solved

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sealed(session, make):
    """A searched and sealed draft, its officer, and what its file tells."""
    plan, one, _ = solved(make, session, open_series(make))
    return plan, one, json.loads(allocation_file(session, plan))


def again(told):
    """Repeat a file that was changed."""
    return reproduce(json.dumps(told).encode())


def said(told):
    return " ".join(str(sentence) for sentence in again(told).differences)


def test_a_stranger_gets_the_same_allocation_to_the_byte(session, sealed):
    plan, _, told = sealed
    found = reproduce(allocation_file(session, plan))

    assert found.same
    assert found.placed == 24
    assert (
        found.placing_sha256 == told["placing_sha256"] == plan.summary["solver"]["placing_sha256"]
    )
    assert told["iterations"] == plan.summary["solver"]["iterations"] == MOVES


def test_the_file_is_the_same_bytes_each_time_and_names_nobody(session, sealed):
    plan, _, _ = sealed
    content = allocation_file(session, plan)

    assert allocation_file(session, plan) == content
    for name, person_no, tail in session.execute(
        select(Person.name, Candidate.person_no, Person.id_tail).join(
            Candidate, Candidate.person_id == Person.id
        )
    ):
        assert name not in content.decode()
        assert person_no not in content.decode()
        assert f'"{tail}"' not in content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told["result"]["seat"].reverse(), "The places were changed"),
        (lambda told: told["seed_parts"].reverse(), "The seed is not what the two parts make"),
        (lambda told: told.update(algorithm="park 0"), "It was made by park 0"),
        (
            lambda told: told["problem"]["candidates"]["wheelchair"].__setitem__(0, 1),
            "What the search was told was changed",
        ),
        (lambda told: told["problem"]["papers"]["minutes"].__setitem__(0, 0), "can not be run"),
    ],
)
def test_a_file_that_was_tampered_with_is_said_to_differ_and_where(sealed, change, words):
    _, _, told = sealed
    change(told)

    assert words in said(told)


def test_somebody_put_at_another_desk_is_named_by_row_with_both_places(sealed):
    _, _, told = sealed
    seats = told["result"]["seat"]
    free = next(n for n in range(30) if n not in seats)
    seats[0] = free

    words = said(told)
    assert "1 entries are at another place" in words
    assert "Entry 0: the file says" in words


def test_a_forger_who_mends_every_hash_is_found_by_the_search_itself(sealed):
    _, _, told = sealed
    seats = told["result"]["seat"]
    seats[0] = next(n for n in range(30) if n not in seats)
    first = again(told)
    forged = next(str(s) for s in first.differences if "hash is" in str(s))
    told["placing_sha256"] = forged.split("hash is ")[1].split(",")[0]

    assert "hash" not in said(told)
    assert "1 entries are at another place than the search finds." in said(told)


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[]", b"{}", b'{"format":"other 1"}'])
def test_what_is_no_sealed_allocation_is_refused(content):
    with pytest.raises(NotAnAllocation):
        reproduce(content)


@pytest.mark.parametrize("table", ["problem", "result", "locks", "iterations"])
def test_a_file_with_a_part_that_is_none_is_refused(sealed, table):
    _, _, told = sealed
    told[table] = {"seat": ["x"]}

    with pytest.raises(NotAnAllocation):
        again(told)


def test_a_search_that_ended_by_time_is_not_called_reproducible(session, make):
    plan, one, _ = draft(make, session, open_series(make))
    service.solve_plan(session, one, plan, seconds=0.2, now=BEFORE)

    assert plan.summary["solver"]["iterations"] is None
    with pytest.raises(NotReproducible, match="ended by time"):
        allocation_file(session, plan)


def test_a_seed_of_one_persons_choice_is_not_called_reproducible(session, make):
    plan, one, _ = draft(make, session, open_series(make))
    service.solve_plan(session, one, plan, seed=7, iterations=MOVES, now=BEFORE)

    with pytest.raises(NotReproducible):
        allocation_file(session, plan)


def test_a_plan_moved_by_hand_and_sealed_again_says_so(session, sealed):
    plan, one, _ = sealed
    placement = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).first()
    entry = session.get_one(Entry, placement.entry_id)
    option = why_of(session, plan, entry.id).options[0]
    desk = service.desk_of(session, plan, option.venue, option.room, option.seat)
    period = service.period_of(session, plan, option.period)
    service.move(session, one, plan, entry, desk, period, now=BEFORE)
    service.seal_plan(session, one, plan, algorithm="by hand 1", now=BEFORE)

    with pytest.raises(MovedSinceSearch):
        allocation_file(session, plan)


def test_a_seal_names_hands_once_they_moved_somebody_and_the_search_when_that_is_undone(
    session, sealed
):
    plan, one, _ = sealed
    placement = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).first()
    entry = session.get_one(Entry, placement.entry_id)
    searched = service.made_by(session, plan)
    option = why_of(session, plan, entry.id).options[0]
    desk = service.desk_of(session, plan, option.venue, option.room, option.seat)
    period = service.period_of(session, plan, option.period)
    service.move(session, one, plan, entry, desk, period, now=BEFORE)
    moved = service.made_by(session, plan)
    service.undo(session, one, plan, now=BEFORE)

    assert (searched, moved) == (ALGORITHM, BY_HAND)
    assert service.made_by(session, plan) == ALGORITHM


def test_what_was_locked_is_in_the_file_so_that_the_search_round_it_repeats(session, sealed):
    plan, one, _ = sealed
    placement = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).first()
    entry = session.get_one(Entry, placement.entry_id)
    option = why_of(session, plan, entry.id).options[0]
    desk = service.desk_of(session, plan, option.venue, option.room, option.seat)
    period = service.period_of(session, plan, option.period)
    service.move(session, one, plan, entry, desk, period, now=BEFORE)
    service.solve_plan(session, one, plan, iterations=MOVES, keep_own=True, now=BEFORE)
    told = json.loads(allocation_file(session, plan))

    assert sum(room >= 0 for room in told["locks"]["room"]) == 24
    assert again(told).same
    told["locks"] = None
    assert not again(told).same


@pytest.fixture
def exported(app, tmp_path):
    """The file of a plan as the command writes it."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.home(UnitLevel.NATIONAL)
        plan, _, _ = solved(make, session, open_series(make))
        code = session.get_one(type(make.home_series()), plan.series_id).code
    out = tmp_path / "sealed.json"
    done = app.test_cli_runner().invoke(
        args=["timetable", "sealed", "--series", code, "--out", str(out), "--json"]
    )
    assert done.exit_code == 0, done.output
    return out, json.loads(done.stdout)


def elsewhere(file):
    """Run `reproduce` in a fresh process that is given a database that does not exist."""
    nowhere = {"DATABASE_URL": f"sqlite:///{file.parent}/nowhere/none.sqlite3"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "timetable", "reproduce"]
    return subprocess.run(
        [*command, str(file), "--json"],
        cwd=ROOT,
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_export_is_reproduced_in_a_fresh_process_without_a_database(exported):
    file, told = exported
    done = elsewhere(file)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["same"] is True
    assert found["sha256"] == told["sha256"]

    changed = json.loads(file.read_bytes())
    changed["result"]["seat"].reverse()
    file.write_text(json.dumps(changed), encoding="utf-8")
    done = elsewhere(file)
    assert done.returncode == 1
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["same"] is False
    assert any("another place" in words for words in found["differences"])


def test_there_is_no_sealed_file_of_a_plan_nobody_searched(app, tmp_path):
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.home(UnitLevel.NATIONAL)
        series = open_series(make)
        service.draft_plan(session, make.actor(Role.EXAM_OFFICER), series, now=BEFORE)
        assert queries.newest_plan(session, series.id) is not None
        code = series.code
    done = app.test_cli_runner().invoke(
        args=["timetable", "sealed", "--series", code, "--out", str(tmp_path / "x.json")]
    )

    assert done.exit_code == 1
    assert "can not be repeated by others" in done.output
    assert not (tmp_path / "x.json").exists()

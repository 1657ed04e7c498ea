"""Whoever falsifies the trail is found out, every time; whoever does not is never accused."""

from collections.abc import Iterator
from random import Random

import pytest
from sqlalchemy.orm import Session

from exam_centre.kernel.audit import AuditRow, DailyHead, verify
from exam_centre.kernel.database import make_engine
from exam_centre.kernel.guards import declared
from tests.databases import templates
from tests.kernel.trails import RING, WAYS, Falsifying, content, heads, ring_of, write

SEED = 20261107
EACH = 65  # times seventeen ways: more than 1,100 on SQLite
FEW = 2  # a sample of them on PostgreSQL, where the same code reads the same rows
UNTOUCHED = 50


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def written(request, databases_home, tmp_path_factory) -> Iterator[Session]:
    """A session on three signed days of acts; the guards that refuse changes are gone from it."""
    if request.param == "sqlite":
        url = templates.copy_sqlite(databases_home, tmp_path_factory.mktemp("trail"))
    else:
        url = request.getfixturevalue("kernel_on_postgres")
    engine = make_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        write(session, Random(SEED), days=range(3), acts=8)
        connection = session.connection()
        final = {AuditRow.__tablename__, DailyHead.__tablename__}
        for guard in declared(AuditRow.metadata):
            if guard.table in final:
                for statement in guard.drop(connection.dialect.name):
                    connection.exec_driver_sql(statement)
        yield session
        session.rollback()
    engine.dispose()


@pytest.fixture
def trail(written: Session) -> Iterator[Session]:
    """The written trail; whatever a test does to it is taken back."""
    place = written.begin_nested()
    yield written
    place.rollback()
    written.expire_all()


def how_often(session: Session, times: int) -> int:
    return times if session.get_bind().dialect.name == "sqlite" else FEW


def findings(session: Session, witness=None) -> list[str]:
    session.expire_all()
    return [found.problem for found in verify(session, RING, witness)]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_every_falsification_is_found(trail, way: Falsifying):
    kept, before = heads(trail), content(trail)
    for n in range(how_often(trail, EACH)):
        place = trail.begin_nested()
        way.act(trail, Random(f"{SEED} {way.name} {n}"))

        assert content(trail) != before, "something was really changed"
        found = findings(trail, kept if way.needs_witness else None)
        assert found, f"seed {SEED}, {way.name}, {n}"
        place.rollback()
        trail.expire_all()
    assert content(trail) == before
    assert findings(trail, kept) == []


def test_there_are_more_than_eleven_hundred_falsifications():
    assert len(WAYS) * EACH > 1100


@pytest.mark.parametrize("way", [way for way in WAYS if way.needs_witness], ids=lambda w: w.name)
def test_without_the_outside_witness_these_would_pass_unseen(trail, way):
    # The control: what a database says of itself can not show that all of it was put back.
    way.act(trail, Random(SEED))

    assert findings(trail) == []


def test_nobody_is_accused_over_an_untouched_trail(trail):
    for n in range(how_often(trail, UNTOUCHED)):
        place = trail.begin_nested()
        write(trail, Random(n), days=range(3, 4 + n % 3), acts=1 + n % 6)

        assert findings(trail, heads(trail)) == [], f"seed {n}"
        place.rollback()
        trail.expire_all()


def test_a_trail_signed_by_a_stranger_is_found(trail):
    assert list(verify(trail, ring_of(b"z")))

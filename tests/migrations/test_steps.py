"""Each migration goes up and down on its own, with rows in the tables, and never by half."""

import pytest
from sqlalchemy import inspect, text

from exam_centre import migrations
from exam_centre.kernel.database import make_engine
from tests.migrations.schema import made_as
from tests.promises.rows import World, table_names

STEPS = migrations.numbers()


def test_migrations_are_numbered_without_gaps_and_head_names_the_last():
    assert [f"{n:04}" for n in range(1, len(STEPS) + 1)] == STEPS
    assert STEPS[-1] == migrations.HEAD


def look(url: str) -> tuple[str | None, set[str], dict[str, int]]:
    """Return the number a database is at, its schema, and how many rows each table has."""
    engine = make_engine(url)
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        number = None
        if "alembic_version" in tables:
            number = connection.scalar(text("SELECT version_num FROM alembic_version"))
        counts = {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0
            for table in sorted(tables - {"alembic_version"})
        }
        schema = made_as(connection)
    engine.dispose()
    return number, schema, counts


def fill(url: str, first_number: int) -> dict[str, int]:
    """Put a row into every empty table that is there; return how many rows each table has."""
    counts = look(url)[2]
    engine = make_engine(url)
    with engine.begin() as connection:
        world = World(connection, first_number)
        for table in table_names():
            if table in counts and not connection.scalar(text(f"SELECT count(*) FROM {table}")):
                world.add(table)
    engine.dispose()
    return look(url)[2]


def test_every_step_goes_up_down_and_up_again_with_rows_in_all_tables(new_database):
    url = new_database()
    before = look(url)
    for place, step in enumerate(STEPS):
        migrations.upgrade(url, step)
        up = look(url)
        filled = fill(url, (place + 1) * 10_000)
        assert all(filled.values()), "every table has a row before the step down"

        migrations.downgrade(url, STEPS[place - 1] if place else "base")
        down = look(url)
        migrations.upgrade(url, step)
        again = look(url)

        assert down[:2] == before[:2]
        assert down[2] == {table: filled[table] for table in before[2]}, "others' rows are kept"
        assert again[:2] == up[:2]
        before = again


def test_from_the_last_step_to_nothing_and_back_leaves_the_same_schema(new_database):
    url = new_database()
    migrations.upgrade(url)
    whole = look(url)
    fill(url, 1)

    migrations.downgrade(url, "base")
    empty = look(url)
    migrations.upgrade(url)

    assert empty[1:] == (set(), {})
    assert look(url)[:2] == whole[:2]


@pytest.mark.parametrize("step", ["0008", "0016"])
def test_a_step_that_fails_in_the_middle_is_not_applied_at_all(new_database, step):
    url = new_database()
    migrations.upgrade(url, STEPS[STEPS.index(step) - 1])
    # A table in the way of one that the step makes late: some of its statements have run by then.
    in_the_way = {"0008": "placements", "0016": "corrections"}[step]
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {in_the_way} (id INTEGER)"))
    before = look(url)

    with pytest.raises(Exception, match=in_the_way):
        migrations.upgrade(url)

    assert look(url) == before
    with engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {in_the_way}"))
    engine.dispose()
    migrations.upgrade(url)
    assert look(url)[0] == migrations.HEAD

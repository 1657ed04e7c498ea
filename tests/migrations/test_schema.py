"""The migrations make what the models say: nothing more, nothing less, on both databases."""

import pytest
from sqlalchemy import text

from deploy.drawing import metadata
from exam_centre import migrations
from exam_centre.kernel.database import make_engine
from exam_centre.kernel.guards import Guard, declared
from exam_centre.migrations import create_guards, drop_guards
from tests.migrations.schema import schema_of

A_GUARD = Guard(name="room_is_kept", table="rooms", on=("DELETE",), when="(1 = 1)")


def schema_at(url: str) -> set[str]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = schema_of(connection)
    engine.dispose()
    return found


def made_by_the_models(url: str) -> str:
    engine = make_engine(url)
    metadata().create_all(engine)
    engine.dispose()
    return url


def made_by_the_migrations(url: str) -> str:
    migrations.upgrade(url)
    return url


def test_the_schema_after_all_migrations_is_the_schema_of_the_models(new_database):
    modelled = schema_at(made_by_the_models(new_database()))
    migrated = schema_at(made_by_the_migrations(new_database()))

    assert sorted(migrated - modelled) == []
    assert sorted(modelled - migrated) == []


def test_the_comparison_sees_tables_keys_checks_indexes_and_guards(database_url):
    kinds = {line.split(":")[0] for line in schema_at(database_url)}

    on_sqlite = {"table", "column", "key", "unique", "foreign key", "check", "index", "trigger"}
    on_postgres = {"column", "constraint", "index", "trigger", "function"}
    assert kinds == (on_sqlite if database_url.startswith("sqlite") else on_postgres)


def sql(*statements: str):
    def run(connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return run


def another_text_of_a_guard(connection) -> None:
    (kept,) = (guard for guard in declared(metadata()) if guard.name == "outcome_is_kept")
    drop_guards(connection, [kept])
    create_guards(connection, [Guard(kept.name, kept.table, kept.on, "(1 = 0)")])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(sql("ALTER TABLE bags ADD COLUMN colour VARCHAR"), id="a column"),
        pytest.param(sql("CREATE TABLE boxes (id INTEGER PRIMARY KEY)"), id="a table"),
        pytest.param(sql("CREATE INDEX ix_bags_seal ON bags (seal_no)"), id="an index"),
        pytest.param(
            sql(
                "DROP INDEX uq_slips_valid",
                "CREATE UNIQUE INDEX uq_slips_valid ON slips (candidate_id, series_id) "
                "WHERE status = 'replaced'",
            ),
            id="the condition of a key",
        ),
        pytest.param(lambda connection: create_guards(connection, [A_GUARD]), id="a guard"),
        pytest.param(another_text_of_a_guard, id="the text of a guard"),
    ],
)
def test_one_difference_is_noticed(database_url, change):
    engine = make_engine(database_url)
    with engine.connect() as connection:
        before = schema_of(connection)
        change(connection)
        after = schema_of(connection)
    engine.dispose()

    assert after != before

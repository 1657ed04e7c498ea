"""The audit trail as the database keeps it: rows are added, and that is all."""

import pytest
from sqlalchemy import text

from tests.promises.rows import columns_of

ROWS = pytest.mark.parametrize(
    ("table", "promise"),
    [("audit_rows", "audit_row_is_final"), ("audit_daily_heads", "daily_head_is_final")],
)


@ROWS
def test_a_row_of_the_trail_is_not_edited(world, table, promise):
    world.add(table)
    for column in columns_of(world.connection, table):
        with world.refuses(promise):
            world.run(f"UPDATE {table} SET {column} = {column}")


@ROWS
def test_a_row_of_the_trail_is_not_deleted(world, table, promise):
    world.add(table)

    with world.refuses(promise):
        world.run(f"DELETE FROM {table}")


def test_a_row_is_not_put_in_the_place_of_another_on_sqlite(promises_on_sqlite):
    with promises_on_sqlite.connect() as connection:
        transaction = connection.begin()
        connection.execute(text("INSERT INTO audit_streams VALUES ('s', 0, '')"))
        insert = (
            "INTO audit_rows (id, stream, seq, at, act, subject, changes, reason, request_id, "
            "previous_hash, hash) VALUES (1, 's', 1, '2026-11-07 01:00:00', 'a', 'b', '{}', "
            "'', '', '', :hash)"
        )
        connection.execute(text(f"INSERT {insert}"), {"hash": "x"})

        with pytest.raises(Exception, match="audit_row_is_final"):
            connection.execute(text(f"INSERT OR REPLACE {insert}"), {"hash": "y"})
        transaction.rollback()

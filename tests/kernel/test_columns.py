"""Columns that keep their word on both databases: moments in UTC, decimals to the last digit."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, func, literal_column, select
from sqlalchemy.exc import StatementError

from exam_centre.kernel.columns import Exact, UtcMoment, new_token
from exam_centre.kernel.database import make_engine

READINGS = Table(
    "readings",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", UtcMoment),
    Column("score", Exact(6, 2)),
    Column("credits", Exact(5, 1)),
    Column("degrees", Exact(8, 5)),
)
MANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def connection(database_url):
    engine = make_engine(database_url)
    with engine.connect() as opened:
        READINGS.create(opened)
        yield opened
        opened.rollback()
    engine.dispose()


def back(connection, column: str, values: list) -> list:
    """Return what the database gives back for values written to a column, in their order."""
    connection.execute(READINGS.delete())
    if values:
        connection.execute(READINGS.insert(), [{column: value} for value in values])
    return list(connection.scalars(select(READINGS.c[column]).order_by(READINGS.c.id)))


def decimals(digits: int, places: int) -> st.SearchStrategy[Decimal]:
    most = 10**digits - 1
    return st.integers(-most, most).map(lambda n: Decimal(n).scaleb(-places))


@MANY
@given(values=st.lists(decimals(6, 2), max_size=60))
def test_every_score_comes_back_to_the_last_digit(connection, values):
    found = back(connection, "score", values)

    assert found == values
    assert {str(value) for value in found} == {f"{value:.2f}" for value in values if value} | (
        {"0.00"} if Decimal(0) in values else set()
    )


@MANY
@given(values=st.lists(decimals(5, 1), max_size=60))
def test_every_credit_comes_back_to_the_last_digit(connection, values):
    assert back(connection, "credits", values) == values


@MANY
@given(values=st.lists(decimals(8, 5), max_size=60))
def test_every_place_on_earth_comes_back_to_the_last_digit(connection, values):
    assert back(connection, "degrees", values) == values


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (61.5, TypeError),
        (61, TypeError),
        ("61.5", TypeError),
        (True, TypeError),
        (Decimal("NaN"), TypeError),
        (Decimal("Infinity"), TypeError),
        (Decimal("61.555"), ValueError),
        (Decimal("0.001"), ValueError),
        (Decimal("10000"), ValueError),
        (Decimal("-10000.00"), ValueError),
        (Decimal("1e400"), ValueError),
        (Decimal("1e-400"), ValueError),
    ],
)
def test_what_is_no_decimal_of_the_column_is_refused_and_never_rounded(connection, value, error):
    with pytest.raises(StatementError) as refused:
        back(connection, "score", [value])
    assert isinstance(refused.value.orig, error)


def test_a_decimal_compares_as_a_number_wherever_it_stands(connection):
    back(connection, "score", [Decimal("59.50"), Decimal("60.00"), Decimal("100.00")])
    score = READINGS.c.score

    for expression in (score, func.coalesce(score, literal_column("0")), score + score - score):
        reached = select(func.count()).where(expression >= Decimal(60))
        assert connection.scalar(reached) == 2, expression


zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2199, 1, 1), timezones=zones)


@MANY
@given(values=st.lists(moments, max_size=40))
def test_every_moment_comes_back_as_the_same_moment_in_utc(connection, values):
    found = back(connection, "at", values)

    assert found == values
    assert {moment.tzinfo for moment in found} <= {UTC}


def test_a_moment_without_a_zone_is_refused(connection):
    with pytest.raises(StatementError, match="a moment without a zone"):
        back(connection, "at", [datetime(2026, 11, 7, 9, 0)])


def test_nothing_stays_nothing(connection):
    for column in ("at", "score"):
        assert back(connection, column, [None]) == [None]


def test_tokens_are_22_characters_and_never_the_same():
    made = {new_token() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(token) for token in made} == {22}

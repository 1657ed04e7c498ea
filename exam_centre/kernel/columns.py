"""Column types that keep their word on both databases: UTC moments, exact decimals, tokens."""

import secrets
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, Index, Numeric, String, TypeDecorator, text
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeEngine, UserDefinedType

TOKEN_BYTES = 16  # 128 bits: nobody guesses one


def new_token() -> str:
    """Return a random public id, 22 characters that are safe in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. A naive one is refused, never guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _SqliteNumeric(UserDefinedType[Any]):
    """NUMERIC affinity, without the driver-side conversions of the type SQLAlchemy has for it."""

    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        self.precision, self.scale = precision, scale

    def get_col_spec(self, **_: Any) -> str:
        return f"NUMERIC({self.precision}, {self.scale})"


class Exact(TypeDecorator[Decimal]):
    """A decimal with a fixed number of digits; more digits are refused, never rounded away.

    SQLite keeps up to 15 significant digits so that they read back as they were written; every
    precision used here is far below.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.digits, self.places = precision, scale
        self.step = Decimal(1).scaleb(-scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_SqliteNumeric(self.digits, self.places))
        return dialect.type_descriptor(Numeric(self.digits, self.places))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"a decimal is needed, not {value!r}")
        if abs(value) >= Decimal(10) ** (self.digits - self.places):
            raise ValueError(f"{value} has more than {self.digits} digits")
        fixed = value.quantize(self.step)
        if fixed != value:
            raise ValueError(f"{value} has more than {self.places} decimals")
        # As text it would count as greater than any sum: SQLite converts it for bare columns only.
        return float(fixed) if dialect.name == "sqlite" else fixed

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(str(value)).quantize(self.step)


Id = Annotated[int, mapped_column(primary_key=True)]
Token = Annotated[str, mapped_column(String(22), unique=True, default=new_token)]
Score = Annotated[Decimal, mapped_column(Exact(6, 2))]  # marks: -999.99 to 9999.99
Credit = Annotated[Decimal, mapped_column(Exact(5, 1))]  # credits in steps of 0.5
Percent = Annotated[Decimal, mapped_column(Exact(5, 2))]
Degrees = Annotated[Decimal, mapped_column(Exact(8, 5))]  # latitude and longitude, about a metre


def unique_while(name: str, *columns: str, condition: str) -> Index:
    """Return a key that binds only the rows where `condition` (SQL, both databases) holds."""
    return Index(
        name,
        *columns,
        unique=True,
        sqlite_where=text(condition),
        postgresql_where=text(condition),
    )

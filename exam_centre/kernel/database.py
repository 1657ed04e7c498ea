"""The database: one Base, one engine a process, one unit of work at every edge."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    Constraint,
    Date,
    Engine,
    Enum,
    MetaData,
    Table,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
    registry,
    sessionmaker,
)
from sqlalchemy.orm.exc import StaleDataError

from exam_centre.kernel import guards
from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.errors import LostRace, PromiseBroken
from exam_centre.kernel.flow import Moving

Result = TypeVar("Result")
Value = TypeVar("Value")

AT_ONCE = 5_000  # values in one statement; SQLite takes 32,766, PostgreSQL 65,535
BUSY_SECONDS = 20  # how long a writer waits for another on SQLite before it gives up
IDLE_SECONDS = 2  # after which a connection is asked whether it still lives
LOST_RACE_STATES = {
    "23505",
    "23P01",
    "40001",
    "40P01",
}  # unique, exclusion, serialisation, deadlock
GUARD_SAYS = "guard:"  # how the words of a guard begin, on both databases
SQLITE_LOST_RACES = ("UNIQUE constraint failed", "database is locked", "database table is locked")


def _check_name(constraint: Constraint, _table: Table) -> str:
    """Name the check of an enum after its column: a table may hold two columns of one enum."""
    columns = list(constraint.columns) if isinstance(constraint, CheckConstraint) else []
    if len(columns) == 1 and constraint.name == getattr(columns[0].type, "name", None):
        return f"{columns[0].name}_is_known"
    return str(constraint.name)


NAMES: dict[str, Any] = {
    "constraint_name": _check_name,
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def _values(statuses: type[StrEnum]) -> list[str]:
    return [status.value for status in statuses]


class Base(DeclarativeBase):
    """What every table inherits. Text, moments, dates, enums and JSON behave alike everywhere."""

    metadata = MetaData(naming_convention=NAMES)
    registry = registry(
        metadata=metadata,
        type_annotation_map={
            datetime: UtcMoment,
            date: Date,
            dict[str, Any]: JSON().with_variant(JSONB, "postgresql"),
            list[Any]: JSON().with_variant(JSONB, "postgresql"),
            StrEnum: Enum(
                StrEnum,
                native_enum=False,
                create_constraint=True,
                values_callable=_values,
                length=32,
            ),
        },
    )


guards.create_after_tables(Base.metadata)


class Versioned:
    """A table that counts its writes: of two writers at once, the second is told."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Lifecycle(Versioned, Moving):
    """A table with a status that moves along a flow, one writer at a time."""


def make_engine(url: str, **options: Any) -> Engine:
    """Return an engine that keeps the promises: foreign keys, full sync, immediate writers.

    Execution option `reader=True` gives transactions that can not write, on both databases.
    """
    if not url.startswith("sqlite"):
        engine = create_engine(url, **options)
        _ask_idle_connections(engine)
        return engine
    engine = create_engine(url, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The driver's own transaction handling defers BEGIN, which loses races; we say BEGIN.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",
            f"busy_timeout = {BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reader = connection.get_execution_options().get("reader", False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reader else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reader else "BEGIN IMMEDIATE")

    return engine


def _ask_idle_connections(engine: Engine) -> None:
    """Ask a connection nobody used for a while whether it lives; a dead one is made anew.

    Asking before every use would cost a busy door one question a scan.
    """

    @event.listens_for(engine, "checkin")
    def note(_: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _: Any) -> None:
        used = record.info.get("used")
        if used is None or time.monotonic() - used < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


class _Current:
    """The engine of this process, set once by whoever builds the application."""

    sessions: ClassVar[sessionmaker[Session] | None] = None


def connect(engine: Engine) -> None:
    """Make `engine` the one that units of work use from now on."""
    _Current.sessions = sessionmaker(engine, expire_on_commit=False)


def _new_session() -> Session:
    if _Current.sessions is None:
        raise RuntimeError("no database is connected: create_app or database.connect comes first")
    return _Current.sessions()


@contextmanager
def unit_of_work(*, serializable: bool = False) -> Iterator[Session]:
    """Open a session, commit it at the end, roll it back on any error.

    serializable  for acts that check a law over many rows; SQLite writers always are.
    Raises        LostRace where another writer came first; PromiseBroken where a key, check or
                  guard refused. Both leave the database untouched.
    """
    session = _new_session()
    try:
        if serializable and session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
        yield session
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise LostRace from error
    except DBAPIError as error:
        session.rollback()
        raise refusal_for(error) or error from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that can not write, for commands and jobs that only look."""
    session = _new_session()
    reader = session.get_bind().execution_options(reader=True, postgresql_readonly=True)
    try:
        with Session(reader) as reads:
            yield reads
    finally:
        session.close()


def in_unit_of_work(work: Callable[[Session], Result], *, serializable: bool = False) -> Result:
    """Run `work` in a unit of work; if it loses a race, run it once more and let it judge again."""
    try:
        with unit_of_work(serializable=serializable) as session:
            return work(session)
    except (LostRace, PromiseBroken):
        with unit_of_work(serializable=serializable) as session:
            return work(session)


def pieces(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Yield the distinct values in lists short enough for one statement's IN."""
    wanted = list(dict.fromkeys(values))
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]


def refusal_for(error: DBAPIError) -> LostRace | PromiseBroken | None:
    """Return the refusal a database error stands for, or None where it is a real fault."""
    # PostgreSQL tells the row from the second line on, and a row may say anything.
    words = (str(error.orig).splitlines() or [""])[0]
    state = getattr(error.orig, "sqlstate", None)
    if words.startswith(GUARD_SAYS):
        return PromiseBroken(words.removeprefix(GUARD_SAYS))
    if state in LOST_RACE_STATES or words.startswith(SQLITE_LOST_RACES):
        return LostRace()
    if isinstance(error, IntegrityError):
        return PromiseBroken(words)
    return None

"""Triggers, alike on both databases: guards refuse what no key or check can; others follow up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, MetaData, event

from exam_centre.kernel.flow import Flow

INTEGRITY = "23514"  # the SQLSTATE of a broken check: drivers raise IntegrityError for it


@dataclass(frozen=True)
class Guard:
    """Refuses to insert, update or delete a row of `table` when a condition holds.

    A table whose rows may not all be deleted is not emptied as a whole either: PostgreSQL's
    TRUNCATE passes by the triggers of rows, so a guard of deletion has one on the statement too.
    (SQLite knows no TRUNCATE: it deletes row by row wherever a trigger wants to see the rows.)

    name     the promise, e.g. "audit_row_is_final"; the database says it when it refuses.
    on       "INSERT", "UPDATE" or "DELETE"; one trigger is made for each.
    when     SQL over NEW and OLD, the same text on both databases.
    lock     SQL integer (over NEW) that PostgreSQL locks until commit, so that two
             transactions that would each see nothing wrong take turns; SQLite has one writer.
    space    whose locks these are; guards of one promise on two tables name one space.
    """

    name: str
    table: str
    on: tuple[str, ...]
    when: str
    lock: str | None = None
    space: str = ""

    def trigger_names(self) -> list[str]:
        """Return the names of the triggers on rows, one an event."""
        return [f"{self.name}_on_{event_.lower()}" for event_ in self.on]

    def create(self, dialect: str) -> list[str]:
        """Return the statements that make the triggers on "sqlite" or "postgresql"."""
        pairs = zip(self.trigger_names(), self.on, strict=True)
        if dialect == "sqlite":
            return [
                f"CREATE TRIGGER {name} BEFORE {event_} ON {self.table} FOR EACH ROW "
                f"WHEN {self.when} BEGIN SELECT RAISE(ABORT, 'guard:{self.name}'); END"
                for name, event_ in pairs
            ]
        statements = []
        for name, event_ in pairs:
            space = self.space or self.name
            key = f"PERFORM pg_advisory_xact_lock(hashtext('{space}'), {self.lock}); "
            row = "OLD" if event_ == "DELETE" else "NEW"
            statements += [
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"{key if self.lock and row == 'NEW' else ''}IF {self.when} THEN "
                f"RAISE EXCEPTION 'guard:{self.name}' USING ERRCODE = '{INTEGRITY}'; "
                f"END IF; RETURN {row}; END $$",
                f"CREATE TRIGGER {name} BEFORE {event_} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()",
            ]
        return statements + self._against_truncate()

    def drop(self, dialect: str) -> list[str]:
        """Return the statements that remove the triggers again."""
        if dialect == "sqlite":
            return [f"DROP TRIGGER {name}" for name in self.trigger_names()]
        names = self.trigger_names() + ([self._truncate_name()] if "DELETE" in self.on else [])
        return [
            statement
            for name in names
            for statement in (f"DROP TRIGGER {name} ON {self.table}", f"DROP FUNCTION {name}()")
        ]

    def _truncate_name(self) -> str:
        return f"{self.name}_on_truncate"

    def _against_truncate(self) -> list[str]:
        """Return what refuses to empty the table, rows that `when` would let go included."""
        if "DELETE" not in self.on:
            return []
        name = self._truncate_name()
        return [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION 'guard:{self.name}' USING ERRCODE = '{INTEGRITY}'; END $$",
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {self.table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]


@dataclass(frozen=True)
class Consequence:
    """Does something more whenever a row is added to `table`, in the same statement.

    name  what follows, e.g. "audit_row_ends_its_stream".
    does  one SQL statement over NEW, the same text on both databases.
    """

    name: str
    table: str
    does: str
    on: tuple[str, ...] = ("INSERT",)
    lock: None = None

    def trigger_names(self) -> list[str]:
        """Return the name of the trigger."""
        return [f"{self.name}_on_insert"]

    def create(self, dialect: str) -> list[str]:
        """Return the statements that make the trigger on "sqlite" or "postgresql"."""
        (name,) = self.trigger_names()
        after = f"CREATE TRIGGER {name} AFTER INSERT ON {self.table} FOR EACH ROW"
        if dialect == "sqlite":
            return [f"{after} BEGIN {self.does}; END"]
        return [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{self.does}; RETURN NULL; END $$",
            f"{after} EXECUTE FUNCTION {name}()",
        ]

    def drop(self, dialect: str) -> list[str]:
        """Return the statements that remove the trigger again."""
        (name,) = self.trigger_names()
        if dialect == "sqlite":
            return [f"DROP TRIGGER {name}"]
        return [f"DROP TRIGGER {name} ON {self.table}", f"DROP FUNCTION {name}()"]


Trigger = Guard | Consequence


def flow_guard(table: str, moves: Mapping[str, Iterable[str]]) -> Guard:
    """Return the guard that lets a status change only along its flow, whoever writes the SQL."""
    ways = [
        f"(OLD.status = '{old}' AND NEW.status IN ({', '.join(repr(n) for n in sorted(news))}))"
        for old, news in sorted(moves.items())
        if news
    ]
    allowed = " OR ".join(ways) or "1 = 0"
    return Guard(
        name=f"{table}_status_moves_along_its_flow",
        table=table,
        on=("UPDATE",),
        when=f"(NEW.status <> OLD.status AND NOT ({allowed}))",
    )


def as_rows(flow: Flow[Any]) -> dict[str, list[str]]:
    """Return a flow as plain words, the shape `flow_guard` takes and migrations freeze."""
    moves: Mapping[StrEnum, frozenset[StrEnum]] = flow.moves
    return {old.value: sorted(new.value for new in news) for old, news in moves.items()}


def final_row(table: str, name: str) -> Guard:
    """Return the guard of a table whose rows are written once: no update, no delete."""
    return Guard(name=name, table=table, on=("UPDATE", "DELETE"), when="(1 = 1)")


def kept_row(table: str, name: str, when: str = "(1 = 1)") -> Guard:
    """Return the guard of a table whose rows are never deleted, or not while `when` (over OLD)."""
    return Guard(name=name, table=table, on=("DELETE",), when=when)


def fixed_columns(table: str, name: str, *columns: str, when: str = "") -> Guard:
    """Return the guard of columns that stay as they were written, always or once `when` holds."""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    condition = f"({when} AND ({changed}))" if when else f"({changed})"
    return Guard(name=name, table=table, on=("UPDATE",), when=condition)


def keep(metadata: MetaData, *guards: Trigger) -> None:
    """Declare guards beside the models they protect; `create_all` makes them too."""
    metadata.info.setdefault("guards", []).extend(guards)


def declared(metadata: MetaData) -> list[Guard]:
    """Return every guard the models declare."""
    return [each for each in triggers(metadata) if isinstance(each, Guard)]


def triggers(metadata: MetaData) -> list[Trigger]:
    """Return every trigger the models declare: the guards, and what follows from a row."""
    return list(metadata.info.get("guards", []))


def create_after_tables(metadata: MetaData) -> None:
    """Make `create_all` create the guards as well as the tables."""

    @event.listens_for(metadata, "after_create")
    def create_guards(_: MetaData, connection: Connection, **__: Any) -> None:
        for trigger in triggers(metadata):
            for statement in trigger.create(connection.dialect.name):
                connection.exec_driver_sql(statement)

"""The audit trail: one row an act, chained by hashes a stream, joined and signed once a day."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Insert, Select, UniqueConstraint, bindparam, event, insert, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exam_centre.kernel.columns import Id
from exam_centre.kernel.database import AT_ONCE, Base
from exam_centre.kernel.guards import Consequence, final_row, keep
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor

GENESIS = "0" * 64
PRIVATE = {"private": True}  # column info: the trail says that it changed, never to what


HASHED = (
    "stream",
    "seq",
    "at",
    "person_id",
    "user_id",
    "act",
    "subject",
    "changes",
    "reason",
    "request_id",
    "previous_hash",
)


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()  # as the database gives it back


CANONICAL = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_in_utc
)


def hash_of(values: Sequence[Any]) -> str:
    """Return the SHA-256 of a row's values, in the order of `HASHED`, in their canonical form."""
    return hashlib.sha256(CANONICAL.encode(values).encode()).hexdigest()


class AuditRow(Base):
    """One act. Its hash covers what it says and the hash of the row before it in its stream."""

    __tablename__ = "audit_rows"
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    id: Mapped[Id]
    stream: Mapped[str]  # a venue or an office, e.g. "venue:7": doors do not queue for one lock
    seq: Mapped[int]  # from 1, without gaps within the stream
    at: Mapped[datetime]
    person_id: Mapped[int | None]  # None: the system on a schedule
    user_id: Mapped[int | None]
    act: Mapped[str]  # e.g. "admission.admitted"
    subject: Mapped[str] = mapped_column(index=True)  # table and key, e.g. "attendances:81"
    changes: Mapped[dict[str, Any]]  # column -> [before, after], as plain words
    reason: Mapped[str]
    request_id: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    def computed_hash(self) -> str:
        """Return what `hash` must be: SHA-256 over the canonical form of the other columns."""
        return hash_of([getattr(self, name) for name in HASHED])


class AuditStream(Base):
    """The end of one chain, so that the next row is found without a search. A row moves it."""

    __tablename__ = "audit_streams"

    name: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    head: Mapped[str]


class DailyHead(Base):
    """All streams' heads at the end of a day, signed: printed, it is the outside witness."""

    __tablename__ = "audit_daily_heads"

    day: Mapped[date] = mapped_column(primary_key=True)
    heads: Mapped[dict[str, Any]]  # stream -> [seq, hash]
    previous_root: Mapped[str]
    root: Mapped[str]
    key_id: Mapped[int]
    signature: Mapped[bytes]

    def message(self) -> bytes:
        """Return the bytes that are hashed into `root` and signed."""
        body = [self.day.isoformat(), self.heads, self.previous_root]
        return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


keep(
    Base.metadata,
    final_row("audit_rows", "audit_row_is_final"),
    Consequence(
        name="audit_row_ends_its_stream",
        table="audit_rows",
        does="UPDATE audit_streams SET seq = NEW.seq, head = NEW.hash "
        "WHERE name = NEW.stream AND seq < NEW.seq",
    ),
    final_row("audit_daily_heads", "daily_head_is_final"),
)


@dataclass(frozen=True)
class Finding:
    """One thing wrong with the trail: where, and what a reader should know."""

    stream: str
    seq: int
    problem: str


def record(
    session: Session, actor: Actor, act: str, subject: Base, now: datetime, *, reason: str = ""
) -> None:
    """Add one row to the actor's stream. What changed on `subject` is found by the session."""
    record_all(session, actor, act, [subject], now, reason=reason)


def record_all(
    session: Session,
    actor: Actor,
    act: str,
    subjects: Sequence[Base],
    now: datetime,
    *,
    reason: str = "",
) -> None:
    """Add one row a subject, in their order, for an act done to many things at once."""
    session.flush()
    known = session.info.get("changes", {})
    told = [(_name(subject), known.pop(subject, {})) for subject in subjects]
    _add_rows(session, actor, act, told, now, reason)


def record_facts(
    session: Session, actor: Actor, act: str, table: str, keys: Sequence[int], now: datetime
) -> None:
    """Add one row a key to the actor's stream, about rows that are written once for good.

    What such a row says stands in itself and never changes; the trail says that it came.
    """
    _add_rows(session, actor, act, [(f"{table}:{key}", {}) for key in keys], now, "")


def _add_rows(
    session: Session,
    actor: Actor,
    act: str,
    told: Sequence[tuple[str, dict[str, Any]]],
    now: datetime,
    reason: str,
) -> None:
    end = _locked_end(session, actor.stream)
    rows = []
    for subject, changes in told:
        values = (
            actor.stream,
            end.seq + 1,
            now,
            actor.person_id,
            actor.user_id,
            act,
            subject,
            changes,
            reason,
            actor.request_id,
            end.head,
        )
        # The database moves the stream's end with the row; this is what it will be.
        end.seq, end.head = end.seq + 1, hash_of(values)
        rows.append(dict(zip(HASHED, values, strict=True)) | {"hash": end.head})
    if rows:
        session.execute(_adding_rows(), rows)


def sign_day(session: Session, day: date, ring: KeyRing) -> DailyHead:
    """Join the streams' heads of this moment under one signed root; a day is signed once.

    Raises ValueError where it or a later day is signed already: the days are a chain too.
    """
    before = session.scalar(select(DailyHead).order_by(DailyHead.day.desc()).limit(1))
    if before is not None and day <= before.day:
        raise ValueError(f"{before.day} is signed already: {day} can not be any more")
    heads = {s.name: [s.seq, s.head] for s in session.scalars(select(AuditStream))}
    daily = DailyHead(day=day, heads=heads, previous_root=before.root if before else GENESIS)
    daily.root = hashlib.sha256(daily.message()).hexdigest()
    daily.key_id, daily.signature = ring.sign(daily.message())
    session.add(daily)
    session.flush()
    return daily


def verify(
    session: Session,
    ring: KeyRing,
    witness: dict[str, tuple[int, str]] | None = None,
    *,
    seen: Callable[[int], None] | None = None,
) -> Iterator[Finding]:
    """Yield everything wrong with the trail; nothing yielded means nothing found.

    witness  heads kept outside, e.g. from a printed day report: stream -> (seq, hash), and
             "day 2026-11-08" -> (0, root). The signed heads in the database are always held
             against the chains as well.
    seen     is told after every so many rows how many were read so far.
    """
    ends: dict[str, int] = {}
    hashes: dict[tuple[str, int], str] = {}
    before, head = "", GENESIS
    columns = [getattr(AuditRow, name) for name in (*HASHED, "hash")]
    rows = select(*columns).order_by(AuditRow.stream, AuditRow.seq)
    every = session.execute(rows.execution_options(yield_per=AT_ONCE))
    for number, (*values, kept) in enumerate(every, 1):
        if seen is not None and number % AT_ONCE == 0:
            seen(number)
        stream, seq, previous = values[0], values[1], values[-1]
        if stream != before:
            before, head = stream, GENESIS
        expected = ends.get(stream, 0) + 1
        if seq != expected:
            yield Finding(stream, seq, f"row {expected} is missing")
        if previous != head:
            yield Finding(stream, seq, "does not continue the row before it")
        if kept != hash_of(values):
            yield Finding(stream, seq, "was changed after it was written")
        ends[stream], head = seq, kept
        hashes[stream, seq] = kept
    yield from _verify_ends(session, ends, hashes)
    yield from _verify_days(session, ring, hashes)
    for stream, (seq, kept) in (witness or {}).items():
        if hashes.get((stream, seq)) != kept:
            yield Finding(stream, seq, "differs from the head kept outside")


def _verify_ends(
    session: Session, ends: dict[str, int], hashes: dict[tuple[str, int], str]
) -> Iterator[Finding]:
    for stream in session.scalars(select(AuditStream)):
        if ends.get(stream.name, 0) != stream.seq or (
            stream.seq and hashes.get((stream.name, stream.seq)) != stream.head
        ):
            yield Finding(stream.name, stream.seq, "the chain's end is not where it was")
        ends.pop(stream.name, None)
    for name, seq in ends.items():
        yield Finding(name, seq, "rows of a stream nobody opened")


def _verify_days(
    session: Session, ring: KeyRing, hashes: dict[tuple[str, int], str]
) -> Iterator[Finding]:
    root = GENESIS
    for daily in session.scalars(select(DailyHead).order_by(DailyHead.day)):
        where = f"day {daily.day.isoformat()}"
        if daily.previous_root != root:
            yield Finding(where, 0, "does not continue the day before it")
        if not ring.verifies(daily.key_id, daily.message(), daily.signature):
            yield Finding(where, 0, "the signature does not fit")
        if daily.root != hashlib.sha256(daily.message()).hexdigest():
            yield Finding(where, 0, "the root is not that of its heads")
        hashes[where, 0] = daily.root
        for stream, (seq, kept) in daily.heads.items():
            if seq and hashes.get((stream, seq)) != kept:
                yield Finding(stream, seq, f"differs from the head signed on {daily.day}")
        root = daily.root


@dataclass
class _End:
    """Where a stream ends now, while this transaction holds it."""

    seq: int
    head: str


def _locked_end(session: Session, name: str) -> _End:
    """Return the end of a stream, locked until the transaction ends: asked for once in each."""
    locked: dict[str, _End] = session.info.setdefault("streams", {})
    if name in locked:
        return locked[name]
    found = session.execute(_asking_end(), {"name": name}).one_or_none()
    if found is None:
        # Two first acts of one stream at once: the second insert fails and its work is retried.
        session.execute(insert(STREAMS).values(name=name, seq=0, head=GENESIS))
    locked[name] = _End(0, GENESIS) if found is None else _End(*found.tuple())
    return locked[name]


STREAMS: Any = AuditStream.__table__
ROWS: Any = AuditRow.__table__


@cache
def _asking_end() -> Select[int, str]:
    """Return the question, built once: every act asks it."""
    wanted = select(STREAMS.c.seq, STREAMS.c.head).where(STREAMS.c.name == bindparam("name"))
    return wanted.with_for_update()


@cache
def _adding_rows() -> Insert:
    """Return the statement, built once: every act says it."""
    return insert(ROWS)


def _name(subject: Base) -> str:
    key = inspect(subject).identity
    return f"{subject.__tablename__}:{':'.join(str(part) for part in key or ())}"


def _plain(value: Any) -> Any:
    """Return a value as JSON can keep it without losing a digit."""
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, StrEnum)):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    raise TypeError(f"the trail can not keep {type(value).__name__}")


@event.listens_for(Session, "before_flush")
def _collect_changes(session: Session, _context: Any, _instances: Any) -> None:
    """Keep what each row was before this transaction, until `record` tells it."""
    changes = session.info.setdefault("changes", {})
    for row in [*session.new, *session.dirty]:
        if isinstance(row, AuditRow | AuditStream | DailyHead):
            continue
        state = inspect(row)
        told = changes.setdefault(row, {})
        for column in state.mapper.column_attrs:
            # Only what was set since the last flush can differ: most columns were not.
            if column.key not in state.committed_state or column.key == "id":
                continue
            history = state.attrs[column.key].history
            if not history.has_changes():
                continue
            if column.columns[0].info.get("private"):
                told[column.key] = ["(kept private)", "(changed)"]
                continue
            old = _plain(history.deleted[0]) if history.deleted else None
            before = told[column.key][0] if column.key in told else old
            told[column.key] = [before, _plain(history.added[0]) if history.added else None]


@event.listens_for(Session, "after_transaction_end")
def _forget_changes(session: Session, transaction: Any) -> None:
    if transaction.nested or transaction.parent is None:
        # A savepoint that was undone gave its locks back.
        session.info.pop("streams", None)
    if transaction.parent is None:
        session.info.pop("changes", None)

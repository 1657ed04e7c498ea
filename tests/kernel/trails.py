"""A small signed audit trail, and seeded ways to falsify it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from exam_centre.kernel.audit import (
    GENESIS,
    AuditRow,
    AuditStream,
    DailyHead,
    record,
    sign_day,
)
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor
from tests.kernel.works import new_job

FIRST_DAY = date(2026, 11, 7)
STREAMS = ("venue:7", "venue:8", "office:1")
COLUMNS = ("at", "person_id", "user_id", "act", "subject", "changes", "reason", "request_id")
Witness = dict[str, tuple[int, str]]


def ring_of(seed: bytes) -> KeyRing:
    """Return a ring of one key."""
    key = Ed25519PrivateKey.from_private_bytes(seed * 32)
    return KeyRing("audit", {1: key}, {1: key.public_key()})


RING = ring_of(b"a")


def write(session: Session, chance: Random, days: range, acts: int) -> None:
    """Write some acts on each of some days in a few streams, and sign each day."""
    for day in days:
        noon = datetime(2026, 11, 7, 4, tzinfo=UTC) + timedelta(days=day)
        for n in range(acts):
            actor = Actor(n + 1, n + 1, "A", stream=chance.choice(STREAMS), request_id=f"r{n}")
            row = new_job(done=n)
            session.add(row)
            record(session, actor, "jobs.asked", row, noon + timedelta(minutes=n), reason="it")
        sign_day(session, FIRST_DAY + timedelta(days=day), RING)


def heads(session: Session) -> Witness:
    """Return what a printed day report keeps outside: each stream's end, and each day's root."""
    kept: Witness = {s.name: (s.seq, s.head) for s in session.scalars(select(AuditStream))}
    for daily in session.scalars(select(DailyHead)):
        kept[f"day {daily.day.isoformat()}"] = (0, daily.root)
    return kept


@dataclass(frozen=True)
class Falsifying:
    """One way to falsify, by somebody who may write every table but holds no signing key."""

    name: str
    act: Callable[[Session, Random], None]
    needs_witness: bool = False  # the database alone can not tell: all of it is from another time


def _any_row(session: Session, chance: Random) -> AuditRow:
    return chance.choice(session.scalars(select(AuditRow).order_by(AuditRow.id)).all())


def _any_stream(session: Session, chance: Random) -> AuditStream:
    return chance.choice(session.scalars(select(AuditStream).order_by(AuditStream.name)).all())


def _any_day(session: Session, chance: Random) -> DailyHead:
    return chance.choice(session.scalars(select(DailyHead).order_by(DailyHead.day)).all())


def _change_a_column(session: Session, chance: Random) -> None:
    row, column = _any_row(session, chance), chance.choice(COLUMNS)
    new: dict[str, object] = {
        "at": row.at + timedelta(seconds=chance.choice([-1, 1, 3600])),
        "person_id": chance.choice([None, (row.person_id or 0) + 1]),
        "user_id": chance.choice([None, (row.user_id or 0) + 1]),
        "changes": {**row.changes, "done": [0, chance.randint(1000, 9999)]},
    }
    value = new.get(column, f"{getattr(row, column)}{chance.randint(0, 9)}")
    session.execute(update(AuditRow).where(AuditRow.id == row.id).values({column: value}))


def _change_a_hash(session: Session, chance: Random) -> None:
    row, column = _any_row(session, chance), chance.choice(["hash", "previous_hash"])
    value = f"{chance.getrandbits(256):064x}"
    session.execute(update(AuditRow).where(AuditRow.id == row.id).values({column: value}))


def _delete_a_row(session: Session, chance: Random) -> None:
    session.execute(delete(AuditRow).where(AuditRow.id == _any_row(session, chance).id))


def _rewrite(session: Session, stream: str, first: int) -> None:
    """Compute a stream's hashes anew from row `first` on, and move its end: a careful forger."""
    wanted = select(AuditRow).where(AuditRow.stream == stream).order_by(AuditRow.seq)
    head, seq = GENESIS, 0
    for row in session.scalars(wanted.execution_options(populate_existing=True)).all():
        seq = row.seq
        if seq >= first:
            row.previous_hash = head
            values = {"previous_hash": head, "hash": row.computed_hash()}
            session.expunge(row)
            session.execute(update(AuditRow).where(AuditRow.id == row.id).values(values))
            head = values["hash"]
        else:
            head = row.hash
    end = {"seq": seq, "head": head}
    session.execute(update(AuditStream).where(AuditStream.name == stream).values(end))


def _cut_the_tail(session: Session, chance: Random) -> None:
    stream = _any_stream(session, chance)
    last = chance.randint(0, stream.seq - 1)
    session.execute(delete(AuditRow).where(AuditRow.stream == stream.name, AuditRow.seq > last))
    _rewrite(session, stream.name, last + 1)


def _rewrite_from_a_change(session: Session, chance: Random) -> None:
    row = _any_row(session, chance)
    act = {"act": f"{row.act}{chance.randint(0, 9)}"}
    session.execute(update(AuditRow).where(AuditRow.id == row.id).values(act))
    _rewrite(session, row.stream, row.seq)


def _rewrite_without_a_row(session: Session, chance: Random) -> None:
    row = _any_row(session, chance)
    session.execute(delete(AuditRow).where(AuditRow.id == row.id))
    later = select(AuditRow).where(AuditRow.stream == row.stream, AuditRow.seq > row.seq)
    for next_row in session.scalars(later.order_by(AuditRow.seq)).all():
        moved = {"seq": next_row.seq - 1}
        session.execute(update(AuditRow).where(AuditRow.id == next_row.id).values(moved))
    session.expire_all()
    _rewrite(session, row.stream, row.seq)


def _swap_two_rows(session: Session, chance: Random) -> None:
    row = _any_row(session, chance)
    other = _any_row(session, chance)
    while other.id == row.id:
        other = _any_row(session, chance)
    ids = (row.id, row.act, row.subject), (other.id, other.act, other.subject)
    for (key, *_), (_, act, subject) in (ids, ids[::-1]):
        said = {"act": act, "subject": subject}
        session.execute(update(AuditRow).where(AuditRow.id == key).values(said))


def _add_a_row(session: Session, chance: Random) -> None:
    """Put a well-linked row after the end of a stream, and leave the end where it was."""
    stream = _any_stream(session, chance)
    copied = _any_row(session, chance)
    values = {c.key: getattr(copied, c.key) for c in AuditRow.__table__.columns if c.key != "id"}
    values |= {"stream": stream.name, "seq": stream.seq + 1, "previous_hash": stream.head}
    made = AuditRow(**values)
    made.hash = made.computed_hash()
    end = {"seq": stream.seq, "head": stream.head}
    session.add(made)
    session.flush()
    session.execute(update(AuditStream).where(AuditStream.name == stream.name).values(end))


def _change_a_stream(session: Session, chance: Random) -> None:
    stream = _any_stream(session, chance)
    values = chance.choice(
        [{"seq": stream.seq + chance.choice([-1, 1])}, {"head": f"{chance.getrandbits(256):064x}"}]
    )
    session.execute(update(AuditStream).where(AuditStream.name == stream.name).values(values))


def _delete_a_stream(session: Session, chance: Random) -> None:
    name = _any_stream(session, chance).name
    session.execute(delete(AuditStream).where(AuditStream.name == name))


def _erase_a_stream(session: Session, chance: Random) -> None:
    name = _any_stream(session, chance).name
    session.execute(delete(AuditRow).where(AuditRow.stream == name))
    session.execute(delete(AuditStream).where(AuditStream.name == name))


def _change_a_day(session: Session, chance: Random) -> None:
    daily = _any_day(session, chance)
    name = chance.choice(sorted(daily.heads))
    word = f"{chance.getrandbits(256):064x}"
    values: dict[str, object] = chance.choice(
        [
            {"heads": {**daily.heads, name: [daily.heads[name][0], word]}},
            {"heads": {k: v for k, v in daily.heads.items() if k != name}},
            {"previous_root": word},
            {"root": word},
            {"key_id": 2},
            {"signature": chance.randbytes(64)},
            {"day": daily.day + timedelta(days=1000)},
        ]
    )
    session.execute(update(DailyHead).where(DailyHead.day == daily.day).values(values))


def _sign_with_another_key(session: Session, chance: Random) -> None:
    """Rewrite a stream and sign its days again, with a key that is not ours."""
    _rewrite_from_a_change(session, chance)
    days = session.scalars(select(DailyHead).order_by(DailyHead.day)).all()
    last = days[-1]
    ends = session.execute(select(AuditStream.name, AuditStream.seq, AuditStream.head))
    session.expunge(last)
    last.heads = {name: [seq, head] for name, seq, head in ends}
    _, signature = ring_of(b"z").sign(last.message())
    values = {"heads": last.heads, "signature": signature}
    session.execute(update(DailyHead).where(DailyHead.day == last.day).values(values))


def _delete_a_day(session: Session, chance: Random) -> None:
    days = session.scalars(select(DailyHead.day).order_by(DailyHead.day)).all()
    session.execute(delete(DailyHead).where(DailyHead.day == chance.choice(days[:-1])))


def _delete_the_last_days(session: Session, chance: Random) -> None:
    days = session.scalars(select(DailyHead.day).order_by(DailyHead.day)).all()
    session.execute(delete(DailyHead).where(DailyHead.day >= chance.choice(days)))


def _restore_an_old_copy(session: Session, chance: Random) -> None:
    """Make the database what it was at the end of an earlier day, signed heads and all."""
    days = session.scalars(select(DailyHead).order_by(DailyHead.day)).all()
    then = chance.choice(days[:-1])
    session.execute(delete(DailyHead).where(DailyHead.day > then.day))
    for stream in session.scalars(select(AuditStream)).all():
        seq, head = then.heads.get(stream.name, (0, GENESIS))
        late = (AuditRow.stream == stream.name, AuditRow.seq > seq)
        session.execute(delete(AuditRow).where(*late))
        mine = AuditStream.name == stream.name
        session.execute(
            update(AuditStream).where(mine).values(seq=seq, head=head)
            if seq
            else delete(AuditStream).where(mine)
        )


def _rewrite_what_no_day_has_signed(session: Session, chance: Random) -> None:
    """Forge the trail and take away every signed day: only the printed reports remember."""
    _rewrite_from_a_change(session, chance)
    session.execute(delete(DailyHead))


WAYS = (
    Falsifying("a column changed", _change_a_column),
    Falsifying("a hash changed", _change_a_hash),
    Falsifying("a row deleted", _delete_a_row),
    Falsifying("the tail cut and the stream's end adjusted", _cut_the_tail),
    Falsifying("the chain rewritten from a changed row on", _rewrite_from_a_change),
    Falsifying("the chain rewritten without one row", _rewrite_without_a_row),
    Falsifying("two rows swapped", _swap_two_rows),
    Falsifying("a row added after the end", _add_a_row),
    Falsifying("a stream's end changed", _change_a_stream),
    Falsifying("a stream's end deleted", _delete_a_stream),
    Falsifying("a stream erased", _erase_a_stream),
    Falsifying("a signed day changed", _change_a_day),
    Falsifying("a day signed with another key", _sign_with_another_key),
    Falsifying("a signed day deleted", _delete_a_day),
    Falsifying("the last signed days deleted", _delete_the_last_days, needs_witness=True),
    Falsifying("an old copy restored", _restore_an_old_copy, needs_witness=True),
    Falsifying("all forged and no day left", _rewrite_what_no_day_has_signed, needs_witness=True),
)


def content(session: Session) -> list[list[object]]:
    """Return every value of the trail, in an order that depends on the values alone."""
    return [
        [repr(value) for value in row]
        for table in (AuditRow.__table__, AuditStream.__table__, DailyHead.__table__)
        for row in session.execute(select(table).order_by(*table.primary_key))
    ]

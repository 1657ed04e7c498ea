"""How long it takes to verify a long audit trail."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.figure import Figure, cpu_seconds
from exam_centre.kernel import audit
from exam_centre.kernel.database import make_engine
from exam_centre.kernel.keys import KeyRing
from exam_centre.migrations import upgrade

ROWS = 100_000
STREAMS = 20


def figures() -> Iterator[Figure]:
    """Yield the CPU time of verifying 100,000 rows in 20 streams."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'audit.sqlite3'}"
        upgrade(url)
        engine = make_engine(url)
        with Session(engine) as session:
            _fill(session)
            session.commit()
        key = Ed25519PrivateKey.generate()
        ring = KeyRing("audit", {1: key}, {1: key.public_key()})
        with Session(engine) as session:
            seconds = cpu_seconds(lambda: list(audit.verify(session, ring)))
            wrong = list(audit.verify(session, ring))
        engine.dispose()
    assert wrong == []
    yield Figure("audit_verify_100k_rows", round(seconds, 2), "s CPU", "at most 2")


def _fill(session: Session) -> None:
    at = datetime(2026, 12, 12, tzinfo=UTC)
    rows = []
    for stream in range(STREAMS):
        name, head = f"venue:{stream}", audit.GENESIS
        for seq in range(1, ROWS // STREAMS + 1):
            row = audit.AuditRow(
                stream=name,
                seq=seq,
                at=at,
                person_id=1,
                user_id=1,
                act="admission.admitted",
                subject=f"attendances:{seq}",
                changes={"status": ["expected", "present"]},
                reason="",
                request_id="",
                previous_hash=head,
            )
            head = row.computed_hash()
            rows.append(
                {
                    c.key: getattr(row, c.key)
                    for c in audit.AuditRow.__table__.columns
                    if c.key not in ("id", "hash")
                }
                | {"hash": head}
            )
        session.add(audit.AuditStream(name=name, seq=ROWS // STREAMS, head=head))
    session.flush()
    session.execute(insert(audit.AuditRow), rows)

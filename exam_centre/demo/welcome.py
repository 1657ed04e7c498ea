"""The first start: fills an empty database with the small series and tells how to sign in."""

import hashlib
import json
import secrets
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.demo.small import Card, SmallSeries
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sealing import Seal
from exam_centre.organisation.models import Unit

SEED = 2026


def is_empty(session: Session) -> bool:
    """Say whether nobody has begun to use this database."""
    return session.scalar(select(Unit.id).limit(1)) is None


def fill(session: Session, seal: Seal, now: datetime) -> list[Card]:
    """Make the small series with passwords drawn now, and return one sign-in a role."""
    passwords = {role: secrets.token_urlsafe(9) for role in Role}
    return SmallSeries(session, seal, SEED, now).make(passwords)


def keep(cards: list[Card], database_url: str, path: Path) -> None:
    """Keep the sign-ins of this install for the next start; readable by the owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    rows = [[c.role.value, c.name, c.login, c.password] for c in cards]
    said = {"database": _digest(database_url), "sign_ins": rows}
    path.write_text(json.dumps(said, ensure_ascii=False, indent=1))


def kept(database_url: str, path: Path) -> list[Card]:
    """Return the sign-ins kept for this database; none where it is not the demo's."""
    said = json.loads(path.read_text()) if path.exists() else {}
    if said.get("database") != _digest(database_url):
        return []
    return [Card(Role(role), name, login, word) for role, name, login, word in said["sign_ins"]]


def _digest(database_url: str) -> str:
    """Name a database without its password."""
    return hashlib.sha256(database_url.encode()).hexdigest()

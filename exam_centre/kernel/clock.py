"""The one clock: aware UTC inside, the venue's own time outside."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present moment, aware and in UTC. Only edges call this; services are told."""
    return datetime.now(UTC)


def at_venue(moment: datetime, zone: str) -> datetime:
    """Return `moment` on the clock of the venue, e.g. zone "Asia/Shanghai"."""
    return moment.astimezone(ZoneInfo(zone))

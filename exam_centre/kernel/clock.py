"""The one clock: aware UTC inside, the venue's own time outside."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present moment, aware and in UTC. Only edges call this; services are told."""
    return datetime.now(UTC)


def at_venue(moment: datetime, zone: str) -> datetime:
    """Return `moment` on the clock of the venue, e.g. zone "Asia/Shanghai"."""
    return moment.astimezone(ZoneInfo(zone))


def day_at_venue(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return when a day begins on the clock of the venue, and when the next one does."""
    begins, ends = (
        datetime.combine(each, time.min, ZoneInfo(zone)).astimezone(UTC)
        for each in (day, day + timedelta(days=1))
    )
    return begins, ends

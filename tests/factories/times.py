"""Moments and lengths that tests speak of."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EXAM_DAY = date(2026, 12, 12)
# Nine o'clock in China, in UTC as services are told every moment.
NINE = datetime(2026, 12, 12, 9, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

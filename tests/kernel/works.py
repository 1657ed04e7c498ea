"""Small rows and moments that tests of the kernel share."""

from datetime import UTC, datetime, timedelta

from exam_centre.kernel.jobs import Job

NINE = datetime(2026, 11, 7, 1, 0, tzinfo=UTC)  # nine o'clock on the venue's clock
MINUTE = timedelta(minutes=1)


def new_job(**fields: object) -> Job:
    """Return a job that is not saved yet."""
    return Job(**{"kind": "test.work", "arguments": {}, "asked_at": NINE} | fields)

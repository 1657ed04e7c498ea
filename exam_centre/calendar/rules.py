"""The life of a series, and what a rule profile decides."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


class SeriesStatus(StrEnum):
    """Where a whole series stands. Plans, rooms, marks and releases have lives of their own."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    ARCHIVED = "archived"


SERIES_FLOW: Flow[SeriesStatus] = Flow(
    {
        SeriesStatus.DRAFT: frozenset({SeriesStatus.OPEN}),
        SeriesStatus.OPEN: frozenset({SeriesStatus.CLOSED}),
        SeriesStatus.CLOSED: frozenset({SeriesStatus.OPEN, SeriesStatus.ARCHIVED}),
        SeriesStatus.ARCHIVED: frozenset(),
    }
)


class DeadlineKind(StrEnum):
    """What must be done before a moment."""

    ENTRIES = "entries"
    ACCESS = "access"
    DEFERRAL = "deferral"
    MARKS = "marks"
    APPEALS = "appeals"

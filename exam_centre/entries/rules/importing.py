"""The life of an imported file, and why one is not applied or not undone."""

from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class ImportKind(StrEnum):
    """What a file holds."""

    UNITS = "units"
    PARKS = "parks"
    ENTERPRISES = "enterprises"
    SHIFTS = "shifts"
    PERIODS = "periods"
    PAPERS = "papers"
    COURSES = "courses"
    VENUES = "venues"
    ROOMS = "rooms"
    STAFF = "staff"
    PEOPLE = "people"
    ENTRIES = "entries"
    FORMATIVE_MARKS = "formative_marks"


class ImportStatus(StrEnum):
    """Where an imported file stands: previewed, then applied as a whole or not at all."""

    PREVIEWED = "previewed"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


IMPORT_FLOW: Flow[ImportStatus] = Flow(
    {
        ImportStatus.PREVIEWED: frozenset({ImportStatus.APPLIED, ImportStatus.DISCARDED}),
        ImportStatus.APPLIED: frozenset({ImportStatus.UNDONE}),
        ImportStatus.UNDONE: frozenset(),
        ImportStatus.DISCARDED: frozenset(),
    }
)


class RowVerdict(StrEnum):
    """What applying one row of a file would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


KIND_SENTENCES: dict[ImportKind, Sentence] = {
    ImportKind.UNITS: say("Units"),
    ImportKind.PARKS: say("Parks"),
    ImportKind.ENTERPRISES: say("Enterprises"),
    ImportKind.SHIFTS: say("Shift calendars"),
    ImportKind.PERIODS: say("Periods"),
    ImportKind.PAPERS: say("Papers"),
    ImportKind.COURSES: say("Courses"),
    ImportKind.VENUES: say("Approved venues"),
    ImportKind.ROOMS: say("Rooms"),
    ImportKind.STAFF: say("Staff"),
    ImportKind.PEOPLE: say("Candidates"),
    ImportKind.ENTRIES: say("Entries"),
    ImportKind.FORMATIVE_MARKS: say("Formative marks"),
}
IMPORT_SENTENCES: dict[ImportStatus, Sentence] = {
    ImportStatus.PREVIEWED: say("looked at, not applied"),
    ImportStatus.APPLIED: say("applied"),
    ImportStatus.UNDONE: say("undone"),
    ImportStatus.DISCARDED: say("given up"),
}
VERDICT_SENTENCES: dict[RowVerdict, Sentence] = {
    RowVerdict.WRONG: say("wrong"),
    RowVerdict.NEW: say("new"),
    RowVerdict.CHANGED: say("changed"),
    RowVerdict.SAME: say("the same"),
}


class SeriesMissing(BadInput):
    """The rows of this kind of file do not say which series they are for."""

    code = "series_missing"

    def __init__(self) -> None:
        super().__init__(say("Choose the series that this file is for."))


class RowsWrong(Refusal):
    """A file with wrong rows is not applied, not even in part."""

    kind = "conflict"
    code = "rows_wrong"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            say(
                "{count} rows are wrong, so nothing was imported. Correct them in the file and "
                "upload it again.",
                count=count,
            )
        )


class PreviewOutdated(Refusal):
    """Things changed since the preview, so that some rows would now do something else."""

    kind = "conflict"
    code = "preview_outdated"

    def __init__(self, rows: list[int]) -> None:
        self.rows = rows
        super().__init__(
            say(
                "Since the preview, somebody changed what {count} rows are about. Nothing was "
                "imported. Look at the new preview, then apply it.",
                count=len(rows),
            )
        )


MOST_NAMED = 20  # rows a refusal names; the page shows all of them


class RowsInTheWay(Refusal):
    """What rows of a file made is in use or was changed, so the file can not be undone."""

    kind = "conflict"
    code = "rows_in_the_way"

    def __init__(self, rows: dict[int, Sentence]) -> None:
        self.rows = rows
        named = ", ".join(str(number) for number in list(rows)[:MOST_NAMED])
        super().__init__(
            say(
                "What {count} rows brought is in use or was changed since: rows {rows}. "
                "Nothing was undone. Take back what stands on them first.",
                count=len(rows),
                rows=named,
            )
        )

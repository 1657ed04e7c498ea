"""Files of every kind: read, judged row by row, applied as a whole, undone as a whole."""

from exam_centre.entries.service.imports.applying import apply, discard
from exam_centre.entries.service.imports.entering import EntryImporter
from exam_centre.entries.service.imports.importers import (
    IMPORTERS,
    Importer,
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
    declare,
    to_do,
)
from exam_centre.entries.service.imports.organisation import (
    EnterpriseImporter,
    ParkImporter,
    UnitImporter,
)
from exam_centre.entries.service.imports.papers import CourseImporter, PaperImporter
from exam_centre.entries.service.imports.people import PersonImporter
from exam_centre.entries.service.imports.periods import PeriodImporter
from exam_centre.entries.service.imports.preview import (
    Upload,
    as_sentence,
    judge_again,
    preview,
    said_of,
    shown,
)
from exam_centre.entries.service.imports.rooms import RoomImporter
from exam_centre.entries.service.imports.shifts import ShiftImporter
from exam_centre.entries.service.imports.staff import StaffImporter
from exam_centre.entries.service.imports.undoing import own, undo
from exam_centre.entries.service.imports.venues import VenueImporter

for _importer in (
    UnitImporter(),
    ParkImporter(),
    EnterpriseImporter(),
    ShiftImporter(),
    PeriodImporter(),
    PaperImporter(),
    CourseImporter(),
    VenueImporter(),
    RoomImporter(),
    StaffImporter(),
    PersonImporter(),
    EntryImporter(),
):
    declare(_importer)

__all__ = [
    "IMPORTERS",
    "Importer",
    "Judged",
    "Progress",
    "Restored",
    "RowByRow",
    "Setting",
    "Upload",
    "apply",
    "as_sentence",
    "declare",
    "discard",
    "judge_again",
    "own",
    "preview",
    "said_of",
    "shown",
    "to_do",
    "undo",
]

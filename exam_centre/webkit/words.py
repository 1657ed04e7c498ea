"""What roles are called on pages."""

from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sentences import Sentence, say

ROLE_NAMES: dict[Role, Sentence] = {
    Role.WORKER: say("Worker"),
    Role.LIAISON: say("Enterprise liaison"),
    Role.DOOR_STAFF: say("Door staff"),
    Role.INVIGILATOR: say("Invigilator"),
    Role.CHIEF: say("Chief examiner"),
    Role.VENUE_MANAGER: say("Venue manager"),
    Role.EXAM_OFFICER: say("Exam officer"),
    Role.MARKER: say("Marker"),
    Role.MODERATOR: say("Moderator"),
    Role.APPROVER: say("Approver"),
    Role.RELEASE_OFFICER: say("Release officer"),
    Role.BANK_OPERATOR: say("Credit bank operator"),
    Role.AUDITOR: say("Auditor"),
    Role.ADMINISTRATOR: say("Administrator"),
}

"""Words that several files of the timetable share."""

from exam_centre.kernel.sentences import say
from exam_centre.timetable.rules import DutyRole, DutyStatus

ROLE_SENTENCES = {
    DutyRole.CHIEF: say("Chief of the venue"),
    DutyRole.FIRST: say("First invigilator"),
    DutyRole.SECOND: say("Second invigilator"),
    DutyRole.ROVER: say("Rover"),
    DutyRole.SUPERVISOR: say("Supervisor of the isolated"),
}
DUTY_SENTENCES = {
    DutyStatus.OFFERED: say("Offered"),
    DutyStatus.ACCEPTED: say("Accepted"),
    DutyStatus.DECLINED: say("Declined"),
    DutyStatus.ON_DUTY: say("On duty"),
    DutyStatus.REPLACED: say("Somebody else goes"),
    DutyStatus.COMPLETED: say("Done"),
}

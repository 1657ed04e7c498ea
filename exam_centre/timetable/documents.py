"""What the timetable gives away as files: a plan as CSV and workbook, duties as a calendar."""

from collections.abc import Iterable
from datetime import datetime

from icalendar import Calendar, Event

from exam_centre.adapters.spreadsheets.writing import OutSheet, write_csv, write_xlsx
from exam_centre.kernel.sentences import say
from exam_centre.timetable.queries.export import COLUMNS, Line
from exam_centre.timetable.queries.lists import DutyLine
from exam_centre.timetable.rules import DutyRole

PRODUCT = "-//Exam Centre//Duties//EN"
DUTY_SENTENCES = {
    DutyRole.CHIEF: say("Chief of the venue"),
    DutyRole.FIRST: say("First invigilator"),
    DutyRole.SECOND: say("Second invigilator"),
    DutyRole.ROVER: say("Rover"),
    DutyRole.SUPERVISOR: say("Supervisor of the isolated"),
}


def plan_csv(lines: Iterable[Line]) -> bytes:
    """Return a plan as CSV, one line an entry course."""
    return write_csv(COLUMNS, lines)


def plan_workbook(name: str, lines: Iterable[Line], made_at: datetime) -> bytes:
    """Return a plan as a workbook of one sheet."""
    return write_xlsx([OutSheet(name, COLUMNS, list(lines))], made_at)


def duty_calendar(duties: Iterable[DutyLine], host: str, language: str, now: datetime) -> bytes:
    """Return duties as iCalendar; host makes their names the world's own."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for duty in duties:
        event = Event()
        event.add("uid", f"duty-{duty.token}@{host}")
        event.add("dtstamp", now)
        event.add("dtstart", duty.starts_at)
        event.add("dtend", duty.ends_at)
        event.add("summary", DUTY_SENTENCES[duty.role].say_in(language))
        place = (
            say("{venue}, room {room}", venue=duty.venue, room=duty.room).say_in(language)
            if duty.room
            else duty.venue
        )
        event.add("location", place)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content

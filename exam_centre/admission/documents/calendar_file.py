"""A worker's exams as a calendar file, for the phone they carry anyway."""

from icalendar import Calendar, Event

from exam_centre.admission.queries import SlipFacts
from exam_centre.kernel.sentences import say

PRODUCT = "-//Exam Centre//Admission slip//EN"


def calendar_file(facts: SlipFacts, host: str, language: str) -> bytes:
    """Return the slip's exams as iCalendar, each with its own end, room and seat.

    host  what makes the events' names the world's own, so that a newer file replaces an older.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for paper in facts.papers:
        event = Event()
        event.add("uid", f"placement-{facts.slip.token}-{paper.paper}@{host}")
        event.add("sequence", facts.slip.number)
        event.add("dtstamp", facts.slip.issued_at)
        event.add("dtstart", paper.starts_at)
        event.add("dtend", paper.ends_at)
        event.add("summary", f"{paper.paper} {paper.name}")
        room = say(
            "{venue}, room {room}, seat {seat}", venue=paper.venue, room=paper.room, seat=paper.seat
        )
        event.add("location", room.say_in(language))
        event.add("description", paper.way_there)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content

"""What theses give away as files: a defence for one's own calendar."""

from icalendar import Calendar, Event

from exam_centre.kernel.sentences import say
from exam_centre.theses.queries import Defence
from exam_centre.theses.rules import DEFENCE_SENTENCES, DefenceKind

PRODUCT = "-//Exam Centre//Defences//EN"


def defence_calendar(defence: Defence, host: str, language: str) -> bytes:
    """Return a defence as iCalendar; a newer file replaces an older one after it was moved.

    host  what makes the event's name the world's own.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    slot, title = defence.slot, defence.thesis.title
    event = Event()
    event.add("uid", f"defence-{defence.thesis.token}@{host}")
    event.add("sequence", slot.number)
    event.add("dtstamp", slot.set_at)
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("summary", say("Defence: {title}", title=title).say_in(language))
    event.add("location", defence.where)
    if slot.kind is DefenceKind.ROOM:
        event.add("description", defence.way_there or "")
    else:
        event.add("description", DEFENCE_SENTENCES[slot.kind].say_in(language))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content

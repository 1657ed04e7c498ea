"""A person's exams and duties as iCalendar (RFC 5545), for the phone they carry anyway."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.documents.words import ROLE_SENTENCES
from exam_centre.timetable.queries.calendars import Certainty, OwnEvent

PRODUCT = "-//Exam Centre//Exams and duties//EN"
LOOK_AGAIN = timedelta(hours=4)  # how often a calendar program should ask for news
AROUND = timedelta(days=366)  # of the events: what a time zone's description covers


def own_calendar(events: Sequence[OwnEvent], host: str, language: str, now: datetime) -> bytes:
    """Return exams and duties as a calendar; what is off stays in it as cancelled.

    host  makes the events' names the world's own, so that a newer file replaces an older one.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", say("Exams and duties").say_in(language))
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"value": "DURATION"})
    for each in events:
        calendar.add_component(_event(each, host, language, now))
    if events:
        first = min(each.starts_at for each in events) - AROUND
        last = max(each.ends_at for each in events) + AROUND
        calendar.add_missing_timezones(first.date(), last.date())
    content: bytes = calendar.to_ical()
    return content


def _event(each: OwnEvent, host: str, language: str, now: datetime) -> Event:
    zone = ZoneInfo(each.zone)
    event = Event()
    event.add("uid", f"{each.uid}@{host}")
    event.add("sequence", each.sequence)
    event.add("dtstamp", now)
    event.add("last-modified", each.changed_at)
    event.add("status", each.certainty.value)
    event.add("dtstart", each.starts_at.astimezone(zone))
    event.add("dtend", each.ends_at.astimezone(zone))
    event.add("summary", _summary(each).say_in(language))
    place = _place(each)
    where = [place.say_in(language) if place else each.venue, each.address]
    event.add("location", " · ".join(part for part in where if part))
    event.add("description", "\n".join(part for part in (each.series, each.way_there) if part))
    event.add("transp", "TRANSPARENT" if each.certainty is Certainty.CANCELLED else "OPAQUE")
    return event


def _summary(each: OwnEvent) -> Sentence:
    what: Sentence | str = ROLE_SENTENCES[each.role] if each.role else each.paper
    if each.certainty is Certainty.CANCELLED:
        return say("Cancelled: {what}", what=what)
    if each.role is None:
        return say("Exam: {what}", what=what)
    if each.certainty is Certainty.TENTATIVE:
        return say("Duty offered: {what}", what=what)
    return say("Duty: {what}", what=what)


def _place(each: OwnEvent) -> Sentence | None:
    """Return room and seat in words, None where the whole venue is meant."""
    if not each.venue:
        return say("The place is published later")
    if each.seat is not None:
        return say(
            "{venue}, room {room}, seat {seat}", venue=each.venue, room=each.room, seat=each.seat
        )
    if each.room:
        return say("{venue}, room {room}", venue=each.venue, room=each.room)
    return None

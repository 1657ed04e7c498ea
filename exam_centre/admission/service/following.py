"""The incidents that scans leave for a person to close: doubts, double admissions, clocks."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.admission.rules import Code
from exam_centre.admission.service.hearing import Decided
from exam_centre.conduct.queries import open_incidents
from exam_centre.conduct.rules import IncidentKind
from exam_centre.conduct.service import record_incident
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules import on_the_clock


def follow_up(
    session: Session, decided: Decided, first: tuple[str, datetime | None], stands: bool
) -> None:
    """Open the incidents of one scan.

    first   who admitted the person before and when: ("", None) where nobody did.
    stands  whether this scan's admission stands though it reached the centre later: it was earlier.
    """
    heard, known = decided.heard, decided.known
    if not heard.clock_is_good:
        _doubt_clock(session, decided)
    if decided.conflict and decided.verdict.code is Code.ALREADY_IN and known is not None:
        _incident(session, decided, IncidentKind.DOUBLE_ADMISSION, _double(decided, first, stands))
    elif decided.conflict:
        sentence = say(
            "Device {device} admitted somebody while offline; judged now: {code}.",
            device=heard.device.name,
            code=decided.verdict.code.value,
        )
        _incident(session, decided, IncidentKind.OTHER, sentence)
    elif decided.admits and decided.verdict.code is Code.IN_DOUBT and known is not None:
        sentence = say("Seat {seat} was taken in doubt about the person.", seat=known.seat)
        _incident(session, decided, IncidentKind.IDENTITY_DOUBT, sentence)


def _double(decided: Decided, first: tuple[str, datetime | None], stands: bool) -> Sentence:
    heard, known = decided.heard, decided.known
    assert known is not None
    zone = known.time_zone
    other, other_at = first
    facts = {
        "seat": known.seat,
        "device": heard.device.name,
        "first_by": heard.actor.name if stands else other,
        "second_by": other if stands else heard.actor.name,
        "first_at": _clock(heard.at if stands else other_at, zone),
        "second_at": _clock(other_at if stands else heard.at, zone),
    }
    if stands:
        return say(
            "Seat {seat}: two doors admitted one slip. {first_by} at {first_at}, device {device}, "
            "stands: it was earlier and reached the centre later; {second_by} at {second_at} "
            "came second.",
            **facts,
        )
    return say(
        "Seat {seat}: two doors admitted one slip. {first_by} at {first_at} stands; "
        "device {device}, {second_by} at {second_at} came second.",
        **facts,
    )


def _clock(at: datetime | None, zone: str) -> str:
    return on_the_clock(at, zone) if at else ""


def _doubt_clock(session: Session, decided: Decided) -> None:
    """Open one incident a device and room: the scans themselves say which of them it is about."""
    device = decided.heard.device
    for incident in open_incidents(session, [decided.door.id]):
        about_it = incident.facts.get("device_token") == device.token
        if incident.kind is IncidentKind.CLOCK_DOUBT and about_it:
            return
    sentence = say(
        "The clock of device {device} is not known well enough; "
        "its scans count for the moment they arrived.",
        device=device.name,
        device_token=device.token,
    )
    _incident(session, decided, IncidentKind.CLOCK_DOUBT, sentence, of_somebody=False)


def _incident(
    session: Session,
    decided: Decided,
    kind: IncidentKind,
    sentence: Sentence,
    *,
    of_somebody: bool = True,
) -> None:
    heard, known = decided.heard, decided.known
    record_incident(
        session,
        heard.actor,
        heard.device.venue_id,
        kind,
        sentence,
        happened_at=heard.at,
        room_session_id=decided.door.id,
        placement_id=known.place.placement_id if known and of_somebody else None,
        now=heard.now,
    )

"""What the incident log and the offence record say on paper."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from exam_centre.adapters.pdf import (
    Boxed,
    Bullets,
    Column,
    Document,
    Facts,
    Heading,
    Page,
    Signatures,
    Spacer,
    Table,
    Text,
)
from exam_centre.conduct.models import CaseStep, Incident
from exam_centre.conduct.queries import CaseLine, IncidentLine
from exam_centre.conduct.rules import (
    CASE_WORDS,
    INCIDENT_WORDS,
    KIND_WORDS,
    OFFENCE_WORDS,
)
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules import on_the_clock

RIGHTS = (
    say("You may read everything that is written here before you sign."),
    say("You may say, now or at the hearing, how you see it, and name witnesses and evidence."),
    say("Your signature says that you were told. It does not say that you agree."),
    say("Where you do not sign, two members of staff write that down. Nothing else changes."),
    say("Nothing is decided before you were heard. The decision is handed to you in writing."),
    say("You may appeal against the decision. The decision says until when, and to whom."),
)


def incident_log(
    lines: Sequence[IncidentLine],
    names: Mapping[int, str],
    *,
    venue: str,
    day: str,
    number: str,
    language: str,
) -> Document:
    """Return the log of a venue's incidents on one day, in the order of their numbers."""

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    rows = tuple(
        (
            str(line.incident.number),
            _clock(line.incident.happened_at, line.zone),
            line.room or word(say("Venue")),
            word(KIND_WORDS[line.incident.kind]),
            word(Sentence(line.incident.text, line.incident.facts)),
            names.get(line.incident.recorded_by_id or 0, word(say("System"))),
            line.incident.resolution or word(INCIDENT_WORDS[line.incident.status]),
        )
        for line in sorted(lines, key=lambda each: each.incident.number)
    )
    heads = (
        Column(word(say("No.")), width_mm=11),
        Column(word(say("Time")), width_mm=15),
        Column(word(say("Room")), width_mm=18),
        Column(word(say("Kind")), width_mm=38, shrink=False),
        Column(word(say("Course of events")), weight=3, shrink=False),
        Column(word(say("Recorded by")), width_mm=26),
        Column(word(say("What was done")), weight=2, shrink=False),
    )
    title = word(say("Incident log"))
    body = Table(heads, rows) if rows else Text(word(say("Nothing was recorded on this day.")))
    return Document(
        title=title,
        number=number,
        language=language,
        page=Page.LANDSCAPE,
        blocks=(
            Heading(title),
            Facts(((word(say("Venue")), venue), (word(say("Day")), day)), columns=2),
            Spacer(3),
            body,
            Spacer(8),
            Signatures((word(say("Chief examiner")),), dated=word(say("Date"))),
        ),
    )


def offence_record(
    line: CaseLine,
    incident: Incident,
    steps: Sequence[CaseStep],
    names: Mapping[int, str],
    *,
    language: str,
) -> Document:
    """Return the record of an offence, with the notice of the candidate's rights.

    It is printed at each stage: places that are not reached yet are lines to fill in by hand.
    """

    def word(sentence: Sentence) -> str:
        return sentence.say_in(language)

    title = word(say("Offence record with notice of rights"))
    case = line.case
    told = tuple(
        (
            on_the_clock(step.at, line.zone),
            word(CASE_WORDS[step.reached]),
            step.text,
            "、".join(names[p] for p in (step.person_id, step.witness_id) if p),
        )
        for step in steps
    )
    decision = (
        (word(say("Article")), case.article or "________________"),
        (word(say("Sanction")), case.sanction or "________________"),
    )
    return Document(
        title=title,
        number=f"OR-{line.incident_number:04d}-{case.token[:8]}",
        language=language,
        blocks=(
            Heading(title),
            Facts(
                (
                    (word(say("Venue")), line.venue),
                    (word(say("Room")), line.room),
                    (word(say("Seat")), str(line.seat)),
                    (word(say("Candidate")), line.name),
                    (word(say("Paper")), line.paper),
                    (word(say("Incident")), str(line.incident_number)),
                    (word(say("Time")), on_the_clock(line.happened_at, line.zone)),
                    (word(say("Class")), word(OFFENCE_WORDS[case.offence])),
                ),
                columns=2,
            ),
            Heading(word(say("What is recorded")), level=2),
            Text(word(Sentence(incident.text, incident.facts))),
            Table(
                (
                    Column(word(say("Time")), width_mm=32),
                    Column(word(say("Step")), width_mm=32),
                    Column(word(say("Said and done")), weight=3, shrink=False),
                    Column(word(say("By")), width_mm=36, shrink=False),
                ),
                told,
            ),
            Boxed(
                (
                    Heading(word(say("Your rights")), level=3),
                    Bullets(tuple(word(right) for right in RIGHTS), numbered=True),
                )
            ),
            Heading(word(say("What the candidate says")), level=2),
            Spacer(22),
            Heading(word(say("Decision")), level=2),
            Facts(decision),
            Spacer(6),
            Signatures(
                (
                    word(say("Candidate")),
                    word(say("First invigilator")),
                    word(say("Second invigilator or witness")),
                    word(say("Chief examiner")),
                ),
                dated=word(say("Date")),
            ),
        ),
    )


def _clock(moment: datetime, zone: str) -> str:
    return on_the_clock(moment, zone)[-5:]

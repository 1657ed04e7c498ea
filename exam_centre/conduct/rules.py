"""What may happen in a venue, and the way an offence case goes until it is final."""

from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say


class IncidentKind(StrEnum):
    """What kind of thing happened."""

    DOUBLE_ADMISSION = "double_admission"
    IDENTITY_DOUBT = "identity_doubt"
    COUNT_DIFFERS = "count_differs"
    SEAL_DIFFERS = "seal_differs"
    CLOCK_DOUBT = "clock_doubt"
    ILLNESS = "illness"
    EVACUATION = "evacuation"
    PAPER_FAULT = "paper_fault"
    POWER = "power"
    STAFF = "staff"
    OFFENCE = "offence"
    OTHER = "other"


ANOTHER_RESOLVES = frozenset(
    {IncidentKind.DOUBLE_ADMISSION, IncidentKind.IDENTITY_DOUBT, IncidentKind.COUNT_DIFFERS}
)


class IncidentStatus(StrEnum):
    """Whether somebody still has to do something."""

    OPEN = "open"
    RESOLVED = "resolved"


INCIDENT_FLOW: Flow[IncidentStatus] = Flow(
    {
        IncidentStatus.OPEN: frozenset({IncidentStatus.RESOLVED}),
        IncidentStatus.RESOLVED: frozenset({IncidentStatus.OPEN}),
    }
)


class OffenceClass(StrEnum):
    """The four classes of offences."""

    BREACH = "breach"
    CHEATING = "cheating"
    IMPERSONATION = "impersonation"
    DISORDER = "disorder"


class CaseStatus(StrEnum):
    """How far an offence case has come."""

    RECORDED = "recorded"
    TOLD = "told"
    VENUE_SIGNED = "venue_signed"
    UNDER_REVIEW = "under_review"
    DECIDED = "decided"
    SERVED = "served"
    APPEALED = "appealed"
    FINAL = "final"
    DROPPED = "dropped"


CASE_FLOW: Flow[CaseStatus] = Flow(
    {
        CaseStatus.RECORDED: frozenset({CaseStatus.TOLD, CaseStatus.DROPPED}),
        CaseStatus.TOLD: frozenset({CaseStatus.VENUE_SIGNED}),
        CaseStatus.VENUE_SIGNED: frozenset({CaseStatus.UNDER_REVIEW}),
        CaseStatus.UNDER_REVIEW: frozenset({CaseStatus.DECIDED, CaseStatus.DROPPED}),
        CaseStatus.DECIDED: frozenset({CaseStatus.SERVED}),
        CaseStatus.SERVED: frozenset({CaseStatus.APPEALED, CaseStatus.FINAL}),
        CaseStatus.APPEALED: frozenset({CaseStatus.FINAL, CaseStatus.DROPPED}),
        CaseStatus.FINAL: frozenset(),
        CaseStatus.DROPPED: frozenset(),
    }
)

CLOSED_CASES = (CaseStatus.FINAL, CaseStatus.DROPPED)

STEP_PERMISSIONS: dict[CaseStatus, Permission] = {
    CaseStatus.RECORDED: Permission.RECORD_INCIDENT,
    CaseStatus.TOLD: Permission.RECORD_INCIDENT,
    CaseStatus.VENUE_SIGNED: Permission.CLOSE_DAY,
    CaseStatus.UNDER_REVIEW: Permission.DECIDE_CASE,
    CaseStatus.DECIDED: Permission.DECIDE_CASE,
    CaseStatus.SERVED: Permission.DECIDE_CASE,
    CaseStatus.APPEALED: Permission.DECIDE_CASE,
    CaseStatus.FINAL: Permission.DECIDE_CASE,
    CaseStatus.DROPPED: Permission.DECIDE_CASE,
}
JUDGES = frozenset({CaseStatus.DECIDED, CaseStatus.DROPPED})  # steps the reporter may not take


KIND_WORDS: dict[IncidentKind, Sentence] = {
    IncidentKind.ILLNESS: say("Somebody is ill"),
    IncidentKind.OFFENCE: say("Somebody may have broken the rules"),
    IncidentKind.IDENTITY_DOUBT: say("Doubt whether this is the right person"),
    IncidentKind.DOUBLE_ADMISSION: say("One person admitted twice"),
    IncidentKind.PAPER_FAULT: say("Wrong, missing or misprinted paper"),
    IncidentKind.COUNT_DIFFERS: say("Two counts differ"),
    IncidentKind.SEAL_DIFFERS: say("A seal is broken or has another number"),
    IncidentKind.CLOCK_DOUBT: say("A clock was wrong"),
    IncidentKind.EVACUATION: say("Alarm or evacuation"),
    IncidentKind.POWER: say("Power, network or machines failed"),
    IncidentKind.STAFF: say("Staff missing or late"),
    IncidentKind.OTHER: say("Something else"),
}
INCIDENT_WORDS: dict[IncidentStatus, Sentence] = {
    IncidentStatus.OPEN: say("Open"),
    IncidentStatus.RESOLVED: say("Resolved"),
}
OFFENCE_WORDS: dict[OffenceClass, Sentence] = {
    OffenceClass.BREACH: say("Breach of the rules"),
    OffenceClass.CHEATING: say("Cheating"),
    OffenceClass.IMPERSONATION: say("Impersonation"),
    OffenceClass.DISORDER: say("Disorder"),
}
CASE_WORDS: dict[CaseStatus, Sentence] = {
    CaseStatus.RECORDED: say("Recorded"),
    CaseStatus.TOLD: say("Candidate told"),
    CaseStatus.VENUE_SIGNED: say("Signed by the venue"),
    CaseStatus.UNDER_REVIEW: say("Heard, under review"),
    CaseStatus.DECIDED: say("Decided"),
    CaseStatus.SERVED: say("Decision handed over"),
    CaseStatus.APPEALED: say("Appealed"),
    CaseStatus.FINAL: say("Closed for good"),
    CaseStatus.DROPPED: say("Dropped"),
}


class WordsMissing(BadInput):
    """A step that has to be put into words has none."""

    code = "words_missing"

    def __init__(self) -> None:
        super().__init__(say("Say in words what happened and what was done."))


class PlacementElsewhere(BadInput):
    """The case names somebody who does not sit at the incident's venue."""

    code = "placement_elsewhere"

    def __init__(self) -> None:
        super().__init__(say("This person does not sit at the venue of the incident."))


class CaseIsOpen(Refusal):
    """There is an open case about the same placement."""

    kind = "conflict"
    code = "case_is_open"

    def __init__(self) -> None:
        super().__init__(say("A case about this paper is open. Add a step to that one."))


class RefusalNeedsWitness(Refusal):
    """The candidate did not sign: two staff say so together."""

    kind = "conflict"
    code = "refusal_needs_witness"

    def __init__(self) -> None:
        super().__init__(
            say("The candidate did not sign. A second member of staff witnesses the refusal.")
        )


class DecisionIncomplete(BadInput):
    """A decision without the article it rests on, or without a sanction."""

    code = "decision_incomplete"

    def __init__(self) -> None:
        super().__init__(say("Name the article the decision rests on, and the sanction."))

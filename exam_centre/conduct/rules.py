"""What may happen in a venue, and the way an offence case goes until it is final."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


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

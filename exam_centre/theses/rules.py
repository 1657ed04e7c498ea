"""The stages of a thesis, who may sit on its panel, and what its parts come to."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


class ThesisStatus(StrEnum):
    """How far a thesis has come."""

    TOPIC = "topic"
    PROPOSED = "proposed"
    DRAFTED = "drafted"
    CHECKED = "checked"  # similarity within the limit
    ADVISED = "advised"  # the supervisor's mark is in and frozen
    DEFENDED = "defended"
    FAILED = "failed"
    FINAL = "final"


THESIS_FLOW: Flow[ThesisStatus] = Flow(
    {
        ThesisStatus.TOPIC: frozenset({ThesisStatus.PROPOSED}),
        ThesisStatus.PROPOSED: frozenset({ThesisStatus.DRAFTED}),
        ThesisStatus.DRAFTED: frozenset({ThesisStatus.CHECKED, ThesisStatus.FAILED}),
        ThesisStatus.CHECKED: frozenset({ThesisStatus.ADVISED}),
        ThesisStatus.ADVISED: frozenset({ThesisStatus.DEFENDED, ThesisStatus.FAILED}),
        ThesisStatus.DEFENDED: frozenset({ThesisStatus.FINAL}),
        ThesisStatus.FAILED: frozenset({ThesisStatus.FINAL}),
        ThesisStatus.FINAL: frozenset(),
    }
)

SIMILARITY_LIMIT = 30  # per cent; above it there is no defence
SMALLEST_PANEL = 3  # and always odd


class PanelRole(StrEnum):
    """Who someone is on a panel."""

    CHAIR = "chair"
    MEMBER = "member"
    SECRETARY = "secretary"


def panel_is_sound(assessors: int) -> bool:
    """Say whether a panel has enough assessors (chair and members) and an odd number of them."""
    return assessors >= SMALLEST_PANEL and assessors % 2 == 1

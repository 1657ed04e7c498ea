"""What may be said about one outcome: the facts a credential and a claim are made of."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Seating:
    """Where and when a paper was sat. Moments are aware; `zone` is the venue's clock."""

    venue_code: str
    venue_name: str
    room_code: str
    seat: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    admitted_at: datetime | None  # None: no admission is on record
    identity_matched: bool
    invigilators: int
    plan_sha256: str  # "": the plan was never sealed


@dataclass(frozen=True)
class AwardFacts:
    """Everything a credential or a claim may say about one outcome version."""

    outcome_id: int
    entry_course_id: int
    stable_id: str
    number: int
    status: str
    verdict: str
    score: Decimal | None
    precision: int
    pass_mark: Decimal
    attempt: int
    person_id: int
    person_no: str
    name: str
    unit_code: str
    unit_path: str
    series_id: int
    course_id: int
    course_code: str
    course_name: str
    level: str
    learning_area: str
    credits: Decimal
    mode: str
    computed_at: datetime
    approved_by_id: int | None
    released_by_id: int | None
    released_at: datetime | None  # None: in no batch yet
    seating: Seating | None  # None: nobody sits this, e.g. a thesis

    @property
    def score_text(self) -> str:
        """The score with the scheme's decimals, e.g. "86" or "67.3"."""
        assert self.score is not None, "only a pass or a fail has a score"
        return plain_number(self.score, self.precision)

    @property
    def pass_mark_text(self) -> str:
        """The pass mark with the scheme's decimals."""
        return plain_number(self.pass_mark, self.precision)


def plain_number(number: Decimal, places: int) -> str:
    """Return a decimal as text with exactly `places` decimals; it has no others to lose."""
    return format(number.quantize(Decimal(1).scaleb(-places)), "f")


def zulu(moment: datetime) -> str:
    """Return a moment in UTC to the second, e.g. "2026-11-20T08:00:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

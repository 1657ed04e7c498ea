"""Builders of outcomes, the batches that release them, and their corrections."""

from decimal import Decimal
from typing import Any

from exam_centre.entries.models import Entry, EntryCourse
from exam_centre.papers.queries import scheme_of
from exam_centre.results.models import (
    Correction,
    Outcome,
    OutcomeIdentity,
    ReleaseBatch,
    ReleaseLine,
)
from exam_centre.results.queries import content_of
from exam_centre.results.rules import BatchStatus, OutcomeStatus, Verdict
from tests.factories.marks import MarksMixin
from tests.factories.times import DAY, NINE

WITH_NUMBER = (Verdict.PASSED, Verdict.FAILED)
AFTER_RELEASE = (OutcomeStatus.RELEASED, OutcomeStatus.CORRECTED, OutcomeStatus.RECALLED)


class OutcomesMixin(MarksMixin):
    """What came of it all."""

    def outcome(
        self,
        entry: Entry | None = None,
        *,
        entry_course: EntryCourse | None = None,
        status: OutcomeStatus = OutcomeStatus.COMPUTED,
        score: int | Decimal | None = 67,
        verdict: Verdict = Verdict.PASSED,
        **fields: Any,
    ) -> Outcome:
        """A version of an outcome: 67, passed. A released one has its released batch.

        score  without meaning where the verdict stands instead of a number.
        """
        if entry_course is None:
            entry_course = self.entry_courses(entry or self.entry())[0]
        entry = self.session.get_one(Entry, entry_course.entry_id)
        if self.session.get(OutcomeIdentity, entry_course.id) is None:
            self.save(OutcomeIdentity(entry_course_id=entry_course.id))
        number = Decimal(score) if score is not None and verdict in WITH_NUMBER else None
        released = status in AFTER_RELEASE
        defaults = {
            "entry_course_id": entry_course.id,
            "series_id": entry.series_id,
            "number": 1,
            "status": OutcomeStatus.APPROVED if released else status,
            "scheme_id": scheme_of(self.session, entry.paper_id).id,
            "score": number,
            "verdict": verdict,
            "parts": {"formative": "80", "final": "61", "final_verdict": None, "retake_cap": None},
            "explanation": "Formative 80 x 30 % + final 61 x 70 % = 66.7, rounded to 67.",
            "facts": {},
            "computed_at": NINE + 10 * DAY,
        }
        outcome = self.save(Outcome(**defaults | fields))
        if released:
            self.batch(outcome, status=BatchStatus.RELEASED)
        if status in (OutcomeStatus.CORRECTED, OutcomeStatus.RECALLED):
            outcome.move_to(status)
            self.session.flush()
        return outcome

    def batch(
        self, *outcomes: Outcome, status: BatchStatus = BatchStatus.PREPARED, **fields: Any
    ) -> ReleaseBatch:
        """A batch of these outcomes (of a new one where none are given), as far as `status`."""
        outcomes = outcomes or (self.outcome(),)
        is_approved = status in (BatchStatus.APPROVED, BatchStatus.RELEASED)
        is_released = status is BatchStatus.RELEASED
        defaults = {
            "series_id": outcomes[0].series_id,
            "content_sha256": content_of(self.session, outcomes),
            "prepared_by_id": self.person().id,
        }
        signed = {
            "approved_by_id": self.person().id if is_approved else None,
            "released_by_id": self.person().id if is_released else None,
            "released_at": NINE + 20 * DAY if is_released else None,
        }
        signed |= {name: fields.pop(name) for name in signed if name in fields}
        batch = self.save(ReleaseBatch(**defaults | fields))
        for outcome in outcomes:
            self.save(ReleaseLine(batch_id=batch.id, outcome_id=outcome.id))
            if is_approved and outcome.status is OutcomeStatus.COMPUTED:
                outcome.move_to(OutcomeStatus.APPROVED)
        for name, value in signed.items():
            setattr(batch, name, value)
        ways = [BatchStatus.APPROVED] if is_released else []
        for reached in [*ways, status] if status is not BatchStatus.PREPARED else []:
            batch.move_to(reached)
            self.session.flush()
        for outcome in outcomes if is_released else ():
            outcome.move_to(OutcomeStatus.RELEASED)
        self.session.flush()
        return batch

    def correction(self, outcome: Outcome | None = None, **fields: Any) -> Correction:
        """A filed correction of the final part to 75."""
        defaults = {
            "outcome_id": (outcome or self.outcome(status=OutcomeStatus.RELEASED)).id,
            "reason": "a page was not counted",
            "evidence": "page 3 of the script",
            "final_score": Decimal(75),
            "asked_by_id": self.person().id,
        }
        return self.save(Correction(**defaults | fields))

"""One awkward candidate, from the roster to the credit bank, by the services people use."""

from decimal import Decimal

import pytest

from exam_centre.admission.rules import Code
from exam_centre.credits.rules import ClaimStatus
from exam_centre.entries.rules import AccessKind
from exam_centre.kernel.errors import SamePerson
from exam_centre.marking.rules import MarkStatus
from exam_centre.results.rules import Verdict
from exam_centre.timetable.rules import OnShift
from tests.factories.times import DAY, HOUR, MINUTE, NINE
from tests.journeys.acts import Story
from tests.journeys.stage import AFTERNOON


def test_one_awkward_candidate_from_roster_to_credit_bank(story: Story) -> None:
    # The roster: a name fonts forget, one paper for two courses, a quarter more time, and a
    # second paper in the same period. The neighbour will not come.
    worker = story.worker("欧阳𠮷", team="C")
    neighbour = story.worker("买买提·艾力")
    theory = story.enter(worker, story.theory, [story.bachelor, story.diploma])
    machine = story.enter(worker, story.machine, [story.elective])
    absent = story.enter(neighbour, story.theory, [story.bachelor])
    story.approve_access(worker, AccessKind.EXTRA_TIME, Decimal(25))
    story.formative(worker, story.bachelor, Decimal(82))
    story.formative(worker, story.diploma, None)  # not completed: the gate will close
    story.formative(worker, story.elective, Decimal(70))
    story.formative(neighbour, story.bachelor, Decimal(75))
    story.page(NINE - 20 * DAY)

    # The plan: not during the morning shift; both papers in the afternoon, so one is held over.
    plan = story.draft_plan()
    with pytest.raises(OnShift):
        story.place(plan, theory, story.hall, 1, story.morning)
    first = story.place(plan, theory, story.hall, 1, story.afternoon)
    assert first.ends_at - first.starts_at == 90 * MINUTE * 1.25
    second = story.hold_over(plan, first, machine, story.lab, 1)
    assert second.starts_at > first.ends_at
    empty = story.place(plan, absent, story.hall, 2, story.afternoon)
    story.publish(plan)
    slip = story.slip(worker)
    story.slip(neighbour)
    story.page(AFTERNOON - 20 * MINUTE)

    # The day: two doors, late, once only; the place beside stays empty, and two people say so.
    hall, lab = story.open_rooms(first, second)
    story.page(AFTERNOON)
    story.start(hall)
    story.page(AFTERNOON + 12 * MINUTE)
    assert story.scan("door 2", slip, hall)["code"] == Code.ADMIT_LATE
    assert story.scan("door 1", slip, hall)["code"] == Code.ALREADY_IN
    story.page(AFTERNOON + 31 * MINUTE)
    story.confirm_absent(empty)
    story.page(first.ends_at)
    story.close(hall, scripts=1)
    story.page(second.starts_at)
    story.start(lab)
    assert story.scan("door 3", slip, lab)["code"] == Code.ADMIT
    story.page(second.ends_at)
    story.close(lab, scripts=0)
    story.page(AFTERNOON + DAY)

    # The marks: by code, place-holder and all; two markers differ, a third decides.
    bundle, codes = story.code(first)
    assert codes.status_of(empty) is MarkStatus.ABSENT
    story.mark(bundle, 1, codes.of(first), "52")
    story.mark(bundle, 2, codes.of(first), "66")
    assert story.compare(bundle) == [codes.of(first)]
    story.mark(bundle, 3, codes.of(first), "61")
    story.moderate(bundle)
    story.engine_mark(second, Decimal(88))
    story.page(AFTERNOON + 5 * DAY)

    # The outcomes: explained, gated, and released by three humans, one of whom has two numbers.
    outcomes = story.compute()
    passed = outcomes[worker, story.bachelor]
    assert str(story.explain(passed)) == (
        "Formative 82 x 30 % + final 61 x 70 % = 67.3, rounded to 67 (rule version 1). Pass."
    )
    assert outcomes[worker, story.diploma].verdict is Verdict.INVALID
    assert outcomes[neighbour, story.bachelor].verdict is Verdict.ABSENT
    batch = story.prepare_and_approve(outcomes.values())
    with pytest.raises(SamePerson):
        story.release(batch, by=story.approver_again)
    story.release(batch, by=story.releaser)
    story.page(AFTERNOON + 6 * DAY)

    # The bank: the answer to the first push is lost; the second finds the credit already there.
    story.open_account(worker)
    credential = story.issue(passed)
    story.issue(outcomes[worker, story.elective])
    story.reference.order_faults("timeout_after_commit", "none", timeout_seconds=1)
    claim = story.claim(passed)
    story.claim(outcomes[worker, story.elective])
    story.push()
    assert claim.status is ClaimStatus.UNKNOWN
    story.page(AFTERNOON + 6 * DAY + HOUR)
    story.push()
    assert claim.status is ClaimStatus.ACCEPTED
    assert story.balance_at_bank(worker) == Decimal("6.0")

    # The correction: a totalling error, a new version; the old credential says who replaced it.
    corrected = story.correct(passed, final_score=Decimal(75))
    story.page(AFTERNOON + 9 * DAY)
    story.issue(corrected)
    story.claim(corrected)
    story.push()
    assert story.verify(credential).word == "replaced"
    assert story.balance_at_bank(worker) == Decimal("6.0")

    # And nothing was lost on the way, nor counted twice.
    laws = story.laws()
    assert len([law for law in laws if law.left > 0]) == 8
    assert [(law.name, law.left, law.right) for law in laws if not law.green] == []
    assert story.audit_findings() == []

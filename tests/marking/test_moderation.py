"""The sample a moderator reads, sending a bundle back, approving it."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import SamePerson
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.marking import queries, service
from exam_centre.marking.models import Allocation, Bundle, Moderation
from exam_centre.marking.rules import (
    AlreadyRead,
    AlreadySampled,
    BundleStatus,
    NotFinal,
    NothingSentBack,
    NotYourBundle,
    SampleUnread,
    SentBack,
    WrongMark,
)
from tests.factories.make import Make
from tests.factories.times import DAY, NINE

FINAL = BundleStatus.FINAL


def read_all(
    session: Session, moderator: Actor, bundle: Bundle, sample: list[Moderation], off: int = 0
) -> None:
    """Let the moderator give `off` more than the final mark for every script of the sample."""
    finals = {script.code_id: script.final.score for script in queries.scripts_of(session, bundle)}
    for row in sample:
        final = finals[row.secret_code_id]
        assert final is not None
        service.moderate(session, moderator, row, score=final + off, now=NINE + 2 * DAY)


def test_the_trail_keeps_the_seed_of_a_sample(session: Session, make: Make) -> None:
    bundle = make.marked_bundle((70, 70), (50, 52), (90, 90), status=FINAL)
    moderator = make.actor(Role.MODERATOR)

    sample = service.draw_sample(session, moderator, bundle, seed="8417", now=NINE)

    assert {row.why for row in sample} <= {"random", "top", "bottom", "boundary"}
    assert {row.moderator_id for row in sample} == {moderator.person_id}
    act = session.scalars(select(AuditRow).where(AuditRow.act == "marking.sample_drawn")).one()
    assert act.reason == "seed 8417"


def test_a_sample_is_drawn_once_and_from_final_marks(session: Session, make: Make) -> None:
    open_bundle = make.marked_bundle((70, 70))
    bundle = make.marked_bundle((70, 70), status=FINAL)
    moderator = make.actor(Role.MODERATOR)

    with pytest.raises(NotFinal):
        service.draw_sample(session, moderator, open_bundle, seed="1", now=NINE)
    service.draw_sample(session, moderator, bundle, seed="1", now=NINE)
    with pytest.raises(AlreadySampled):
        service.draw_sample(session, make.actor(Role.MODERATOR), bundle, seed="2", now=NINE)


def test_who_marked_a_bundle_does_not_moderate_it(session: Session, make: Make) -> None:
    marker = make.person()
    bundle = make.marked_bundle((70, 70), status=FINAL, markers=[make.person(), marker])

    with pytest.raises(SamePerson):
        service.draw_sample(
            session, make.actor(Role.MODERATOR, person=marker), bundle, seed="1", now=NINE
        )


def test_a_moderator_sees_the_others_marks_after_giving_the_own(
    session: Session, make: Make
) -> None:
    bundle = make.marked_bundle((70, 72), status=FINAL)
    moderator = make.actor(Role.MODERATOR)
    (row,) = service.draw_sample(session, moderator, bundle, seed="1", now=NINE)
    human = moderator.human()

    assert queries.sample_of(session, bundle, human)[0].others == ()
    service.moderate(session, moderator, row, score=Decimal(73), now=NINE)
    assert queries.sample_of(session, bundle, human)[0].others == ("70", "72")
    with pytest.raises(AlreadyRead):
        service.moderate(session, moderator, row, score=Decimal(71), now=NINE)


def test_only_the_moderator_of_a_sample_reads_it_and_gives_a_mark(
    session: Session, make: Make
) -> None:
    bundle = make.marked_bundle((70, 72), status=FINAL)
    moderator = make.actor(Role.MODERATOR)
    (row,) = service.draw_sample(session, moderator, bundle, seed="1", now=NINE)

    with pytest.raises(NotYourBundle):
        service.moderate(session, make.actor(Role.MODERATOR), row, score=Decimal(70), now=NINE)
    with pytest.raises(WrongMark):
        service.moderate(session, moderator, row, score=Decimal(101), now=NINE)


def test_a_sample_is_read_as_a_whole_before_the_bundle_goes_on(
    session: Session, make: Make
) -> None:
    bundle = make.marked_bundle((70, 70), (50, 52), status=FINAL)
    moderator, approver = make.actor(Role.MODERATOR), make.actor(Role.APPROVER)
    sample = service.draw_sample(session, moderator, bundle, seed="1", now=NINE)

    with pytest.raises(SampleUnread):
        service.pass_moderation(session, moderator, bundle, now=NINE)
    read_all(session, moderator, bundle, sample, off=5)
    service.pass_moderation(session, moderator, bundle, now=NINE)
    service.approve_bundle(session, approver, bundle, now=NINE)

    assert bundle.status is BundleStatus.APPROVED
    assert bundle.approved_by_id == approver.person_id


def test_neither_marker_nor_moderator_approves(session: Session, make: Make) -> None:
    marker, reader = make.person(), make.person()
    bundle = make.marked_bundle((70, 70), status=FINAL, markers=[marker])
    moderator = make.actor(Role.MODERATOR, Role.APPROVER, person=reader)
    read_all(
        session,
        moderator,
        bundle,
        service.draw_sample(session, moderator, bundle, seed="1", now=NINE),
    )
    service.pass_moderation(session, moderator, bundle, now=NINE)

    for person in (marker, reader):
        with pytest.raises(SamePerson):
            service.approve_bundle(
                session, make.actor(Role.APPROVER, person=person), bundle, now=NINE
            )


def test_a_moderator_who_agrees_gives_no_reason_to_send_back(session: Session, make: Make) -> None:
    bundle = make.marked_bundle((70, 70), status=FINAL)
    moderator = make.actor(Role.MODERATOR)
    read_all(
        session,
        moderator,
        bundle,
        service.draw_sample(session, moderator, bundle, seed="1", now=NINE),
    )
    service.pass_moderation(session, moderator, bundle, now=NINE)

    with pytest.raises(NothingSentBack):
        service.send_back(session, make.actor(Role.EXAM_OFFICER), bundle, reason="?", now=NINE)


def test_what_a_moderator_sends_back_a_third_marker_decides(session: Session, make: Make) -> None:
    bundle = make.marked_bundle((70, 70), status=FINAL)
    moderator, officer = make.actor(Role.MODERATOR), make.actor(Role.EXAM_OFFICER)
    (row,) = service.draw_sample(session, moderator, bundle, seed="1", now=NINE)
    service.moderate(session, moderator, row, score=Decimal("75.5"), now=NINE + 2 * DAY)
    service.pass_moderation(session, moderator, bundle, now=NINE + 2 * DAY)
    third = make.person()

    with pytest.raises(SentBack):
        service.approve_bundle(session, make.actor(Role.APPROVER), bundle, now=NINE)
    service.send_back(session, officer, bundle, reason="too strict", now=NINE + 3 * DAY)
    (code,) = service.compare(session, officer, bundle, now=NINE + 3 * DAY)
    allocation = service.allocate(session, officer, bundle, 3, third, now=NINE + 3 * DAY)
    marker = make.actor(Role.MARKER, person=third)
    service.enter_mark(
        session, marker, allocation, code, "74", expected_version=None, now=NINE + 4 * DAY
    )
    service.submit(session, marker, allocation, now=NINE + 4 * DAY)
    service.finalise(session, officer, bundle, now=NINE + 4 * DAY)
    service.pass_moderation(session, moderator, bundle, now=NINE + 4 * DAY)
    service.approve_bundle(session, make.actor(Role.APPROVER), bundle, now=NINE + 4 * DAY)

    assert row.verdict == "marked_again"
    assert queries.scripts_of(session, bundle)[0].final.score == Decimal(74)
    assert queries.law_marks(session, [bundle.id]).green


def test_a_third_mark_from_before_the_moderator_read_it_is_read_once_more(
    session: Session, make: Make
) -> None:
    third = make.person()
    bundle = make.marked_bundle(
        (50, 80, 62), status=FINAL, markers=[make.person(), make.person(), third]
    )
    moderator, officer = make.actor(Role.MODERATOR), make.actor(Role.EXAM_OFFICER)
    (row,) = service.draw_sample(session, moderator, bundle, seed="1", now=NINE)
    service.moderate(session, moderator, row, score=Decimal(75), now=NINE + 2 * DAY)
    service.pass_moderation(session, moderator, bundle, now=NINE + 2 * DAY)
    service.send_back(session, officer, bundle, reason="too strict", now=NINE + 3 * DAY)

    assert service.compare(session, officer, bundle, now=NINE + 3 * DAY) == [
        code.code for code in make.codes(bundle)
    ]
    assert not queries.law_marks(session, [bundle.id]).green
    allocation = session.scalars(select(Allocation).where(Allocation.round == 3)).one()
    service.reopen(session, officer, allocation, reason="read again", now=NINE + 3 * DAY)
    marker = make.actor(Role.MARKER, person=third)
    (line,) = queries.sheet_of(session, allocation)
    service.enter_mark(
        session, marker, allocation, line.code, "62", expected_version=1, now=NINE + 4 * DAY
    )
    service.submit(session, marker, allocation, now=NINE + 4 * DAY)
    service.finalise(session, officer, bundle, now=NINE + 4 * DAY)

    assert row.verdict == "marked_again"
    assert queries.scripts_of(session, bundle)[0].final.score == Decimal(62)


def test_a_bundle_of_absentees_has_an_empty_sample_and_goes_on(
    session: Session, make: Make
) -> None:
    sat = make.sat(AttendanceStatus.ABSENT)
    bundle = make.bundle(sat=sat, status=FINAL)
    moderator = make.actor(Role.MODERATOR)

    assert service.draw_sample(session, moderator, bundle, seed="1", now=NINE) == []
    service.pass_moderation(session, moderator, bundle, now=NINE)
    service.approve_bundle(session, make.actor(Role.APPROVER), bundle, now=NINE)

    entry = sat.placements[0].entry_id
    assert queries.final_of(session, [entry]) == {entry: (None, "absent")}


def test_marks_count_only_once_their_bundle_is_approved(session: Session, make: Make) -> None:
    first, second = make.sat(), make.sat()
    make.marked_bundle((70, 72), status=BundleStatus.MODERATED, sat=first)
    make.marked_bundle((60, 61), status=BundleStatus.APPROVED, sat=second)
    entries = [first.placements[0].entry_id, second.placements[0].entry_id]

    assert queries.final_of(session, entries) == {entries[1]: (Decimal("60.5"), None)}


def test_who_marked_moderated_or_was_to_mark_is_known_for_later_steps(
    session: Session, make: Make
) -> None:
    people = [make.person(), make.person()]
    sat = make.sat()
    bundle = make.marked_bundle((70, 72), status=FINAL, sat=sat, markers=people)
    moderator = make.actor(Role.MODERATOR)
    service.draw_sample(session, moderator, bundle, seed="1", now=NINE)

    found = queries.people_who_marked(session, [sat.placements[0].entry_id])

    assert found == {people[0].id, people[1].id, moderator.person_id}

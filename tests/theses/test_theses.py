"""A thesis from its topic to its defence."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.kernel.errors import ConflictOfInterest, NotFound
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.papers.rules import Mode
from exam_centre.theses import queries, service
from exam_centre.theses.models import Thesis
from exam_centre.theses.rules import (
    AlreadyMarked,
    NotAThesis,
    NotOnThePanel,
    NotTheSupervisor,
    PanelRole,
    PanelSeated,
    PanelUnfinished,
    ThesisBegun,
    ThesisStatus,
    UnsoundPanel,
    WrongPercent,
    WrongScore,
    WrongStage,
    thesis_result,
)
from tests.factories.make import Make
from tests.factories.times import NINE

CHAIR, MEMBER, SECRETARY = PanelRole.CHAIR, PanelRole.MEMBER, PanelRole.SECRETARY


def supervisor_of(session: Session, make: Make, thesis: Thesis) -> Actor:
    """Sign the supervisor in."""
    return make.actor(Role.MARKER, person=session.get_one(Person, thesis.supervisor_id))


def panel(make: Make, *roles: PanelRole) -> dict[Person, PanelRole]:
    """New humans in these roles."""
    return {make.person(): role for role in roles}


def test_the_defence_counts_with_the_supervisor_and_decides_alone_when_failed() -> None:
    good = thesis_result(Decimal(80), [Decimal(70), Decimal(75), Decimal(71)])
    failed = thesis_result(Decimal(100), [Decimal(59), Decimal(60), Decimal(60)])

    assert (good.score, good.defence_failed) == (Decimal("75.20"), False)
    assert (failed.score, failed.defence_failed) == (Decimal("75.80"), True)
    assert thesis_result(Decimal(100), []).score == 0
    assert thesis_result(None, []).defence_failed


def test_a_thesis_begins_once_for_a_confirmed_entry(session: Session, make: Make) -> None:
    officer, supervisor = make.actor(Role.EXAM_OFFICER), make.person()
    entry = make.entry(paper=make.paper(Mode.THESIS))

    with pytest.raises(NotAThesis):
        service.begin(session, officer, make.entry(), title="x", supervisor=supervisor, now=NINE)
    thesis = service.begin(
        session, officer, entry, title="Grinding burrs", supervisor=supervisor, now=NINE
    )
    with pytest.raises(ThesisBegun):
        service.begin(session, officer, entry, title="x", supervisor=supervisor, now=NINE)
    assert thesis.status is ThesisStatus.TOPIC


def test_every_stage_of_writing_has_a_recorded_guidance(session: Session, make: Make) -> None:
    thesis = make.thesis()
    supervisor = supervisor_of(session, make, thesis)

    service.record_stage(session, supervisor, thesis, text="narrow it", now=NINE)
    service.record_stage(session, supervisor, thesis, text="good", completes=True, now=NINE)
    service.record_stage(session, supervisor, thesis, text="go", completes=True, now=NINE)

    assert thesis.status is ThesisStatus.DRAFTED
    assert [record.stage for record in queries.records_of(session, thesis)] == [
        ThesisStatus.TOPIC,
        ThesisStatus.TOPIC,
        ThesisStatus.PROPOSED,
    ]


def test_guidance_is_recorded_by_the_supervisor_alone(session: Session, make: Make) -> None:
    with pytest.raises(NotTheSupervisor):
        service.record_stage(session, make.actor(Role.MARKER), make.thesis(), text="x", now=NINE)


@pytest.mark.parametrize(
    ("percent", "status"), [("30", ThesisStatus.CHECKED), ("30.01", ThesisStatus.DRAFTED)]
)
def test_the_similarity_limit_itself_is_inside(
    session: Session, make: Make, percent: str, status: ThesisStatus
) -> None:
    thesis = make.thesis(status=ThesisStatus.DRAFTED)

    service.check_similarity(
        session, make.actor(Role.EXAM_OFFICER), thesis, percent=Decimal(percent), now=NINE
    )

    assert (thesis.status, thesis.similarity) == (status, Decimal(percent))


def test_a_similarity_is_a_percentage(session: Session, make: Make) -> None:
    thesis = make.thesis(status=ThesisStatus.DRAFTED)

    for percent in ("NaN", "101", "-1", "1.005"):
        with pytest.raises(WrongPercent):
            service.check_similarity(
                session, make.actor(Role.EXAM_OFFICER), thesis, percent=Decimal(percent), now=NINE
            )


@pytest.mark.parametrize(
    "roles",
    [
        (CHAIR, MEMBER),
        (CHAIR, MEMBER, MEMBER, MEMBER),
        (MEMBER, MEMBER, MEMBER),
        (CHAIR, CHAIR, MEMBER),
        (CHAIR, MEMBER, SECRETARY),
    ],
)
def test_a_panel_has_one_chair_and_an_odd_number_of_assessors(
    session: Session, make: Make, roles: tuple[PanelRole, ...]
) -> None:
    thesis = make.thesis(status=ThesisStatus.CHECKED)

    with pytest.raises(UnsoundPanel):
        service.seat_panel(
            session, make.actor(Role.EXAM_OFFICER), thesis, panel(make, *roles), now=NINE
        )


def test_the_supervisor_has_no_seat_on_the_panel_nor_in_the_database(
    session: Session, make: Make
) -> None:
    thesis = make.thesis(status=ThesisStatus.CHECKED)
    supervisor = session.get_one(Person, thesis.supervisor_id)

    with pytest.raises(UnsoundPanel):
        service.seat_panel(
            session,
            make.actor(Role.EXAM_OFFICER),
            thesis,
            {supervisor: CHAIR} | panel(make, MEMBER, MEMBER),
            now=NINE,
        )
    with pytest.raises(IntegrityError, match="supervisor_is_not_on_the_panel"):
        session.execute(
            text("INSERT INTO panel_members (thesis_id, person_id, role) VALUES (:t, :p, 'chair')"),
            {"t": thesis.id, "p": supervisor.id},
        )


def test_nobody_on_the_panel_is_tied_to_the_candidate(session: Session, make: Make) -> None:
    writer = make.person()
    entry = make.entry(make.candidate(writer), make.paper(Mode.THESIS))
    thesis = make.thesis(entry, status=ThesisStatus.CHECKED)
    members = panel(make, CHAIR, MEMBER, MEMBER)
    make.conflict(writer, list(members)[2])

    with pytest.raises(ConflictOfInterest):
        service.seat_panel(session, make.actor(Role.EXAM_OFFICER), thesis, members, now=NINE)


def test_a_thesis_goes_from_the_supervisors_mark_over_the_panels_to_its_end(
    session: Session, make: Make
) -> None:
    thesis = make.thesis(status=ThesisStatus.CHECKED)
    officer, supervisor = make.actor(Role.EXAM_OFFICER), supervisor_of(session, make, thesis)
    members = panel(make, CHAIR, MEMBER, MEMBER, SECRETARY)
    service.seat_panel(session, officer, thesis, members, now=NINE)
    *assessors, secretary = (make.actor(Role.MARKER, person=person) for person in members)

    with pytest.raises(PanelSeated):
        service.seat_panel(session, officer, thesis, members, now=NINE)
    with pytest.raises(WrongStage):
        service.mark_thesis(session, assessors[0], thesis, score=Decimal(70), now=NINE)
    service.mark_thesis(session, supervisor, thesis, score=Decimal(80), now=NINE)
    with pytest.raises(AlreadyMarked):
        service.mark_thesis(session, supervisor, thesis, score=Decimal(90), now=NINE)
    with pytest.raises(NotOnThePanel):
        service.mark_thesis(session, secretary, thesis, score=Decimal(70), now=NINE)
    for assessor in assessors[:2]:
        service.mark_thesis(session, assessor, thesis, score=Decimal(70), now=NINE)
    with pytest.raises(PanelUnfinished):
        service.finish(session, officer, thesis, now=NINE)
    service.mark_thesis(session, assessors[2], thesis, score=Decimal(73), now=NINE)
    service.finish(session, officer, thesis, now=NINE)

    assert queries.final_of(session, [thesis.entry_id]) == {
        thesis.entry_id: (Decimal("74.60"), None)
    }
    assert queries.people_who_marked(session, [thesis.entry_id]) == {
        supervisor.person_id,
        *(person.id for person in members),
    }


def test_who_does_not_come_to_the_defence_fails_with_nought(session: Session, make: Make) -> None:
    thesis = make.thesis(status=ThesisStatus.CHECKED)
    officer = make.actor(Role.EXAM_OFFICER)
    service.mark_thesis(
        session, supervisor_of(session, make, thesis), thesis, score=Decimal(95), now=NINE
    )

    service.finish(session, officer, thesis, attended=False, now=NINE)

    assert queries.final_of(session, [thesis.entry_id]) == {
        thesis.entry_id: (Decimal(0), ThesisStatus.FAILED)
    }


def test_a_draft_too_similar_can_only_fail_and_others_have_no_result(
    session: Session, make: Make
) -> None:
    copied = make.thesis(status=ThesisStatus.DRAFTED, similarity=Decimal(45))
    draft = make.thesis(status=ThesisStatus.DRAFTED)
    officer = make.actor(Role.EXAM_OFFICER)

    service.finish(session, officer, copied, now=NINE)

    assert copied.status is ThesisStatus.FINAL
    with pytest.raises(WrongStage):
        service.finish(session, officer, draft, now=NINE)
    assert queries.final_of(session, [draft.entry_id]) == {}


def test_a_thesis_mark_is_a_mark_and_final_in_the_database(session: Session, make: Make) -> None:
    thesis = make.thesis(status=ThesisStatus.CHECKED)
    supervisor = supervisor_of(session, make, thesis)

    for score in ("NaN", "100.5", "-1", "59.995"):
        with pytest.raises(WrongScore):
            service.mark_thesis(session, supervisor, thesis, score=Decimal(score), now=NINE)
    service.mark_thesis(session, supervisor, thesis, score=Decimal("59.95"), now=NINE)
    with pytest.raises(IntegrityError, match="thesis_mark_is_final"):
        session.execute(text("UPDATE thesis_marks SET score = 60"))


def test_a_thesis_is_found_by_who_works_on_it(session: Session, make: Make) -> None:
    thesis = make.thesis()

    assert queries.access_thesis(session, supervisor_of(session, make, thesis), thesis.token)
    assert queries.access_thesis(session, make.actor(Role.EXAM_OFFICER), thesis.token)
    with pytest.raises(NotFound):
        queries.access_thesis(session, make.actor(Role.MARKER), thesis.token)

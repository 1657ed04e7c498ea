"""The eight conservation laws of a series stand together, in the order of the journey."""

from decimal import Decimal

from exam_centre.entries.rules import EntryStatus
from exam_centre.overview.queries import room_sessions_of, series_laws
from exam_centre.papers.rules import Mode
from tests.factories.awards import entry_course, released, seated

ORDER = [
    "entries_are_placed_or_listed",
    "everybody_is_accounted_for",
    "scripts_are_people_who_sat",
    "papers_are_all_there",
    "codes_are_seats_used",
    "marks_are_codes",
    "outcomes_are_entry_courses",
    "credits_are_passes",
]


def test_a_series_has_eight_laws_in_the_order_of_the_journey(session, make):
    laws = series_laws(session, make.home_series().id)

    assert [law.name for law in laws] == ORDER
    assert all(law.green for law in laws)


def test_before_any_plan_every_confirmed_entry_waits_for_a_place(session, make):
    make.entry()
    make.entry(status=EntryStatus.REQUESTED)

    first = series_laws(session, make.home_series().id)[0]

    assert (first.left, first.right, first.green) == (1, 0, False)


def test_a_released_pass_that_nobody_claimed_breaks_the_last_law_alone_of_its_row(session, make):
    outcome = released(make, score=Decimal(86))

    last = series_laws(session, make.home_series().id)[-1]

    assert (last.left, last.right) == (0, 1)
    assert [row.subject for row in last.rows] == [f"outcomes:{outcome.id}"]
    assert series_laws(session, make.series().id)[-1].green


def test_a_computer_paper_without_a_mark_breaks_the_law_of_marks(session, make):
    line = entry_course(make, course=make.course(make.paper(Mode.COMPUTER)))
    placement = seated(make, line)

    marks = series_laws(session, make.home_series().id)[5]

    assert not marks.green
    assert [row.subject for row in marks.rows] == [f"placements:{placement.id}"]


def test_only_the_rooms_of_the_series_count(session, make):
    placement = seated(make, entry_course(make))
    seated(make, entry_course(make, series=make.series()))

    assert room_sessions_of(session, make.home_series().id) == [placement.room_session_id]

"""A timeline tells everything about its thing, in order, to who may read it, and marks blind."""

from datetime import date

import pytest
from sqlalchemy import event

from exam_centre.accounts.models import RoleGrant
from exam_centre.admission.models import Attendance
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel import audit
from exam_centre.kernel.database import Base
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import SYSTEM, Actor, Role
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import Mark
from exam_centre.marking.rules import BundleStatus
from exam_centre.organisation.rules import UnitLevel
from exam_centre.overview import queries
from exam_centre.overview.queries import kin
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import RoomSession
from exam_centre.venues.models import Room
from tests.factories.awards import entry_course, released, seated
from tests.factories.times import DAY, HOUR, MINUTE, NINE

ZONE = "Asia/Shanghai"
# Tables that hang on an anchor of a timeline and are never themselves what an act was done to.
NEVER_ACTED_ON = {
    "attendance_corrections", "attendance_undos", "case_steps", "eligibility_findings",
    "formative_changes", "outcome_identities", "outbox_rows", "panel_members", "release_lines",
    "secret_codes", "slip_lines", "stoppages", "thesis_records", "vacated_placements",
}  # fmt: skip
ANCHORS = {
    "access_arrangements", "candidates", "bags", "claims", "credentials", "entries",
    "entry_courses", "offence_cases", "outcome_identities", "outcomes", "placements", "room_days",
    "room_sessions", "secret_codes", "theses",
}  # fmt: skip


def tell(session, actor, act, row, at=NINE, **reason):
    audit.record(session, actor, act, row, at, **reason)


def read(session, subjects, **narrowed):
    given = {"zone": ZONE, "offset": 0, "limit": 50} | narrowed
    return queries.read_trail(session, subjects, **given)


def words(trail) -> list[str]:
    return [str(act.words) for act in trail.acts]


def of_candidate(session, actor, candidate_id, **narrowed):
    return read(session, queries.candidate_rows(actor, candidate_id), **narrowed)


@pytest.fixture
def auditor(make):
    return make.actor(Role.AUDITOR)


@pytest.fixture
def story(session, make):
    """A candidate who was entered, seated, admitted and has an outcome; told out of order."""
    line = entry_course(make)
    entry = session.get_one(Entry, line.entry_id)
    candidate = session.get_one(Candidate, entry.candidate_id)
    placement = seated(make, line)
    outcome = released(make, line)
    officer, door = make.actor(Role.EXAM_OFFICER), make.door_staff()
    tell(session, officer, "results.computed", outcome, NINE + 10 * DAY, reason="again")
    tell(session, door, "admission.admitted", session.get_one(Attendance, placement.id), NINE)
    tell(session, officer, "timetable.placed", placement, NINE - 10 * DAY)
    tell(session, officer, "entries.entered", entry, NINE - 20 * DAY)
    tell(session, officer, "entries.enrolled", candidate, NINE - 30 * DAY)
    return line, entry, candidate, placement


def test_a_candidates_timeline_gathers_every_room_in_the_order_of_time(session, story, auditor):
    _, _, candidate, _ = story

    trail = of_candidate(session, auditor, candidate.id)

    assert words(trail) == [
        "Student number enrolled",
        "Entry made",
        "Seat given",
        "Admitted at the door",
        "Outcome computed",
    ]
    assert trail.total == 5
    assert trail.kinds == {"entries": 2, "timetable": 1, "admission": 1, "results": 1}
    assert trail.acts[-1].reason == "again"
    paper = session.get_one(Paper, story[1].paper_id)
    assert [act.about.paper if act.about else None for act in trail.acts] == [
        None, *[paper.code] * 4
    ]  # fmt: skip


def test_a_timeline_says_who_did_it_and_where(session, make, story, auditor):
    venue = make.home_venue()

    admitted = of_candidate(session, auditor, story[2].id).acts[3]

    assert admitted.where == venue.name
    assert (admitted.stream, admitted.seq) == (f"venue:{venue.id}", 1)
    assert len(admitted.hash) == 64


def test_a_role_is_the_one_that_was_held_at_that_moment(session, make, auditor):
    entry, user = make.entry(), make.user()
    top = make.home(UnitLevel.NATIONAL)
    whose = {"user_id": user.id, "person_id": user.person_id, "unit_id": top.id}
    for role, since, until in (
        (Role.LIAISON, NINE - DAY, NINE),
        (Role.EXAM_OFFICER, NINE, None),
        (Role.AUDITOR, NINE + DAY, None),
    ):
        held = {"role": role, "granted_at": since, "revoked_at": until}
        make.save(RoleGrant(**whose | held))
    actor = Actor(user.person_id, user.id, "x", stream="office")
    tell(session, actor, "entries.entered", entry, NINE - MINUTE)
    tell(session, actor, "entries.confirmed", entry, NINE)

    acts = of_candidate(session, auditor, entry.candidate_id).acts

    assert [act.roles for act in acts] == [(Role.LIAISON,), (Role.EXAM_OFFICER,)]


def test_the_system_has_no_name_and_says_that_it_went_by_the_clock(session, make, auditor):
    entry = make.entry()
    tell(session, SYSTEM, "entries.confirmed", entry)

    act = of_candidate(session, auditor, entry.candidate_id).acts[0]

    assert (act.name, act.roles, act.where) == (None, (), say("The system, by the clock"))


def test_a_timeline_is_narrowed_to_a_kind_a_day_and_a_page(session, story, auditor):
    candidate = story[2].id

    assert words(of_candidate(session, auditor, candidate, kind="entries")) == [
        "Student number enrolled",
        "Entry made",
    ]
    assert words(of_candidate(session, auditor, candidate, offset=3, limit=1)) == [
        "Admitted at the door"
    ]
    day = of_candidate(session, auditor, candidate, day=date(2026, 12, 12))
    assert (words(day), day.total) == (["Admitted at the door"], 1)


def test_a_day_is_one_on_the_clock_of_the_venue(session, make, auditor):
    entry = make.entry()
    midnight = NINE - 9 * HOUR
    tell(session, auditor, "entries.entered", entry, midnight - MINUTE)
    tell(session, auditor, "entries.confirmed", entry, midnight)

    day = of_candidate(session, auditor, entry.candidate_id, day=date(2026, 12, 12))

    assert words(day) == ["Entry confirmed"]


def test_a_stranger_finds_neither_the_candidate_nor_a_single_row(session, make, story):
    _, entry, candidate, placement = story
    elsewhere = make.actor(Role.AUDITOR, unit=make.unit(UnitLevel.COUNTY))
    officer = make.actor(Role.EXAM_OFFICER)

    for actor in (elsewhere, officer):
        with pytest.raises(NotFound):
            queries.access_audited_candidate(session, actor, candidate.person_no)
        assert of_candidate(session, actor, candidate.id).total == 0
        assert queries.search(session, actor, candidate.person_no).count == 0
        rows = queries.room_rows(actor, placement.room_session_id)
        assert read(session, rows).total == 0
        rows = queries.mark_rows(actor, entry.id, story[0].id)
        assert read(session, rows).total == 0


def test_an_auditor_of_one_series_reads_that_series_alone(session, make, story):
    candidate = story[2]
    other = make.entry(candidate, make.paper(), make.series())
    tell(session, make.actor(Role.EXAM_OFFICER), "entries.entered", other, NINE)
    slip = make.slip(story[3])
    tell(session, make.actor(Role.EXAM_OFFICER), "admission.slip_issued", slip, NINE - DAY)
    formative = make.formative(other)[0]
    tell(session, make.actor(Role.EXAM_OFFICER), "marking.formative_recorded", formative, NINE)
    mine = make.actor(Role.AUDITOR, series=make.home_series())
    theirs = make.actor(Role.AUDITOR, series=make.series())

    trail = of_candidate(session, mine, candidate.id)

    # Who the person is belongs to no series: an auditor of one does not read it.
    assert words(trail) == [
        "Entry made",
        "Seat given",
        "Admission slip issued",
        "Admitted at the door",
        "Outcome computed",
    ]
    assert queries.access_audited_candidate(session, mine, candidate.person_no)
    with pytest.raises(NotFound):
        queries.access_audited_candidate(session, theirs, candidate.person_no)


def test_a_rooms_timeline_has_its_day_and_whoever_sat_there(session, make, story, auditor):
    placement = story[3]
    room_session = session.get_one(RoomSession, placement.room_session_id)
    day = make.room_day(room_session)
    bag = make.bag(placement)
    chief = make.chief()
    tell(session, chief, "custody.packed", bag, NINE - HOUR)
    tell(session, chief, "invigilation.opened", day, NINE - 30 * MINUTE)
    own = make.actor(Role.AUDITOR, venue=make.home_venue())
    foreign = make.actor(Role.AUDITOR, venue=make.venue())

    for actor in (auditor, own):
        told = words(read(session, queries.room_rows(actor, room_session.id)))
        assert told == [
            "Seat given",
            "Bag packed and sealed",
            "Room opened",
            "Admitted at the door",
        ]
    assert read(session, queries.room_rows(foreign, room_session.id)).total == 0
    with pytest.raises(NotFound):
        queries.access_audited_room(session, foreign, room_session.token)


def test_a_papers_timeline_tells_of_whom_each_act_is(session, make, story, auditor):
    _, entry, candidate, _ = story
    paper = session.get_one(Paper, entry.paper_id)
    other = make.entry(paper=paper)
    tell(session, auditor, "entries.entered", other, NINE - 19 * DAY)
    tell(session, auditor, "papers.paper_corrected", paper, NINE - 40 * DAY)
    card = queries.access_audited_paper(session, auditor, make.home_series().code, paper.code)

    trail = read(session, queries.paper_rows(auditor, card.id, card.series_id))

    assert words(trail)[:3] == ["Paper corrected", "Entry made", "Entry made"]
    assert [act.about.person_no if act.about else None for act in trail.acts][:3] == [
        None,
        candidate.person_no,
        session.get_one(Candidate, other.candidate_id).person_no,
    ]
    with pytest.raises(NotFound):
        queries.access_audited_paper(session, auditor, make.series().code, paper.code)


def marked(session, make, status):
    """A script whose two marks are in the trail, its bundle at `status`."""
    line = entry_course(make)
    entry = session.get_one(Entry, line.entry_id)
    sat = make.sat(entries=[entry])
    bundle = make.marked_bundle((70, 72), status=status, sat=sat)
    code = make.codes(bundle)[0]
    markers = [make.actor(Role.MARKER) for _ in "ab"]
    for marker, mark in zip(
        markers, session.query(Mark).filter_by(secret_code_id=code.id), strict=True
    ):
        tell(session, marker, "marking.mark_entered", mark)
    tell(session, make.actor(Role.EXAM_OFFICER), "marking.scripts_coded", bundle, NINE - HOUR)
    return line, entry, sat, code


@pytest.mark.parametrize("status", list(BundleStatus)[2:])
def test_marks_and_markers_are_shown_once_the_bundle_is_approved(session, make, auditor, status):
    line, entry, sat, code = marked(session, make, status)
    is_open = status is BundleStatus.APPROVED
    told = ["Scripts given secret codes", "Mark entered", "Mark entered"] if is_open else []

    for subjects in (
        queries.candidate_rows(auditor, entry.candidate_id),
        queries.mark_rows(auditor, entry.id, line.id),
        queries.room_rows(auditor, sat.room_session.id),
        queries.paper_rows(auditor, sat.paper.id, entry.series_id),
    ):
        assert words(read(session, subjects)) == told

    closed = 0 if is_open else 1
    card = queries.access_audited_paper(session, auditor, make.home_series().code, sat.paper.code)
    assert queries.unopened_of_candidate(session, auditor, entry.candidate_id) == closed
    assert queries.unopened_of_entry(session, auditor, entry.id) == closed
    assert queries.unopened_of_paper(session, auditor, card) == closed
    assert queries.unopened_in_room(session, sat.room_session.id) == closed
    found = queries.search(session, auditor, code.code).marks
    assert [mark.entry for mark in found] == ([entry.token] if is_open else [])


def test_a_mark_is_shown_as_the_number_that_was_given(session, make, auditor):
    line, entry, _, _ = marked(session, make, BundleStatus.APPROVED)
    formative = make.formative(entry, 80)[0]
    tell(session, make.actor(Role.EXAM_OFFICER), "marking.formative_recorded", formative)

    trail = read(session, queries.mark_rows(auditor, entry.id, line.id))

    assert [act.figures for act in trail.acts if act.kind == "marking"][-1] == (
        (say("Mark"), "", "80"),
    )


def test_a_search_finds_a_number_a_name_a_paper_and_a_room(session, make, story, auditor):
    _, entry, candidate, _ = story
    card = queries.access_audited_candidate(session, auditor, candidate.person_no)
    paper = session.get_one(Paper, entry.paper_id)
    sat_in = session.get_one(RoomSession, story[3].room_session_id)
    room = session.get_one(Room, sat_in.room_id)

    def found(text):
        return queries.search(session, auditor, text)

    assert [each.person_no for each in found(candidate.person_no).candidates] == [card.person_no]
    assert card.person_no in [each.person_no for each in found(card.name).candidates]
    assert [each.code for each in found(paper.code).papers] == [paper.code]
    assert [each.room for each in found(room.code).rooms] == [room.code]
    assert found("%").count == 0


def test_the_ways_from_a_candidate_lead_to_marks_and_rooms_in_reach(session, make, story, auditor):
    line, entry, candidate, placement = story

    marks = queries.lines_of_candidate(session, auditor, candidate.id)
    rooms = queries.rooms_of_candidate(session, auditor, candidate.id)

    assert [(mark.entry, mark.line_id) for mark in marks] == [(entry.token, line.id)]
    assert [room.room_session_id for room in rooms] == [placement.room_session_id]
    mark = queries.access_audited_mark(session, auditor, entry.token, marks[0].course)
    assert mark == marks[0]


def statements_of(session, work) -> int:
    """Return how many statements some work sends to the database."""
    heard: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        heard.append(statement)

    event.listen(session.connection(), "before_cursor_execute", note)
    work()
    event.remove(session.connection(), "before_cursor_execute", note)
    return len(heard)


def test_a_page_takes_as_many_statements_for_fifty_acts_as_for_one(session, make, auditor):
    entry = make.entry()
    counts = []
    for number in (1, 49):
        for n in range(number):
            tell(session, make.actor(Role.EXAM_OFFICER), "entries.entered", entry, NINE + n * DAY)
        session.expire_all()
        key = entry.candidate_id
        counts.append(statements_of(session, lambda key=key: of_candidate(session, auditor, key)))

    assert counts[0] == counts[1]


def test_every_table_that_hangs_on_a_timeline_is_in_it_or_is_never_acted_on():
    groups = [getattr(kin, name) for name in dir(kin) if name.startswith(("OF_", "MARKS_OF_"))]
    members = [each[0] if isinstance(each, tuple) else each for group in groups for each in group]
    told = {member.key.class_.__tablename__ for member in members}
    hanging = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ANCHORS
    }

    assert hanging - told - NEVER_ACTED_ON == set()
    assert told & NEVER_ACTED_ON == set()
    assert EntryCourse.__tablename__ in told

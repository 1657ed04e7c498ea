"""What a device kept while it was alone: uploaded in any pieces and order, and nothing is lost."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from exam_centre.admission import service
from exam_centre.admission.models import Attendance, Scan
from exam_centre.admission.rules import Action, AttendanceStatus, Identity
from exam_centre.admission.service import OnDuty, Upload
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentKind
from exam_centre.kernel.errors import Refusal
from tests.factories.times import MINUTE, NINE, SECOND

EARLY = NINE - 10 * MINUTE
FIRST = NINE - 20 * MINUTE
DAY_OF_SECONDS = 24 * 60 * 60


@pytest.fixture
def phone(make):
    """A device with who is signed on at it."""
    return OnDuty(make.device(), make.door_staff(), None)


@pytest.fixture
def upload(session, ring):
    """Send a batch from a device; returns what each scan was answered."""

    def send(on_duty, uploads, now=NINE):
        return service.record_batch(session, on_duty, uploads, ring, now=now)

    return send


def seated(make, placement, at=EARLY, **fields):
    return Upload(make.fact(placement, at, action=Action.ADMITTED_OFFLINE, **fields))


def kept(session):
    return session.scalar(select(func.count()).select_from(Scan))


def test_a_batch_is_answered_in_the_order_sent_and_judged_in_the_order_it_happened(
    session, make, phone, upload
):
    one, two = make.placement(), make.placement()
    again = seated(make, one, EARLY + SECOND)

    answers = upload(phone, [again, seated(make, two), seated(make, one)])

    assert [answer["code"] for answer in answers] == ["already_in", "admit", "admit"]
    assert session.get(Attendance, one.id).admitted_at == EARLY
    assert kept(session) == 3


def test_a_batch_sent_again_gets_the_same_answers_and_changes_nothing(session, make, phone, upload):
    batch = [seated(make, make.placement()) for _ in range(3)]
    first = upload(phone, batch)

    assert upload(phone, batch[::-1], NINE + MINUTE) == first[::-1]
    assert kept(session) == 3


def test_a_number_that_stands_twice_in_one_batch_is_one_scan(session, make, phone, upload):
    scan = seated(make, make.placement())

    first, second = upload(phone, [scan, scan])

    assert first == second
    assert kept(session) == 1


def test_one_scan_of_no_room_here_leaves_the_others_as_they_are(session, make, phone, upload):
    elsewhere = make.room_session(make.room(make.venue())).token
    wrong = Upload(seated(make, make.placement()).fact, elsewhere)
    good = seated(make, make.placement())

    refused, admitted = upload(phone, [wrong, good])

    assert isinstance(refused, Refusal)
    assert admitted["admitted"]
    assert kept(session) == 1


def test_a_larger_batch_takes_no_more_questions(session, make, phone, upload):
    asked = []

    def hear(_connection, _cursor, statement, *_):
        if statement.startswith("SELECT"):
            asked.append(statement)

    def questions(batch):
        asked.clear()
        upload(phone, batch)
        return len(asked)

    small, large = ([seated(make, make.placement()) for _ in range(size)] for size in (2, 20))
    session.flush()
    event.listen(session.get_bind(), "before_cursor_execute", hear)
    few, many = questions(small), questions(large)
    event.remove(session.get_bind(), "before_cursor_execute", hear)

    assert many <= few <= 6


def test_a_batch_of_strange_slips_asks_for_the_venues_doors_once(session, make, phone, upload):
    make.placement()
    strange = [
        Upload(make.fact(make.placement(), EARLY, token=f"nobody's slip {n}", placement_id=None))
        for n in range(20)
    ]
    session.flush()
    asked = []

    def hear(_connection, _cursor, statement, *_):
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", hear)
    answers = upload(phone, strange)
    event.remove(session.get_bind(), "before_cursor_execute", hear)

    assert {answer["code"] for answer in answers} == {"forged"}
    assert len(asked) <= 6


@dataclass(frozen=True)
class Seated:
    """Somebody seated at a device without a network: who, by which device, at which second."""

    person: int
    device: int
    second: int


@dataclass(frozen=True)
class History:
    """What devices did alone, by how much their clocks are off, and the pieces they sent it in."""

    offsets: list[int]  # seconds, one a device
    seated: list[Seated]
    pieces: list[list[int]]  # indices of `seated`, each of one device; some more than once


@st.composite
def histories(draw) -> History:
    devices = draw(st.integers(1, 5))
    offsets = [draw(st.integers(-DAY_OF_SECONDS, DAY_OF_SECONDS)) for _ in range(devices)]
    seconds = draw(st.lists(st.integers(0, 1200), min_size=1, max_size=12, unique=True))
    done = [
        Seated(draw(st.integers(0, 2)), draw(st.integers(0, devices - 1)), second)
        for second in seconds
    ]
    pieces = []
    for device in range(devices):
        mine = [n for n, each in enumerate(done) if each.device == device]
        if not mine:
            continue
        order = draw(st.permutations(mine + draw(st.lists(st.sampled_from(mine), max_size=5))))
        cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=3)))
        for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
            pieces.append(order[start:end])
    return History(offsets, done, draw(st.permutations([p for p in pieces if p])))


def play(session, make, ring, history):
    """Upload a history piece by piece; check after each one that nothing is lost."""
    placements = [make.placement(seat=seat) for seat in (2, 3, 4)]
    phones = [
        OnDuty(make.device(clock_offset_ms=1000 * off), make.door_staff(), None)
        for off in history.offsets
    ]
    scans = [
        seated(
            make,
            placements[each.person],
            FIRST + (each.second + history.offsets[each.device]) * SECOND,
            identity=Identity.MATCH,
        )
        for each in history.seated
    ]
    said = {}
    for piece in history.pieces:
        on_duty = phones[history.seated[piece[0]].device]
        batch = [scans[n] for n in piece]
        for n, answer in zip(
            piece, service.record_batch(session, on_duty, batch, ring, now=NINE), strict=True
        ):
            assert said.setdefault(n, answer) == answer
        assert kept(session) == len(said)
        for person in {history.seated[n].person for n in said}:
            row = session.get(Attendance, placements[person].id)
            assert row.status is AttendanceStatus.PRESENT
    return placements, said


@pytest.fixture
def ground(make):
    """What every history stands on: a venue with its room, period, plan and staff."""
    make.placement(seat=1)
    make.device()
    make.door_staff()


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
def test_however_uploads_come_in_the_first_admission_stands_and_every_conflict_is_listed(
    session, make, ring, ground, history
):
    place = session.begin_nested()
    try:
        _tell(session, make, ring, history)
    finally:
        place.rollback()
        session.expire_all()


def _tell(session, make, ring, history):
    placements, said = play(session, make, ring, history)

    assert len(said) == len(history.seated)
    doubles = set(
        session.scalars(
            select(Incident.placement_id).where(Incident.kind == IncidentKind.DOUBLE_ADMISSION)
        )
    )
    for person, placement in enumerate(placements):
        mine = [each for each in history.seated if each.person == person]
        row = session.get(Attendance, placement.id)
        assert (row is not None) == bool(mine)
        if mine:
            assert row.admitted_at == FIRST + min(each.second for each in mine) * SECOND
        several = len({each.device for each in mine}) > 1
        assert (placement.id in doubles) == several


def test_without_the_number_of_a_scan_a_repeated_batch_would_be_counted_twice(
    session, make, phone, upload
):
    """The negative control: what is sent again under another number is another scan."""
    placement = make.placement()
    upload(phone, [seated(make, placement)])
    upload(phone, [seated(make, placement)])

    assert kept(session) == 2

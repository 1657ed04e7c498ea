"""The door list says who drew the seats, and the hashes by which anybody checks the draw."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select

from exam_centre.adapters.pdf import Fonts
from exam_centre.admission import documents, queries
from exam_centre.admission.documents import RoomPaper
from exam_centre.kernel.permissions import Permission, Role
from exam_centre.timetable.models import Placement, SealedAllocation
from exam_centre.timetable.queries import seal_of
from exam_centre.timetable.rules import ALGORITHM
from exam_centre.timetable.service.reproducing import allocation_file, file_sha256
from tests.timetable.small_series import open_series, published

ASSETS = Path(__file__).resolve().parents[2] / "static" / "assets"


@pytest.fixture
def fonts():
    if not (ASSETS / "manifest.json").exists():
        pytest.skip(f"no fonts in {ASSETS}; `make assets` fetches them")
    return Fonts.from_assets(ASSETS)


def words_of(pdf):
    """Return the text of a file, as a reader copies it."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def test_the_door_list_prints_the_seed_the_algorithm_and_every_hash(session, make, fonts):
    plan, _, _ = published(make, session, open_series(make))
    row = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).first()
    chief, asked = make.actor(Role.CHIEF), [Permission.CHECK_IN]
    room = queries.door_rooms(session, chief, asked, room_session_id=row.room_session_id)[0]
    paper = RoomPaper.of(session, room, "en")
    words = words_of(documents.room_pdf(paper, documents.door_list, fonts))
    close = words.replace("\n", "").replace(" ", "")

    sealed = seal_of(session, plan)
    assert len(sealed.people) == 2
    for name in sealed.people:
        assert name in words
    assert ALGORITHM in words
    for digest in (plan.input_sha256, plan.result_sha256, sealed.file_sha256):
        assert digest in close
    assert sealed.file_sha256 == file_sha256(allocation_file(session, plan))


def test_a_plan_nobody_can_repeat_prints_no_hash_of_a_file(session, make):
    plan, _, _ = published(make, session, open_series(make))
    session.delete(session.scalars(select(SealedAllocation)).one())
    session.flush()

    assert seal_of(session, plan).file_sha256 == ""
    assert seal_of(session, make.plan()) is None

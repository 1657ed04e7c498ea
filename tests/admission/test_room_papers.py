"""Papers for what is not usual: needs by seat, coming late, and a day without machines."""

import subprocess
from pathlib import Path

import pytest

from exam_centre.adapters.pdf import Fonts
from exam_centre.adapters.pdf.blocks import PageBreak, texts
from exam_centre.admission import documents, queries
from exam_centre.admission.documents import RoomPaper
from exam_centre.entries.rules import AccessKind, RequestStatus
from exam_centre.kernel.permissions import Permission
from tests.factories.times import MINUTE, NINE

ASSETS = Path(__file__).resolve().parents[2] / "static" / "assets"


@pytest.fixture
def paper(session, make):
    def paper(placement, language="en"):
        actor = make.door_staff()
        [room] = queries.door_rooms(
            session, actor, [Permission.CHECK_IN], room_session_id=placement.room_session_id
        )
        return RoomPaper.of(session, room, language)

    return paper


def words(document):
    return "\n".join(texts(document))


def test_the_access_cover_names_seat_need_and_own_end_of_those_who_have_one(make, paper):
    plain = make.placement(seat=1)
    needy = make.candidate(make.person("阿依古丽"))
    make.arrangement(needy)
    make.arrangement(needy, kind=AccessKind.SCRIBE)
    refused = make.candidate(make.person("没有获批"))
    make.arrangement(refused, status=RequestStatus.REFUSED)
    make.placement(make.entry(needy), seat=2)
    make.placement(make.entry(refused), seat=3)

    told = words(documents.access_cover(paper(plain)))

    assert "阿依古丽" in told
    assert "Extra time 25 %" in told
    assert "word for word" in told
    assert "10:52" in told
    assert "没有获批" not in told


def test_a_room_without_needs_says_so(make, paper):
    told = words(documents.access_cover(paper(make.placement(), "zh")))

    assert "本考场没有获批合理便利的考生。" in told


def test_a_late_person_has_a_form_of_their_own_and_a_blank_one_follows(make, paper):
    in_time, late = make.placement(), make.placement()
    make.attendance(in_time)
    make.attendance(late, admitted_at=NINE + 12 * MINUTE, minutes_late=12)

    form = documents.late_form(paper(late))

    told = words(form)
    assert sum(isinstance(block, PageBreak) for block in form.blocks) == 1
    assert make.candidate_of(late).person_no in told
    assert make.candidate_of(in_time).person_no not in told
    assert "09:12" in told


def test_the_fall_back_pack_holds_every_paper_of_the_room(make, paper):
    if not (ASSETS / "manifest.json").exists():
        pytest.skip(f"no fonts in {ASSETS}; `make assets` fetches them")
    content = documents.fall_back_pack(
        paper(make.placement()), Fonts.from_assets(ASSETS), "Paper fall-back pack"
    )

    run = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    printed = run.stdout.decode()
    for number in ("FP-", "DL-", "AR-", "SC-", "AA-", "LF-"):
        assert number in printed, number

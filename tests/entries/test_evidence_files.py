"""What proves a need is a file: known by content, sealed, opened by few, each look noted."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from exam_centre.adapters.paperwork import LARGEST_DOCUMENT
from exam_centre.entries.models import AccessArrangement, EvidenceFile
from exam_centre.kernel import audit
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.errors import PromiseBroken
from exam_centre.kernel.sealing import make_seal
from tests.architecture import strangers
from tests.entries.people import Campus
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
GPS, MAKER = 0x8825, 0x010F
OWN_ACCESS = "/entries/candidates/2632000001/access"


def picture(kind: str = "JPEG") -> bytes:
    """Return a small picture that says which phone took it, and where."""
    buffer = BytesIO()
    exif = Image.Exif()
    exif[MAKER] = "Phone of somebody"
    exif[GPS] = {1: "N", 2: (45.0, 0.0, 0.0)}
    Image.new("RGB", (300, 200), (250, 250, 250)).save(buffer, kind, exif=exif)
    return buffer.getvalue()


@pytest.fixture
def campus(app, config) -> Campus:
    make_seal(config.keys_dir)
    return Campus(app)


def ask(campus, *files, user=None):
    """Ask for more time with files, each (name, content); return the page that follows."""
    fields = {
        "series": campus.series.code,
        "kind": "extra_time",
        "extra_percent": "25",
        "evidence": "医院证明，9 月 3 日",
        "files": [(BytesIO(content), name) for name, content in files],
    }
    return campus.act(user or campus.worker, OWN_ACCESS, **fields).get_data(as_text=True)


def attach(campus, user, *files):
    with reading() as session:
        token = session.scalars(select(AccessArrangement.token)).one()
    sent = [(BytesIO(content), name) for name, content in files]
    return campus.act(user, f"/entries/requests/access/{token}/evidence", files=sent)


def kept() -> list[EvidenceFile]:
    with reading() as session:
        rows = list(session.scalars(select(EvidenceFile).order_by(EvidenceFile.id)))
        session.expunge_all()
        return rows


def address(file: EvidenceFile) -> str:
    return f"/entries/requests/access/evidence/{file.token}"


def test_a_worker_sends_the_letter_with_the_request_and_who_decides_opens_it(campus):
    page = ask(campus, ("C:\\信\\医院证明.PDF", PDF))

    [file] = kept()
    assert "医院证明.PDF" in page
    for reader in (campus.worker, campus.officer, campus.colleague):
        answer = campus.browser(reader).get(address(file))
        assert answer.data == PDF
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


def test_neither_an_employer_nor_another_province_nor_a_room_opens_what_a_hospital_wrote(campus):
    ask(campus, ("证明.pdf", PDF))
    [file] = kept()

    assert campus.browser(campus.liaison).get(address(file)).status_code == 403
    assert campus.browser(campus.stranger()).get(address(file)).status_code == 404
    assert campus.browser(campus.invigilator).get(address(file)).status_code == 403
    assert campus.browser(campus.officer).get(address(file)[:-1] + "x").status_code == 404


def test_a_liaison_asks_for_a_worker_without_files_and_can_not_slip_one_in(campus):
    with unit_of_work() as session:
        candidate = session.get_one(type(campus.own), campus.own.id)
        candidate.consented_on = date(2026, 9, 1)

    assert 'type="file"' not in campus.read(campus.liaison, OWN_ACCESS)
    ask(campus, ("证明.pdf", PDF), user=campus.liaison)
    assert kept() == []
    assert attach(campus, campus.liaison, ("证明.pdf", PDF)).status_code == 403


def test_every_look_at_a_file_is_in_the_trail(campus):
    ask(campus, ("证明.pdf", PDF))
    [file] = kept()

    campus.browser(campus.officer).get(address(file))
    campus.browser(campus.officer).get(address(file))
    campus.browser(campus.stranger()).get(address(file))

    with reading() as session:
        looks = session.scalars(
            select(audit.AuditRow).where(audit.AuditRow.act == "entries.evidence_opened")
        ).all()
    assert [row.person_id for row in looks] == [campus.officer.person_id] * 2
    assert {row.subject for row in looks} == {f"evidence_files:{file.id}"}


def test_a_picture_is_kept_without_what_the_phone_hid_in_it(campus):
    ask(campus, ("a.jpg", picture("JPEG")), ("b.png", picture("PNG")))

    for file, mime in zip(kept(), ("image/jpeg", "image/png"), strict=True):
        answer = campus.browser(campus.worker).get(address(file))
        assert answer.mimetype == mime
        opened = Image.open(BytesIO(answer.data))
        assert opened.size == (300, 200)
        assert dict(opened.getexif()) == {}
        assert b"Phone of somebody" not in answer.data


def test_what_a_file_is_its_content_says_and_not_its_name(campus):
    page = ask(campus, ("证明.pdf", b"<html><script>alert(1)</script></html>"))
    assert "This is no document, whatever its name says. Upload a PDF, JPEG or PNG file" in page
    page = ask(campus, ("证明.pdf", b"%PDF-1.7 cut off"))
    assert "The PDF is cut off or damaged." in page
    assert kept() == []
    with reading() as session:
        assert session.scalar(select(func.count(AccessArrangement.id))) == 0

    ask(campus, ("证明.exe", picture()))
    answer = campus.browser(campus.worker).get(address(kept()[0]))
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Disposition"].endswith(".jpg")


def test_a_file_above_the_limit_is_refused_with_the_limit(campus):
    page = ask(campus, ("证明.pdf", PDF + b" " * LARGEST_DOCUMENT))

    assert "The file has more than 5 megabytes." in page
    assert kept() == []


def test_the_same_file_twice_is_one_and_more_than_anybody_reads_is_refused(campus):
    ask(campus, ("证明.pdf", PDF))
    assert "These files are kept already." in attach(
        campus, campus.worker, ("again.pdf", PDF)
    ).get_data(as_text=True)
    assert len(kept()) == 1

    more = [(f"{n}.pdf", PDF.replace(b"<<>>", b"<<%d>>" % n)) for n in range(6)]
    page = attach(campus, campus.officer, *more).get_data(as_text=True)
    assert "A request holds up to 6 files." in page
    assert len(kept()) == 1
    attach(campus, campus.officer, *more[:5])
    assert len(kept()) == 6


def test_nothing_is_added_to_a_request_that_was_decided(campus):
    ask(campus, ("证明.pdf", PDF))
    with reading() as session:
        token = session.scalars(select(AccessArrangement.token)).one()
    campus.act(campus.officer, f"/entries/requests/access/{token}", decision="approve")

    page = attach(campus, campus.worker, ("more.pdf", PDF + b"\n"))

    assert "its evidence stays as it is" in page.get_data(as_text=True)
    assert len(kept()) == 1


def test_on_the_disk_a_file_is_sealed(campus, config):
    ask(campus, ("证明.pdf", PDF))

    lying = [path.read_bytes() for path in config.files_dir.rglob("*") if path.is_file()]
    assert lying
    assert all(b"%PDF" not in content for content in lying)


def test_the_database_keeps_a_file_as_it_was_sent(campus):
    ask(campus, ("证明.pdf", PDF))

    with pytest.raises(PromiseBroken, match="evidence_file_is_final"), unit_of_work() as session:
        session.scalars(select(EvidenceFile)).one().file_name = "other.pdf"

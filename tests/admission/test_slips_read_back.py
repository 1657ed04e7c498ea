"""Every slip of a whole province's series, printed and read back by a scanner that is not ours."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.adapters.pdf import Fonts
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission import documents, queries, service
from exam_centre.admission.documents import Press
from exam_centre.admission.models import Slip, SlipLine
from exam_centre.admission.rules import SlipStatus
from exam_centre.demo.journey.story import Journey, Keys
from exam_centre.demo.load import FolderLoad
from exam_centre.entries.models import Entry
from exam_centre.kernel import database as kernel_database
from exam_centre.kernel.database import reading
from exam_centre.kernel.tokens import open_slip
from exam_centre.timetable.models import Placement
from exam_centre.venues.models import Venue
from tests.databases import templates
from tests.factories.awards import credential_signer
from tests.factories.builder import TEST_SEAL

pytestmark = pytest.mark.shared_data

ASSETS = Path(__file__).resolve().parents[2] / "static" / "assets"
DOTS = 150  # an inch: what the cheapest office printer and a phone at arm's length give
SEED = 20261123
SECOND_SHEETS = 2  # slips with nine papers at several venues: their rules go overleaf
UPPER_HALF = ["-x", "0", "-y", "0", "-W", "1240", "-H", "877"]  # the QR is on the outside


@dataclass(frozen=True)
class Province:
    """A series whose slips are issued, and what they are printed with."""

    series_id: int
    press: Press
    venue_ids: tuple[int, ...]

    def slip_ids(self, session: Session, venue_id: int) -> list[int]:
        """The slips of one venue, in the order they are printed in."""
        slips = queries.slips_by_first_seat(session, self.series_id, venue_id=venue_id)
        return [slip_id for slip_id, _ in slips]


@contextmanager
def silent(_name: str) -> Iterator[object]:
    yield lambda _done, _total: None


@pytest.fixture(scope="module")
def province(shared, databases_home, tmp_path_factory, ring) -> Iterator[Province]:
    """The small series of the shared folder: imported, planned, published, slips issued."""
    if not (ASSETS / "manifest.json").exists():
        pytest.skip(f"no fonts in {ASSETS}; `make assets` fetches them")
    folder = tmp_path_factory.mktemp("province")
    engine = kernel_database.make_engine(templates.copy_sqlite(databases_home, folder))
    kernel_database.connect(engine)
    photos = DiskStorage(folder / "files")
    for _loaded in FolderLoad(shared / "series-small", TEST_SEAL, photos, silent).run():
        pass
    keys = Keys(ring, ring, credential_signer())
    # The journey stops long before the credit bank is asked for anything.
    journey = Journey(SEED, keys, None, None, silent)
    for step in (journey.lend_staff, journey.decide_access, journey.plan, journey.issue_slips):
        step(lambda _done, _total: None)
    with reading() as session:
        venue_ids = tuple(session.scalars(select(Venue.id).order_by(Venue.id)))
    press = Press(ring, photos, Fonts.from_assets(ASSETS))
    yield Province(journey.series_id, press, venue_ids)
    engine.dispose()


def read_back(pdf: bytes, folder: Path) -> list[list[str]]:
    """Return the QR codes a scanner reads from each page, as printed at DOTS dots an inch.

    The lines of a form look like a short bar code to a reader that is asked for any kind.
    """
    folder.mkdir()
    page = str(folder / "page")
    command = ["pdftoppm", "-r", str(DOTS), "-gray", *UPPER_HALF, "-", page]
    subprocess.run(command, input=pdf, check=True)
    read = []
    for image in sorted(folder.glob("page-*.pgm")):
        codes = zxingcpp.read_barcodes(Image.open(image), formats=zxingcpp.BarcodeFormat.QRCode)
        read.append([code.text for code in codes])
    shutil.rmtree(folder)
    return read


def assert_read_back(session, province, slip_ids, read):
    """Every slip has one code, it says what was issued, and the key knows it as ours."""
    facts = queries.slip_facts(session, slip_ids)
    ring = province.press.ring
    expected = [service.slip_text(e.slip, e.candidate, e.series, ring) for e in facts]
    assert [code for codes in read for code in codes] == expected
    assert read[0], "a file begins with a slip"
    for each, text in zip(facts, expected, strict=True):
        token = open_slip(text, ring)
        assert token.candidate == each.candidate.slip_bytes
        assert (token.series, token.slip_version) == (each.series.id, each.slip.number)
        found = service.read_slip(session, text, ring)
        assert found is not None
        assert found.id == each.slip.id


def test_every_candidate_with_a_seat_has_one_slip_with_all_their_papers(province):
    with reading() as session:
        seated = select(Entry.candidate_id).join(Placement, Placement.entry_id == Entry.id)
        seated = seated.where(Placement.in_force, Entry.series_id == province.series_id)
        in_force = select(Placement.id).where(Placement.in_force)
        slips = session.scalars(select(Slip).where(Slip.status == SlipStatus.VALID)).all()
        printed = [each for v in province.venue_ids for each in province.slip_ids(session, v)]

        assert set(session.scalars(select(SlipLine.placement_id))) == set(session.scalars(in_force))
        assert {slip.candidate_id for slip in slips} == set(session.scalars(seated))
        assert sorted(printed) == sorted(slip.id for slip in slips)


def test_every_slip_of_the_province_reads_back_at_150_dots_an_inch(province, tmp_path):
    slips = sheets = 0
    with reading() as session:
        for venue_id in province.venue_ids:
            slip_ids = province.slip_ids(session, venue_id)
            made = documents.slips_pdf_of_venue(
                session, venue_id, province.series_id, press=province.press
            )

            assert (made.printed, made.stopped) == (len(slip_ids), ())
            if made.content is not None:
                read = read_back(made.content, tmp_path / str(venue_id))
                assert_read_back(session, province, slip_ids, read)
                slips, sheets = slips + made.printed, sheets + len(read)

    assert slips > 1000
    assert sheets - slips <= SECOND_SHEETS


def test_a_code_of_another_slip_or_a_page_without_one_is_found(province, tmp_path):
    with reading() as session:
        slip_ids = province.slip_ids(session, province.venue_ids[0])[:2]
        made = documents.slips_pdf(session, slip_ids, "two", province.press)
        read = read_back(made.content, tmp_path / "two")

        assert_read_back(session, province, slip_ids, read)
        for spoilt in (read[::-1], [read[0], []], [read[0], read[0]]):
            with pytest.raises(AssertionError):
                assert_read_back(session, province, slip_ids, spoilt)

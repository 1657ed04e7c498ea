"""In a real browser: somebody is checked in by keyboard alone, and by a camera that sees a slip."""

import json
import subprocess
from collections.abc import Iterator
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from exam_centre.adapters.pdf import Fonts
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission import documents, queries
from exam_centre.admission.documents import Press
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.database import reading
from tests.admission import conftest as stage
from tests.webkit.chromium import ASSETS, launching, serving
from tests.webkit.fixtures import PASSWORD

pytestmark = pytest.mark.browser

compiled_catalogues = stage.compiled_catalogues
config = stage.config
app = stage.app
doors = stage.doors
no_strangers = stage.no_strangers
PHONE = {"width": 390, "height": 844}
FRAME = (1280, 720)
PRESENT = AttendanceStatus.PRESENT


@pytest.fixture
def address(app) -> Iterator[str]:
    """The address of the application on a port of its own; browsers count it as secure."""
    with serving(app) as served:
        yield served


@pytest.fixture
def launch() -> Iterator[object]:
    """Start this machine's own Chromium, with further options."""
    with launching() as start:
        yield start


def at_the_door(browser: Browser, address: str, doors, **options) -> tuple[Page, list[str]]:
    """Sign in as the door's staff and open the door; returns the page and its complaints."""
    page, complaints = signed_in(browser, address, "door", **options)
    page.goto(f"{address}/admission/rooms/{doors.room}/door")
    return page, complaints


def signed_in(browser: Browser, address: str, login: str, **options) -> tuple[Page, list[str]]:
    """Sign somebody in; returns the page and what the browser complains about."""
    page = browser.new_context(viewport=PHONE, locale="en-GB", **options).new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    return page, complaints


def test_somebody_is_checked_in_by_keyboard_alone_and_the_field_is_armed_again(
    address, launch, doors
):
    page, complaints = at_the_door(launch(), address, doors)
    first, second = doors.guests[:2]
    expect(page.get_by_label("Slip code")).to_be_focused()

    page.keyboard.type(first.text)  # as a handheld scanner does, with its terminator
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Compare, then admit")).to_be_visible()
    expect(page.get_by_text(first.name)).to_be_visible()
    assert doors.status(first) is AttendanceStatus.EXPECTED

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Admitted")).to_be_visible()
    expect(page.locator("[data-present]").first).to_have_text("1")
    assert doors.status(first) is PRESENT

    expect(page.get_by_label("Slip code")).to_be_focused()
    page.keyboard.type(f"{second.code[:4]}-{second.code[4:]}")
    page.keyboard.press("Enter")
    expect(page.get_by_text(second.name)).to_be_visible()
    assert complaints == []


def test_no_answer_is_never_an_admission_and_the_same_scan_goes_out_again(address, launch, doors):
    page, _ = at_the_door(launch(), address, doors)
    guest = doors.guests[0]
    expect(page.get_by_label("Slip code")).to_be_focused()
    page.keyboard.type(guest.code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Matches, admit")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Matches, admit").click()

    expect(page.get_by_text("nobody was admitted")).to_be_visible()
    expect(page.get_by_role("heading", name="Admitted")).to_have_count(0)
    assert doors.status(guest) is AttendanceStatus.EXPECTED

    page.context.set_offline(False)
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("heading", name="Admitted")).to_be_visible()
    assert doors.status(guest) is PRESENT


def test_the_door_works_without_a_script(address, launch, doors):
    page, complaints = at_the_door(launch(), address, doors, java_script_enabled=False)
    guest = doors.guests[0]

    page.get_by_label("Slip code").fill(guest.code)
    page.get_by_role("button", name="Look", exact=True).click()
    page.get_by_role("button", name="Matches, admit").click()

    expect(page.get_by_role("heading", name="Admitted")).to_be_visible()
    assert doors.status(guest) is PRESENT
    assert complaints == []


def test_somebody_is_checked_in_by_a_camera_that_sees_the_printed_slip(
    address, launch, doors, config, tmp_path
):
    guest = doors.guests[0]
    film = film_of(slip_page(doors, config), tmp_path)
    browser = launch(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    page, complaints = at_the_door(browser, address, doors, permissions=["camera"])

    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.get_by_role("heading", name="Compare, then admit")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(guest.name)).to_be_visible()
    page.get_by_role("button", name="Matches, admit").click()

    expect(page.get_by_role("heading", name="Admitted")).to_be_visible()
    assert doors.status(guest) is PRESENT
    assert complaints == []


def test_everybody_can_use_the_door_on_a_phone(address, launch, doors):
    manifest = json.loads((ASSETS / "manifest.json").read_text())
    axe = (ASSETS / manifest["axe.js"]).read_text()
    page, _ = at_the_door(launch(), address, doors, reduced_motion="reduce")
    faults = {}
    for number, guest in enumerate((None, doors.guests[0], doors.guests[2])):
        if guest:
            page.get_by_label("Slip code").fill(guest.code)
            page.keyboard.press("Enter")
            expect(page.get_by_text(guest.name)).to_be_visible()
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
        faults[number] = [f"{v['id']} {v['nodes'][0]['target']}" for v in found]
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            faults[number].append("scrolls sideways")

    assert not any(faults.values()), faults


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_scanner_reads_the_slip_from_a_phones_screen(address, launch, doors, scheme):
    guest = doors.guests[0]
    page, _ = signed_in(launch(), address, "worker", color_scheme=scheme)

    page.goto(f"{address}/admission/mine/slips/{guest.slip}")
    seen = Image.open(BytesIO(page.screenshot()))

    assert [code.text for code in zxingcpp.read_barcodes(seen)] == [guest.text]


def slip_page(doors, config) -> Image.Image:
    """Return the first guest's slip as printed, 150 dots an inch."""
    press = Press(doors.ring, DiskStorage(config.files_dir), Fonts.from_assets(ASSETS))
    with reading() as session:
        slips = queries.slips_by_first_seat(session, 1)
        facts = queries.slip_facts(session, [slip_id for slip_id, _ in slips])
        mine = next(each for each in facts if each.slip.token == doors.guests[0].slip)
        pdf = documents.slip_pdf(session, mine, press)
    command = ["pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-png", "-"]
    run = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return Image.open(BytesIO(run.stdout)).convert("RGB")


def film_of(page: Image.Image, folder) -> str:
    """Return a film in which the upper half of a slip is held before the camera, a bit askew."""
    half = page.crop((0, 0, page.width, page.height // 2))
    half.thumbnail((FRAME[0] - 120, FRAME[1] - 60))
    picture = Image.new("RGB", FRAME, (96, 92, 88))
    tilted = half.rotate(4, expand=True, fillcolor=(96, 92, 88), resample=Image.Resampling.BICUBIC)
    picture.paste(tilted, ((FRAME[0] - tilted.width) // 2, (FRAME[1] - tilted.height) // 2))
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    film = folder / "slip.mjpeg"
    film.write_bytes(buffer.getvalue() * 30)
    return str(film)

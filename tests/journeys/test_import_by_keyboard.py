"""In a real browser, without a mouse: a roster comes in as two files, is applied, and undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.database import reading
from exam_centre.kernel.permissions import Role
from tests.entries.files import csv_of
from tests.factories.people import resident_number
from tests.journeys import test_signing_in as desk
from tests.journeys.house import LOGINS, House
from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.browser

browser = desk.browser
UPLOAD = "/entries/files/upload"
FIRST, SECOND = "0032100001", "0032100002"


@pytest.fixture
def hands(house: House, browser: Browser) -> Iterator[Keyboard]:
    """An exam officer at the page that takes files."""
    house.begin_again()
    reader = desk.Reader(browser, desk.DESK, locale="en-GB")
    reader.context.add_cookies(house.cookies(None, "en"))
    keyboard = Keyboard(reader.page)
    keyboard.sign_in(house.address, LOGINS[Role.EXAM_OFFICER], UPLOAD)
    yield keyboard
    assert reader.complaints == []
    reader.context.close()


def row(number: str, name: str, serial: int, **cells: str) -> dict[str, str]:
    """One candidate as a study centre writes it."""
    facts = {"person_no": number, "name": name, "id_type": "ID", "id_no": resident_number(serial)}
    return facts | {"phone": f"138000{serial:05d}", "consent_date": "2026-09-01"} | cells


def look_at(hands: Keyboard, kind: str, path: Path, address: str) -> None:
    """Choose what a file is and which file it is, and let it be looked at."""
    hands.page.goto(address + UPLOAD)
    hands.choose("What the file holds", kind)
    field = hands.page.locator("input[type=file]")
    hands.walk_to(field)
    field.set_input_files(path)  # the dialogue that opens here is the machine's, not the page's
    hands.press("Look at the file")


def people() -> dict[str, str]:
    with reading() as session:
        wanted = select(Candidate.person_no, Person.name).join(
            Person, Person.id == Candidate.person_id
        )
        return dict(session.execute(wanted).tuples().all())


def entries_of(number: str) -> list[EntryStatus]:
    with reading() as session:
        mine = select(Entry.status).join(Candidate, Candidate.id == Entry.candidate_id)
        return list(session.scalars(mine.where(Candidate.person_no == number)))


def kept() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Candidate)) or 0


def verdicts(page: Page) -> list[str]:
    shown = page.locator("nav[aria-label=Verdicts] a").all_inner_texts()
    return [" ".join(words.split()) for words in shown]


def test_a_roster_is_looked_at_applied_and_undone_by_keyboard_alone(hands, house, tmp_path):
    page, before = hands.page, kept()
    wrong, right = tmp_path / "wrong.csv", tmp_path / "people.csv"
    both = [row(FIRST, "张三丰", 9101), row(SECOND, "李四光", 9102)]
    wrong.write_bytes(csv_of([both[0], row(SECOND, "李四光", 9102, phone="12345")]))
    right.write_bytes(csv_of(both))

    look_at(hands, "Candidates", wrong, house.address)
    expect(page.get_by_text("One row is wrong, so the file can not be applied.")).to_be_visible()
    assert verdicts(page) == ["wrong 1", "new 1"]
    expect(page.get_by_text("A phone has 11 digits")).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    assert kept() == before

    look_at(hands, "Candidates", right, house.address)
    hands.press("Apply 2 rows")
    expect(page.get_by_role("status")).to_contain_text("2 rows are imported.")
    assert people()[FIRST] == "张三丰"
    people_page = page.url

    entered = tmp_path / "entries.csv"
    paper, series = house.at["paper"], house.at["series"]
    entered.write_bytes(
        csv_of(
            {"person_no": number, "course_code": "C1001A", "paper_code": paper, "series": series}
            for number in (FIRST, SECOND)
        )
    )
    look_at(hands, "Entries", entered, house.address)
    hands.press("Apply 2 rows")
    expect(page.get_by_role("status")).to_contain_text("2 rows are imported.")
    assert len(entries_of(FIRST)) == 1

    # The same file once more says nothing new; undone, it leaves nothing behind.
    entries_page = page.url
    look_at(hands, "Entries", entered, house.address)
    expect(page.locator("main")).to_contain_text("imported")
    for address, reason in ((entries_page, "the wrong series"), (people_page, "the wrong list")):
        page.goto(address)
        hands.type_into("Reason", reason)
        hands.press("Undo the file")
        expect(page.get_by_role("status")).to_contain_text("The file is undone.")
    assert kept() == before
    assert entries_of(FIRST) == []

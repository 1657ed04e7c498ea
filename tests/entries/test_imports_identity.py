"""Edge cases of identity and of files: what offices really send, and what each row hears."""

import io
import zipfile

import pytest
from openpyxl import Workbook
from PIL import Image
from sqlalchemy import func, select

from exam_centre.accounts.models import Person, User
from exam_centre.accounts.rules import check_character
from exam_centre.accounts.service import actor_of
from exam_centre.adapters.spreadsheets import MissingColumns, NoHeader
from exam_centre.adapters.storage import LARGEST_PHOTO, DiskStorage
from exam_centre.entries import service
from exam_centre.entries.models import Candidate
from exam_centre.entries.rules import ImportKind, RowsWrong
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from tests.entries.files import csv_of
from tests.factories.people import resident_number
from tests.factories.times import NINE

PEOPLE = ImportKind.PEOPLE
WITH_X = next(resident_number(n) for n in range(1000, 9999) if resident_number(n).endswith("X"))
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def xlsx_of(rows, prepare=lambda sheet: None):
    book = Workbook()
    sheet = book.active
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    prepare(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"id_no": WITH_X.lower()}, "new : "),
        ({"id_no": f"  {WITH_X}\u3000"}, "new id_no: Blanks around the text were left out."),
        ({"id_no": WITH_X.translate(WIDE)}, "wrong id_no: Type the ID number in half-width"),
        ({"id_no": "4.40E+17"}, "wrong id_no: The spreadsheet turned the ID number into 4.40E+17"),
        ({"id_no": resident_number(5001)[:15] + "000"}, "wrong id_no: The last digits"),
        ({"id_no": "320506800101123"}, "wrong id_no: This is a 15-digit ID number"),
        ({"id_no": resident_number(5001)[:16] + "?0"}, "wrong id_no: An ID number has 17 digits"),
        ({"id_type": "passport", "id_no": "E12345678"}, "new : "),
        ({"id_type": "护照", "id_no": "e12345678"}, "new : "),
        ({"id_type": "HKMO", "id_no": "H12345678"}, "new : "),
        ({"id_type": "library card"}, "wrong id_type: library card is not known here"),
        ({"name": "𠮷野㛃"}, "new : "),
        ({"name": "买买提·艾力"}, "new : "),
        ({"name": '=HYPERLINK("http://x","y")'}, "wrong name: The cell is a formula"),
        ({"phone": "@SUM(A1)"}, "wrong phone: The cell is a formula"),
        ({"name": "张\r\n三"}, "wrong name: Type the name as the document prints it"),
        ({"consent_date": "2026/9/1"}, "new : "),
        ({"consent_date": "2026年9月1日"}, "new : "),
        ({"consent_date": "1.9."}, "wrong consent_date: 1.9. is no date"),
        ({"person_no": "学号一"}, "wrong person_no: A student number has"),
        ({"org_code": ""}, "new : "),
    ],
)
def test_a_cell_is_taken_as_it_is_meant_or_refused_with_what_would_work(office, cells, says):
    row = office.only_row(PEOPLE, csv_of([office.person(**cells)]))

    assert office.says(row).startswith(says), office.says(row)


def test_a_wrong_check_digit_is_found(office):
    right = resident_number(5001)
    digit = "0" if check_character(right[:17]) != "0" else "1"

    row = office.only_row(PEOPLE, csv_of([office.person(id_no=right[:17] + digit)]))

    assert office.says(row).startswith("wrong id_no: The check digit")


def test_a_student_number_keeps_its_leading_zeros_and_a_number_cell_is_refused(office):
    kept = office.person(person_no="0012345678")
    as_number = office.person(2) | {"person_no": 12345678}

    text, number = office.rows(office.preview(PEOPLE, xlsx_of([kept, as_number])))

    assert office.says(text) == "new : "
    assert text.cells["person_no"] == "0012345678"
    assert office.says(number).startswith("wrong person_no: The spreadsheet keeps this as a number")


def test_an_18_digit_number_cell_has_lost_its_last_digits(office):
    row = office.person() | {"id_no": int(resident_number(5001)[:17] + "1")}

    found = office.only_row(PEOPLE, xlsx_of([row]))

    assert office.says(found).startswith("wrong id_no: The spreadsheet turned the ID number into")


@pytest.mark.parametrize(
    ("encoding", "sep"),
    [
        ("gb18030", ","),
        ("utf-8", ","),
        ("utf-8-sig", ";"),
        ("utf-16", "\t"),
        ("gb18030", "\t"),
    ],
)
def test_a_file_is_read_in_whatever_encoding_and_separator_it_comes(office, encoding, sep):
    rows = [office.person(n, name=f"上官𠮷{n}") for n in range(1, 6)]

    batch = office.preview(PEOPLE, csv_of(rows, encoding, sep))

    assert office.verdicts(batch) == {"new": 5}
    assert [row.cells["name"] for row in office.rows(batch)] == [row["name"] for row in rows]


def test_two_people_of_one_name_and_twins_are_four_humans(session, office):
    first17 = resident_number(5001)[:14]
    twins = [f"{first17}{n:03d}" for n in (11, 12)]
    rows = [
        office.person(1, name="王芳"),
        office.person(2, name="王芳"),
        office.person(3, name="李大双", id_no=twins[0] + check_character(twins[0])),
        office.person(4, name="李小双", id_no=twins[1] + check_character(twins[1])),
    ]
    before = session.scalar(select(func.count()).select_from(Person))

    office.load(PEOPLE, csv_of(rows))

    assert session.scalar(select(func.count()).select_from(Person)) == before + 4


def test_a_changed_name_is_refused_and_a_dot_of_another_kind_is_not(office):
    office.load(PEOPLE, csv_of([office.person(1), office.person(2, name="买买提·艾力")]))

    changed = office.only_row(PEOPLE, csv_of([office.person(1, name="张薇")]))
    dotted = office.only_row(PEOPLE, csv_of([office.person(2, name="买买提•艾力")]))

    assert office.says(changed).startswith("wrong name: The records know this ID number under")
    assert office.says(dotted) == "same : "


def test_an_id_number_of_another_person_is_refused(office):
    office.load(PEOPLE, csv_of([office.person(1)]))

    row = office.only_row(
        PEOPLE, csv_of([office.person(2, id_no=office.person(1)["id_no"], name="高子超")])
    )

    assert office.says(row).startswith("wrong id_no: The ID number belongs to another person")


@pytest.mark.parametrize(
    "words",
    [
        ("學號", "姓名", "證件類型", "身份證號碼", "性別", "手機", "學習中心代碼"),
        ("学号 *", "姓名", "证件类型", "身份证号（18位）", "性别", "手机号", "学习中心代码"),
        ("Student No", "FULL NAME", "ID Type", "ID Number", "Sex", "Mobile", "Unit Code"),
    ],
)
def test_headers_may_be_traditional_or_other_words_in_any_order(office, words):
    names = ("person_no", "name", "id_type", "id_no", "gender", "phone", "org_code")
    row = office.person()
    renamed = {word: row[name] for word, name in reversed(list(zip(words, names, strict=True)))}

    found = office.only_row(PEOPLE, csv_of([renamed]))

    assert office.says(found) == "new : "


def test_unknown_columns_are_named_and_left_out_and_missing_ones_refused(office):
    row = office.person()

    batch = office.preview(PEOPLE, csv_of([row | {"血型": "A", "备注": "x"}]))

    assert batch.notes == [
        ["These columns are not known and were left out: {columns}.", {"columns": "血型, 备注"}]
    ]
    assert "血型" not in office.rows(batch)[0].cells
    with pytest.raises(MissingColumns) as refused:
        office.preview(PEOPLE, csv_of([{k: v for k, v in row.items() if k != "id_no"}]))
    assert refused.value.columns == ("id_no",)
    with pytest.raises(NoHeader):
        office.preview(PEOPLE, csv_of([{"血型": "A"}]))


def test_the_same_file_twice_changes_nothing_and_says_when_it_came(session, office):
    data = csv_of([office.person(n) for n in range(1, 4)])
    office.load(PEOPLE, data)

    again = office.preview(PEOPLE, data)

    assert office.verdicts(again) == {"same": 3}
    assert again.notes == [
        ["This very file was imported on {moment}.", {"moment": "2026-12-12 09:00"}]
    ]
    people = session.scalar(select(func.count()).select_from(Candidate))
    office.apply(again)
    assert session.scalar(select(func.count()).select_from(Candidate)) == people


def test_half_of_a_wrong_file_is_not_applied_either(session, office):
    rows = [office.person(n) for n in range(1, 4)] + [office.person(4, phone="12345")]

    batch = office.preview(PEOPLE, csv_of(rows))

    assert office.verdicts(batch) == {"new": 3, "wrong": 1}
    with pytest.raises(RowsWrong) as refused:
        office.apply(batch)
    assert refused.value.count == 1
    assert session.scalar(select(func.count()).select_from(Candidate)) == 0


def test_merged_cells_are_wrong_hidden_rows_are_told_and_blank_rows_are_nothing(office):
    rows = [office.person(n) for n in range(1, 4)]

    def prepare(sheet):
        sheet.merge_cells("B2:B3")
        sheet.row_dimensions[4].hidden = True
        sheet.cell(row=20_000, column=1).value = " "

    first, second, hidden = office.rows(office.preview(PEOPLE, xlsx_of(rows, prepare)))

    assert office.says(first).startswith("wrong : Cells of this row are merged")
    assert office.says(second).startswith("wrong : Cells of this row are merged")
    assert office.says(hidden) == "new : The row is hidden in the file."


def test_a_person_known_in_another_province_stays_one_human_with_two_numbers(session, make, office):
    office.load(PEOPLE, csv_of([office.person(1)]))
    province = make.unit(UnitLevel.PROVINCIAL)
    other = office.person(1, person_no="9900000001", org_code=province.code)

    row = office.only_row(PEOPLE, csv_of([other]))
    assert office.says(row).startswith("new : The records know this person")
    office.load(PEOPLE, csv_of([other]))

    candidates = session.scalars(select(Candidate)).all()
    assert len(candidates) == 2
    assert len({candidate.person_id for candidate in candidates}) == 1
    logins = select(User.login).where(User.person_id == candidates[0].person_id)
    assert set(session.scalars(logins)) == {"003200000001", "9900000001"}


def test_a_new_candidate_may_sign_in_and_see_their_own(session, office):
    office.load(PEOPLE, csv_of([office.person(1)]))

    user = session.scalars(select(User).where(User.login == "003200000001")).one()

    assert user.password_hash == ""
    assert [grant.role for grant in actor_of(session, user).grants] == [Role.WORKER]


def picture(size=(300, 400), rotated=False):
    image = Image.new("RGB", size, (200, 180, 160))
    exif = Image.Exif()
    if rotated:
        exif[0x0112] = 6  # lying on its side, as phones write it
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_photos_are_made_safe_and_wrong_ones_listed_with_their_reason(
    session, make, office, tmp_path
):
    rows = [office.person(n) for n in range(1, 6)] + [office.person(6, consent_date="")]
    office.load(PEOPLE, csv_of(rows))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("photos/003200000001.jpg", picture())
        archive.writestr("003200000002.jpg", picture((400, 300), rotated=True))
        archive.writestr("003200000003.jpg", b"not a picture at all")
        archive.writestr("003200000004.jpg", b"\xff\xd8\xff" + b"0" * LARGEST_PHOTO)
        archive.writestr("003200000006.jpg", picture())
        archive.writestr("000099999999.jpg", picture())
    storage = DiskStorage(tmp_path)

    report = service.attach_photos(session, office.actor, buffer.getvalue(), storage, now=NINE)
    again = service.attach_photos(session, office.actor, buffer.getvalue(), storage, now=NINE)

    assert (report.kept, again.kept, again.same) == (2, 0, 2)
    reasons = {name: str(reason) for name, reason in report.wrong}
    assert "no photo" in reasons["003200000003.jpg"]
    assert "20 megabytes" in reasons["003200000004.jpg"]
    assert "not agreed" in reasons["003200000006.jpg"]
    assert "No candidate has this number" in reasons["000099999999.jpg"]
    found = {c.person_no: c.photo_key for c in session.scalars(select(Candidate))}
    assert found["003200000005"] == ""  # no photo came for them
    upright = Image.open(storage.open(found["003200000002"]))
    assert upright.height > upright.width

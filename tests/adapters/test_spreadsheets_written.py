"""Spreadsheets we write: nothing in them is live, and no number loses a digit."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest

from exam_centre.adapters.spreadsheets import OutSheet, Wanted, read_table, write_csv, write_xlsx

MADE_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
LIVE = (
    "=1+1",
    "+1+cmd",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    " =1",
    "＋1",
    "-",
    '=HYPERLINK("x")',
)


def test_a_workbook_holds_texts_as_texts_and_numbers_with_their_places():
    rows_out = [
        ["张三", "329900199109256564", Decimal("67.50"), 3, None],
        *([text, "", 0, 0, None] for text in LIVE),
    ]
    data = write_xlsx(
        [OutSheet("成绩: 2026/秋", ["姓名", "身份证号", "成绩", "学分", "备注"], rows_out)], MADE_AT
    )

    page = openpyxl.load_workbook(BytesIO(data)).active
    assert page.title == "成绩  2026 秋"
    assert page.freeze_panes == "A2"
    first = page[2]
    assert [cell.data_type for cell in first[:4]] == ["s", "s", "n", "n"]
    assert first[1].value == "329900199109256564"
    assert (first[1].number_format, first[2].number_format) == ("@", "0.00")
    for row, text in enumerate(LIVE, 3):
        cell = page.cell(row, 1)
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert cell.value.replace("_x000D_", "\r") == text
    assert page.column_dimensions["B"].width > 18


def test_the_same_workbook_has_the_same_bytes():
    sheet = OutSheet("s", ["a"], [["x"]])

    assert write_xlsx([sheet], MADE_AT) == write_xlsx([sheet], MADE_AT)


@pytest.mark.parametrize("text", LIVE)
def test_no_cell_of_a_csv_begins_as_a_formula(text):
    data = write_csv(["a", "b"], [[text, 1]])

    assert data.startswith(b"\xef\xbb\xbfa,b\r\n")
    (_, row) = csv.reader(StringIO(data.decode("utf-8-sig"), newline=""))
    assert row == ["'" + text, "1"]


def test_what_was_written_is_read_back_the_same():
    header, values = (
        ["name", "id_no"],
        [[text, "329900199109256564"] for text in LIVE] + [["欧阳𠮷", "0"]],
    )

    for data in (write_csv(header, values), write_xlsx([OutSheet("s", header, values)], MADE_AT)):
        found = read_table(data, (Wanted("name"), Wanted("id_no")))
        assert [record.cell("name").text for record in found.records] == [row[0] for row in values]


def test_a_number_that_would_lose_digits_is_written_as_text():
    data = write_xlsx([OutSheet("s", ["n"], [[329900199109256564]])], MADE_AT)

    assert openpyxl.load_workbook(BytesIO(data)).active["A2"].value == "329900199109256564"


def test_a_text_longer_than_a_cell_is_never_dropped_silently():
    with pytest.raises(ValueError, match="40000"):
        write_xlsx([OutSheet("s", ["n"], [["x" * 40_000]])], MADE_AT)

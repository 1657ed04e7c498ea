"""Spreadsheets: read as people see them, refused before they harm, written with nothing live."""

import csv
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import xlsxwriter

from exam_centre.adapters.spreadsheets import (
    DamagedFile,
    FileTooLarge,
    Kind,
    Limits,
    MissingColumns,
    NoHeader,
    RepeatedColumn,
    Wanted,
    WrongFileType,
    column_letters,
    read,
    read_table,
)

MADE_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
PEOPLE = (
    Wanted("person_no", ("学号", "學號")),
    Wanted("name", ("姓名",)),
    Wanted("id_no", ("身份证号", "证件号码")),
    Wanted("gender", ("性别",), required=False),
)


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill(book)
    return buffer.getvalue()


def sheet_of(xml: str, parts: dict[str, bytes] | None = None) -> bytes:
    """A workbook whose only sheet has this XML, and perhaps other parts."""
    plain = workbook(lambda book: book.add_worksheet("S").write(0, 0, "x"))
    return repacked(plain, {"xl/worksheets/sheet1.xml": xml.encode()} | (parts or {}))


def repacked(file: bytes, parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as old, zipfile.ZipFile(buffer, "w", packing) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return buffer.getvalue()


def rows(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in read(data).rows]


# CSV in


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_in_any_of_the_usual_spellings(encoding, separator):
    text = separator.join(["学号", "姓名"]) + "\r\n" + separator.join(["007", "欧阳㛃"]) + "\r\n"

    assert rows(text.encode(encoding)) == [["学号", "姓名"], ["007", "欧阳㛃"]]


def test_rows_are_numbered_as_the_spreadsheet_numbers_them():
    data = b'a,b\r\n"line one\r\nline two",x\r\n,\r\n\r\nlast,y\r\n'

    assert [row.number for row in read(data).rows] == [1, 2, 5]
    assert read(data).rows[1].cells[0].text == "line one\r\nline two"


def test_a_separator_inside_quotes_is_text():
    assert rows(b'a;b\n"1,5";"x,y,z"\n2;3\n') == [["a", "b"], ["1,5", "x,y,z"], ["2", "3"]]


def test_blanks_zeros_and_full_width_signs_stay_as_typed():
    (cells,) = rows(" 0012 ,３２,1.50\n".encode())

    assert cells == [" 0012 ", "３２", "1.50"]


@pytest.mark.parametrize(
    "text", ["=1+1", "＝1", "@SUM(A1)", "+A1", "-2+cmd|' /C calc'!A0", '=HYPERLINK("x")']
)
def test_a_formula_in_csv_is_called_one(text):
    buffer = StringIO()
    csv.writer(buffer).writerow(["x", text])

    assert read(buffer.getvalue().encode()).rows[0].cells[1].kind is Kind.FORMULA


@pytest.mark.parametrize("text", ["+86 13812345678", "-5", "@home", "-", "+86(0512)62345678"])
def test_phones_negative_numbers_and_remarks_are_no_formulas(text):
    assert read(f"x,{text}\n".encode()).rows[0].cells[1].kind is Kind.TEXT


def test_a_control_character_is_seen():
    (row,) = read("a,张\x00三,二\r\n".encode("gb18030")).rows

    assert [cell.has_controls for cell in row.cells] == [False, True, False]


def test_digits_lost_to_a_spreadsheet_are_seen_and_a_paper_code_is_not():
    (row,) = read(b"4.40E+17,1E5,329900199001057000,4.4e+17\n").rows

    assert [cell.lost_digits for cell in row.cells] == [True, False, False, True]


def test_a_quotation_mark_that_never_closes_names_its_row():
    with pytest.raises(DamagedFile, match="Row 2"):
        read(b'a,b\r\n"never,x\r\n' + b"1,2\r\n" * 9)


# XLSX in


def test_cells_are_given_as_people_see_them_with_their_kind():
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for column, value in enumerate(["0012", 12, 0.1 + 0.2, 329900199001057000, True]):
            sheet.write(0, column, value)
        sheet.write_datetime(0, 5, date(2026, 9, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(
            0, 6, datetime(2026, 9, 1, 8, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        )
        sheet.write_formula(0, 7, "=SUM(B1:C1)", None, 99)

    (row,) = read(workbook(fill)).rows
    assert [(cell.text, cell.kind) for cell in row.cells] == [
        ("0012", Kind.TEXT),
        ("12", Kind.NUMBER),
        ("0.3", Kind.NUMBER),
        ("3.30E+17", Kind.NUMBER),
        ("TRUE", Kind.TRUTH),
        ("2026-09-01", Kind.DATE),
        ("2026-09-01 08:30", Kind.DATE),
        ("=SUM(B1:C1)", Kind.FORMULA),
    ]
    assert row.cells[3].lost_digits


def test_hidden_and_merged_rows_are_marked_and_blank_ones_are_not_there():
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for row in (2, 3, 4, 120):
            sheet.write(row, 2, f"r{row + 1}")
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.merge_range(4, 2, 5, 3, "merged")

    found = read(workbook(fill)).rows
    assert [row.number for row in found] == [3, 4, 5, 121]
    assert [row.hidden for row in found] == [False, True, False, False]
    assert [row.merged for row in found] == [False, False, True, False]
    assert [cell.text for cell in found[0].cells][:3] == ["", "", "r3"]


def test_a_hundred_thousand_blank_rows_are_ignored():
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "first")
        sheet.write(100_000, 0, "last")
        sheet.write_blank(100_001, 11, None, book.add_format({"bold": True}))

    assert [row.number for row in read(workbook(fill)).rows] == [1, 100_001]


def test_hidden_sheets_are_skipped_and_further_ones_are_named():
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("封面", "隐藏", "名单", "旧名单"):
            sheet = book.add_worksheet(name)
            if name != "封面":
                sheet.write(0, 0, name)
            if name == "隐藏":
                sheet.hide()

    sheet = read(workbook(fill))
    assert (sheet.name, sheet.others) == ("名单", ("旧名单",))


# Refusals


def bomb_by_ratio() -> bytes:
    return sheet_of("<worksheet><sheetData/></worksheet>" + " " * 9_000_000)


def bomb_with_a_lying_directory() -> bytes:
    """The directory says 40 bytes; the part unpacks to 200 million."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(200)) + packer.flush()
    name = b"xl/workbook.xml"
    facts = struct.pack(
        "<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(b" " * 40), len(packed), 40, 15, 0
    )
    local = b"PK\x03\x04" + facts + name + packed
    central = b"PK\x01\x02\x14\x00" + facts + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + end


def far_cell() -> bytes:
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="XFD900000"><v>1</v></c></row>'
    )
    return sheet_of(f"<worksheet><sheetData>{cells}</sheetData></worksheet>")


def entities() -> bytes:
    return sheet_of(
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><worksheet><sheetData>&a;</sheetData></worksheet>'
    )


def entities_in_utf16() -> bytes:
    strings = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE s [<!ENTITY a "b">]><sst>&a;</sst>'
    parts = {"xl/sharedStrings.xml": strings.encode("utf-16")}
    return sheet_of("<worksheet><sheetData/></worksheet>", parts)


def many_parts() -> bytes:
    return sheet_of("<worksheet/>", {f"xl/media/{n}.xml": b"<a/>" for n in range(300)})


def cut_workbook() -> bytes:
    return workbook(lambda book: book.add_worksheet().write(0, 0, "x"))[:-200]


def other_archive() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "refusal", "words"),
    [
        (bomb_by_ratio, FileTooLarge, "times its size"),
        (bomb_with_a_lying_directory, FileTooLarge, "times its size"),
        (far_cell, FileTooLarge, "900000"),
        (many_parts, FileTooLarge, "parts"),
        (entities, DamagedFile, "document type"),
        (entities_in_utf16, DamagedFile, "document type"),
        (cut_workbook, DamagedFile, "cut off"),
        (other_archive, WrongFileType, "no Excel workbook"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, WrongFileType, "old Excel"),
        (lambda: b"%PDF-1.7\n", WrongFileType, "PDF"),
        (lambda: b"\xff\xd8\xff\xe0photo", WrongFileType, "JPEG"),
        (lambda: b"\n<html><table><tr>", WrongFileType, "web page"),
        (lambda: b"", WrongFileType, "empty"),
        (lambda: bytes(range(256)) * 40, WrongFileType, "xlsx"),
        (lambda: b"a,b\n" + b"x" * 9000 + b",1\n", FileTooLarge, "row 2"),
        (lambda: b"a" + b",a" * 300, FileTooLarge, "column 301"),
    ],
)
def test_a_file_that_harms_is_refused_with_what_would_have_worked(make, refusal, words):
    with pytest.raises(refusal, match=words) as said:
        read(make())

    assert "Nothing was imported." in str(said.value)
    assert any(word in str(said.value) for word in ("Save it", "Split", "save it again"))


def test_rows_and_bytes_have_a_limit():
    limits = Limits(rows=10, file_bytes=100)

    with pytest.raises(FileTooLarge, match="row 11"):
        read(b"a\n" * 11, limits)
    with pytest.raises(FileTooLarge, match="megabytes"):
        read(b"a" * 101, limits)


# Tables


@pytest.mark.parametrize(
    "header",
    [
        "person_no,name,id_no",
        "学号,姓名,身份证号",
        "* Person No:,姓 名（必填）,ID_NO",
        "學號,ＮＡＭＥ,证件号码",
    ],
)
def test_the_header_is_found_by_any_of_its_names(header):
    data = f"2026 年秋季报名表,,\n\n{header}\n007,张三,E1\n".encode()

    table = read_table(data, PEOPLE)

    assert table.header_row == 3
    assert dict(table.letters) == {"person_no": "A", "name": "B", "id_no": "C"}
    (record,) = table.records
    assert (record.number, record.cell("name").text, record.cell("gender").text) == (4, "张三", "")


def test_columns_nobody_asked_for_are_named():
    table = read_table("姓名,学号,备注,身份证号,电话\n张三,1,x,2,3\n".encode(), PEOPLE)

    assert table.unknown == ("备注", "电话")


def test_missing_columns_are_named_with_the_row_of_the_header():
    with pytest.raises(MissingColumns, match=r"Row 2.*person_no, id_no"):
        read_table("名单\n姓名,性别\n张三,男\n".encode(), PEOPLE)


def test_a_file_without_header_is_told_which_names_to_write():
    with pytest.raises(NoHeader, match="person_no, name, id_no"):
        read_table("张三,男\n".encode(), PEOPLE)


def test_two_columns_of_one_meaning_are_refused():
    with pytest.raises(RepeatedColumn, match="name twice"):
        read_table("学号,姓名,name,身份证号\n".encode(), PEOPLE)


def test_columns_are_lettered_as_in_a_spreadsheet():
    assert [column_letters(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]


@pytest.mark.shared_data
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_real_files_get_wrong_can_be_told(shared: Path, suffix):
    table = read_table((shared / "series-small" / f"people_dirty.{suffix}").read_bytes(), PEOPLE)
    by_row = {record.number: record for record in table.records}

    assert sorted(by_row) == [n for n in range(2, 27) if n != 25]
    assert by_row[5].cell("id_no").lost_digits
    assert by_row[7].cell("id_no").text == " 329900199001067059 "
    assert by_row[8].cell("id_no").text.startswith("３２９９")
    assert by_row[9].cell("name").text == ""
    assert by_row[10].cell("name").kind is Kind.FORMULA
    assert by_row[19].cell("name").has_controls is (suffix == "csv")
    assert by_row[23].cell("name").text == "𠮷野㛃"
    assert len(by_row[24].cell("name").text) >= 300


@pytest.mark.shared_data
def test_a_whole_series_of_entries_is_read(shared: Path):
    wanted = tuple(Wanted(name) for name in ("person_no", "series", "paper_code", "course_code"))
    table = read_table((shared / "series-small" / "entries.xlsx").read_bytes(), wanted)

    assert len(table.records) == 5163
    assert table.records[0].cell("paper_code").text == "1040"
    assert {each.kind for record in table.records for each in record.cells.values()} == {Kind.TEXT}

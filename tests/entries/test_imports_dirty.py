"""A file with what real files get wrong has exactly the verdicts that were agreed for it."""

import csv
from datetime import UTC, datetime

import pytest

from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.organisation.rules import UnitLevel

NOW = datetime(2026, 11, 1, tzinfo=UTC)

# What the agreed verdicts mean: the column that is wrong, and words of the sentence.
MEANINGS = {
    "wrong: check digit": ("id_no", "check digit"),
    "wrong: spreadsheet turned the number into 4.40E+17": ("id_no", "into 4.40E+17"),
    "wrong: last digits lost": ("id_no", "last digits of the ID number were lost"),
    "wrong: full-width characters, with a hint": ("id_no", "in half-width characters"),
    "wrong: name missing": ("name", "The cell is empty"),
    "wrong: formula": ("name", "The cell is a formula"),
    "wrong: unknown unit": ("org_code", "There is no unit 99-99"),
    "wrong: unknown enterprise": ("enterprise", "There is no enterprise NOPE"),
    "wrong: date": ("consent_date", "2026-13-40 is no date"),
    "wrong: phone": ("phone", "11 digits"),
    "wrong: person_no missing": ("person_no", "The cell is empty"),
    "wrong: ID number belongs to another person": ("id_no", "belongs to another person"),
    "wrong: same person twice in the file": ("person_no", "Rows 17, 18"),
    "wrong: control character": ("name", "control character"),
    "wrong: gender": ("gender", "X is not known here"),
    "wrong: name too long": ("name", "Shorten it"),
    "same": ("", ""),
    "new": ("", ""),
    "new (passport)": ("", ""),
    "new (travel permit)": ("", ""),
    "new (rare characters kept)": ("", ""),
    "new (a spreadsheet cell cannot hold it)": ("", ""),
    "new (spaces trimmed)": ("id_no", "Blanks around the text were left out"),
}


def agreed(path, kind):
    """Return {row: verdict} as agreed; a row with two verdicts says which file has which."""
    verdicts = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            text = line["verdict"]
            if "CSV:" in text:
                parts = dict(part.split(":", 1) for part in text.split("; "))
                text = parts[kind].strip()
            verdicts[int(line["row"])] = text
    return verdicts


@pytest.mark.shared_data
@pytest.mark.parametrize("series", ["series-small", "series"])
@pytest.mark.parametrize("kind", ["CSV", "XLSX"])
def test_every_dirty_row_gets_its_agreed_verdict(session, make, office, shared, series, kind):
    folder = shared / series
    for name, of in (
        ("org_units", ImportKind.UNITS),
        ("parks", ImportKind.PARKS),
        ("enterprises", ImportKind.ENTERPRISES),
        ("people", ImportKind.PEOPLE),
    ):
        data = (folder / f"{name}.csv").read_bytes()
        if of is ImportKind.UNITS:
            # The tests' headquarters is there already, under a code of its own.
            top = make.home(UnitLevel.NATIONAL).code
            data = data.decode("utf-8-sig").replace("HQ,,national,总部\r\n", "").encode()
            data = data.replace(b",HQ,", f",{top},".encode())
        office.load(of, data, now=NOW)

    file = folder / f"people_dirty.{kind.lower()}"
    batch = office.preview(ImportKind.PEOPLE, file.read_bytes(), name=file.name, now=NOW)

    rows = {row.row_no: row for row in office.rows(batch)}
    for number, verdict in agreed(folder / "people_dirty_expected.csv", kind).items():
        if verdict == "blank row: ignored":
            assert number not in rows
            continue
        column, words = MEANINGS[verdict]
        row = rows.pop(number)
        assert row.verdict is RowVerdict(verdict.split(" ")[0].rstrip(":")), (number, verdict)
        assert row.column == column, (number, office.says(row))
        assert words in office.says(row), (number, office.says(row))
        assert words or not row.text
    assert rows == {}

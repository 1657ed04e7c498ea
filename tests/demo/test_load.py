"""A folder of files becomes a series, as the office would import it file by file."""

import shutil

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import StaffMember
from exam_centre.entries.models import Candidate, Entry, EntryCourse, ImportBatch
from exam_centre.entries.rules import EntryStatus, ImportStatus
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import reading
from exam_centre.kernel.sealing import make_seal
from exam_centre.marking.models import FormativeMark
from exam_centre.organisation.models import Unit
from exam_centre.venues.models import Seat
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app

UNITS = "org_code,parent_code,level,name\nHQ,,national,总部\n32,HQ,provincial,江苏分部\n"
PARKS = "park_code,org_code,name,lat,lon\nSIP,32,工业园区,31.324,120.724\n"


@pytest.fixture
def load(app, config):
    """Return a function that runs `flask demo load` on a folder."""
    make_seal(config.keys_dir)
    runner = app.test_cli_runner()
    return lambda folder: runner.invoke(args=["demo", "load", "--data", str(folder)])


def count(model, *wanted):
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*wanted))


def test_files_are_imported_in_order_and_a_second_load_changes_nothing(load, tmp_path):
    (tmp_path / "parks.csv").write_text(PARKS)
    (tmp_path / "org_units.csv").write_text(UNITS)

    first, second = load(tmp_path), load(tmp_path)

    assert first.exit_code == second.exit_code == 0
    assert "org_units.csv: 1 new, 1 same" in first.output
    assert "parks.csv: 1 new" in first.output
    assert "parks.csv: 1 same" in second.output
    assert "This very file was imported on" in second.output
    assert count(Unit) == 2


def test_the_load_stops_at_the_first_file_with_wrong_rows_and_names_them(load, tmp_path):
    (tmp_path / "org_units.csv").write_text(UNITS)
    (tmp_path / "parks.csv").write_text(PARKS + "XYZ,99,园区,31.3,120.7\n")
    (tmp_path / "enterprises.csv").write_text("enterprise_code\n")

    answer = load(tmp_path)

    assert answer.exit_code == 1
    assert "parks.csv: 1 rows are wrong" in answer.output
    assert "row 3 org_code: There is no unit 99 here." in answer.output
    assert "enterprises" not in answer.output
    assert count(ImportBatch, ImportBatch.status == ImportStatus.APPLIED) == 1


@pytest.mark.shared_data
def test_a_whole_series_is_loaded(load, shared, tmp_path):
    for file in (shared / "series-small").glob("*"):
        if file.suffix in (".csv", ".xlsx") and "dirty" not in file.name:
            shutil.copy(file, tmp_path)

    answer = load(tmp_path)

    assert answer.exit_code == 0, answer.output
    assert "5057 eligible; 5057 confirmed" in answer.output
    assert count(Candidate) == 1200
    assert count(Entry, Entry.status == EntryStatus.CONFIRMED) == 5057
    assert count(EntryCourse) == count(FormativeMark) == 5163
    assert count(Seat) == 975
    assert count(StaffMember) == 192
    with reading() as session:
        people = select(func.count(func.distinct(StaffMember.person_id)))
        assert session.scalar(people) == 191
    assert count(AuditRow, AuditRow.act == "entries.confirmed") == 5057
    assert count(AuditRow, AuditRow.act == "venues.recorded_as_approved") == 9

"""A file is applied as a whole against the present state, and undone as a whole."""

import base64

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Employment, Person, User
from exam_centre.accounts.service import employ
from exam_centre.entries import queries, service
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import (
    ImportKind,
    ImportStatus,
    PreviewOutdated,
    RowsInTheWay,
    RowVerdict,
)
from exam_centre.entries.service import imports
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Park, Unit
from tests.entries.files import csv_of
from tests.factories.times import DAY, NINE

PEOPLE = ImportKind.PEOPLE


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def acts(session, act):
    return session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.act == act))


def test_every_row_leaves_its_acts_in_the_trail(session, office):
    office.load(PEOPLE, csv_of([office.person(n) for n in range(1, 4)]))

    for act in (
        "accounts.person_registered", "accounts.employed", "entries.enrolled",
        "accounts.user_opened", "accounts.role_granted",
    ):  # fmt: skip
        assert acts(session, act) == 3
    assert acts(session, "entries.file_previewed") == acts(session, "entries.file_applied") == 1


def test_progress_is_told_and_ends_at_the_last_row(session, make, office):
    told = []
    batch = office.preview(PEOPLE, csv_of([office.person(n) for n in range(1, 9)]))

    imports.apply(
        session,
        office.actor,
        imports.IMPORTERS[PEOPLE],
        batch,
        seal=make.seal,
        now=NINE,
        progress=lambda done, total: told.append((done, total)),
    )

    assert told == sorted(told)
    assert told[-1] == (8, 8)


def test_what_somebody_changed_since_the_preview_refuses_the_file_and_is_shown(
    session, make, office
):
    data = csv_of([office.person(1), office.person(2)])
    batch = office.preview(PEOPLE, data)
    office.load(PEOPLE, csv_of([office.person(1)]))  # a colleague was faster

    with pytest.raises(PreviewOutdated) as refused:
        office.apply(batch)
    assert refused.value.rows == [2]
    office.judge_again(batch)

    assert [row.verdict for row in office.rows(batch)] == [RowVerdict.SAME, RowVerdict.NEW]
    office.apply(batch)
    assert count(session, Candidate) == 2


def test_a_file_is_applied_once(office):
    batch = office.load(PEOPLE, csv_of([office.person(1)]))

    with pytest.raises(IllegalMove):
        office.apply(batch)


def test_identity_numbers_and_phones_are_kept_sealed_and_shown_by_their_tail(make, office):
    row = office.only_row(PEOPLE, csv_of([office.person(1)]))
    number, phone = office.person(1)["id_no"], office.person(1)["phone"]

    assert number not in str(row.cells)
    assert phone not in str(row.cells)
    assert make.seal.open(base64.b64decode(row.cells["id_no"]["sealed"])) == number
    assert imports.shown(row.cells, "id_no", make.seal) == "*" * 14 + number[-4:]
    assert imports.shown(row.cells, "name", make.seal) == office.person(1)["name"]


def test_a_liaison_imports_people_of_their_own_units_alone(make, office):
    elsewhere = make.unit()
    liaison = make.actor(Role.LIAISON, unit=make.home())
    mine, theirs = office.person(1), office.person(2, org_code=elsewhere.code)

    with pytest.raises(Forbidden):
        office.preview(PEOPLE, csv_of([mine]), actor=liaison)  # not for headquarters
    batch = imports.preview(
        office.session,
        liaison,
        imports.IMPORTERS[PEOPLE],
        imports.Upload("mine.csv", csv_of([mine, theirs])),
        make.home(),
        seal=make.seal,
        now=NINE,
    )

    own, foreign = office.rows(batch)
    assert office.says(own) == "new : "
    assert office.says(foreign).startswith(f"wrong org_code: There is no unit {elsewhere.code}")
    assert queries.access_import(office.session, liaison, batch.token) is batch
    stranger = make.actor(Role.LIAISON, unit=elsewhere)
    with pytest.raises(NotFound):
        queries.access_import(office.session, stranger, batch.token)


def test_undo_takes_back_what_the_file_made(session, office):
    before = [count(session, model) for model in (Person, Candidate, User, Employment)]
    batch = office.load(PEOPLE, csv_of([office.person(n) for n in range(1, 4)]))

    office.undo(batch)

    assert [count(session, model) for model in (Person, Candidate, User, Employment)] == before
    assert batch.status is ImportStatus.UNDONE
    assert acts(session, "accounts.taken_back") == 12
    assert acts(session, "entries.taken_back") == 3
    office.load(PEOPLE, csv_of([office.person(1)]))  # and it can be imported again


def test_undo_puts_back_what_the_file_changed(session, make, office):
    first = office.person(1, consent_date="")
    office.load(PEOPLE, csv_of([first]))
    other = make.enterprise()
    batch = office.load(
        PEOPLE, csv_of([office.person(1, enterprise=other.code, work_no="N1", team="D")])
    )
    candidate = session.scalars(select(Candidate)).one()
    assert candidate.consented_on is not None

    office.undo(batch)

    work = session.scalars(
        select(Employment).where(
            Employment.person_id == candidate.person_id, Employment.until.is_(None)
        )
    ).one()
    assert (work.enterprise_id, work.work_no, work.team) == (
        make.home_enterprise().id,
        "W1",
        "C",
    )
    assert candidate.consented_on is None


def test_undo_is_refused_with_the_rows_that_something_stands_on(session, make, office):
    batch = office.load(PEOPLE, csv_of([office.person(n) for n in range(1, 4)]))
    entered = session.scalars(select(Candidate).where(Candidate.person_no == "003200000002"))
    make.entry(entered.one())

    with pytest.raises(RowsInTheWay) as refused:
        office.undo(batch)

    assert {n: str(why) for n, why in refused.value.rows.items()} == {3: "somebody is entered"}
    assert batch.status is ImportStatus.APPLIED
    assert count(session, Candidate) == 3


def test_undo_is_refused_for_rows_that_somebody_changed_since(session, make, office):
    batch = office.load(PEOPLE, csv_of([office.person(1), office.person(2)]))
    person = session.get_one(
        Person, session.scalars(select(Candidate).order_by(Candidate.id)).first().person_id
    )
    employ(session, office.actor, person, make.enterprise(), work_no="N", team="", now=NINE + DAY)

    with pytest.raises(RowsInTheWay) as refused:
        office.undo(batch)

    assert 2 in refused.value.rows
    assert 3 not in refused.value.rows


def test_undo_of_units_takes_the_lower_one_first(session, make, office):
    county = make.home()
    rows = [
        {"org_code": "N-1", "parent_code": county.code, "level": "county", "name": "甲"},
    ]
    batch = office.preview(ImportKind.UNITS, csv_of(rows))
    assert office.says(office.rows(batch)[0]).startswith("wrong parent_code: A unit of level")
    top = session.get_one(Unit, county.parent_id)
    rows = [
        {"org_code": "N-2", "parent_code": "N-1", "level": "county", "name": "乙"},
        {"org_code": "N-1", "parent_code": session.get_one(Unit, top.parent_id).code,
         "level": "prefectural", "name": "甲"},
    ]  # fmt: skip
    batch = office.load(ImportKind.UNITS, csv_of(rows))
    assert [u.name for u in session.scalars(select(Unit).where(Unit.code.like("N-%")))] == [
        "甲",
        "乙",
    ]

    office.undo(batch)

    assert session.scalars(select(Unit).where(Unit.code.like("N-%"))).all() == []


def test_a_corrected_park_gets_its_old_name_back(session, make, office):
    park = make.home_park()
    row = {
        "park_code": park.code, "org_code": make.home().code, "name": "新园区",
        "lat": str(park.latitude), "lon": str(park.longitude),
    }  # fmt: skip
    old = park.name
    batch = office.load(ImportKind.PARKS, csv_of([row]))
    assert park.name == "新园区"

    office.undo(batch)

    assert session.get_one(Park, park.id).name == old


def test_a_discarded_file_is_not_applied(session, make, office):
    batch = office.preview(PEOPLE, csv_of([office.person(1)]))

    imports.discard(session, office.actor, imports.IMPORTERS[PEOPLE], batch, now=NINE)

    with pytest.raises(IllegalMove):
        office.apply(batch)


def test_a_confirmed_entry_is_not_taken_back_with_its_file(session, make, office):
    office.load(PEOPLE, csv_of([office.person(1)]))
    course = make.course(make.paper())
    series = make.home_series()
    row = {
        "person_no": "003200000001",
        "series": series.code,
        "paper_code": make.session.get_one(type(make.paper()), course.paper_id).code,
    }
    batch = office.load(ImportKind.ENTRIES, csv_of([row]))
    service.assess_all(session, office.actor, series, now=NINE)
    service.confirm_all(session, office.actor, series, now=NINE)

    with pytest.raises(RowsInTheWay):
        office.undo(batch)

    assert count(session, Entry) == 1

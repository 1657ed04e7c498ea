"""A request's own session reads and can not write; units of work write."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from exam_centre.accounts.models import Person
from exam_centre.kernel.database import Base, unit_of_work
from exam_centre.webkit.access import public
from exam_centre.webkit.database import db, reader
from tests.webkit.fixtures import open_account


def test_a_get_can_not_write(app):
    open_account(name="王立")

    @app.get("/writing")
    @public
    def write() -> str:
        reader().execute(text("UPDATE people SET name = 'changed'"))
        reader().commit()
        return "written"

    assert app.test_client().get("/writing").status_code == 503
    with unit_of_work() as session:
        assert session.scalars(select(Person.name)).all() == ["王立"]


def test_a_unit_of_work_writes_in_the_same_request(app):
    open_account(name="王立")

    @app.get("/both")
    @public
    def both() -> str:
        with unit_of_work() as session:
            session.execute(text("UPDATE people SET name = 'changed'"))
        return reader().scalars(select(Person.name)).one()

    assert app.test_client().get("/both").get_data(as_text=True) == "changed"


def test_pages_read_the_tables_of_the_rooms(app):
    assert db.metadata is Base.metadata
    with app.app_context(), pytest.raises(OperationalError):
        reader().execute(text("DELETE FROM people"))

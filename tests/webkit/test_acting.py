"""The shape of a page that acts: kept, refused at its field, or left to the one table."""

import pytest
from flask import get_flashed_messages
from sqlalchemy import func, select
from wtforms import StringField

from exam_centre.kernel.database import reading
from exam_centre.kernel.errors import NotFound, SamePerson
from exam_centre.kernel.jobs import Job
from exam_centre.kernel.sentences import say
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.form import SafeForm
from tests.kernel.works import new_job
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app


class OneForm(SafeForm):
    """One field."""

    word = StringField()


@pytest.fixture
def form(app):
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield OneForm(meta={"csrf": False})


def jobs_kept() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Job))


def keep_and_refuse(form) -> None:
    with saving({SamePerson: form.word}) as session:
        session.add(new_job())
        session.flush()
        raise NotFound(say("room"))


def test_what_was_done_is_kept_and_the_form_has_no_error(form):
    with saving({SamePerson: form.word}) as session:
        session.add(new_job())

    assert form.errors == {}
    assert jobs_kept() == 1


def test_a_refusal_with_a_field_is_shown_there_and_nothing_is_kept(form):
    with saving({SamePerson: form.word}) as session:
        session.add(new_job())
        session.flush()
        raise SamePerson("王立")

    assert "王立" in form.word.errors[0]
    assert jobs_kept() == 0


def test_any_other_refusal_flies_on_and_nothing_is_kept(form):
    with pytest.raises(NotFound):
        keep_and_refuse(form)

    assert form.errors == {}
    assert jobs_kept() == 0


def test_what_was_done_is_said_on_the_page_that_comes_next(app):
    with app.test_request_context("/"):
        response = done("Kept.", "accounts.sign_in", kind="attend", next="/me")

        assert (response.status_code, response.location) == (303, "/sign-in?next=/me")
        assert get_flashed_messages(with_categories=True) == [("attend", "Kept.")]

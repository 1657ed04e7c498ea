"""Forms read what was typed: blanks around it go, everything else is kept or refused."""

import pytest
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say
from exam_centre.webkit.form import SafeForm, WholeNumberField, show_refusal


class Needed(SafeForm):
    name = StringField(validators=[InputRequired("Give a name.")])


class Sample(SafeForm):
    name = StringField(filters=[lambda text: text and text.upper()])
    secret = PasswordField()
    count = WholeNumberField()


def sent(app, **values: str) -> Sample:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(method="POST", data=values):
        form = Sample.from_request()
        form.submitted()
        return form


def test_text_loses_its_outer_blanks_and_a_password_keeps_them(app):
    form = sent(app, name="\u3000ana ruiz ", secret=" two words ")

    assert (form.name.data, form.secret.data) == ("ANA RUIZ", " two words ")


@pytest.mark.parametrize("text", ["12", "0", "-3"])
def test_a_whole_number_is_read(app, text):
    assert sent(app, count=text).count.data == int(text)


@pytest.mark.parametrize("text", ["１２", "٣", "1_000", "1.0", "1e3", "NaN", "12a", "9" * 40])
def test_a_number_that_would_have_to_be_guessed_is_refused(app, text):
    form = sent(app, count=text)

    assert form.count.data is None
    assert form.count.errors


def test_a_form_without_its_token_was_not_submitted(app):
    with app.test_request_context(method="POST", data={"name": "x"}):
        assert not Sample.from_request().submitted()


def test_a_refusal_is_shown_at_its_field_in_the_language_of_the_page(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        form = Sample(formdata=None)
        show_refusal(form.name, BadInput(say("{name} is away.", name="王立")))

        assert form.name.errors == ["王立 is away."]


@pytest.mark.parametrize("blanks", ["", " ", "\u3000\u3000", "\r\n"])
def test_blanks_alone_are_nothing_where_something_is_needed(app, blanks):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(method="POST", data={"name": blanks}):
        form = Needed.from_request()

        assert not form.submitted()
        assert form.name.errors == ["Give a name."]


@pytest.mark.parametrize("body", ["17", "NaN", "null", "[1, 2]", '"name"', '{"name": "x"}', "{"])
def test_a_body_of_json_holds_no_field_of_a_form_whatever_its_shape(app, body):
    app.config["WTF_CSRF_ENABLED"] = False
    with app.test_request_context(method="POST", data=body, content_type="application/json"):
        form = Needed.from_request()

        assert not form.submitted()
        assert not form.name.data

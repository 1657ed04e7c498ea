"""What people settle about themselves: password, language, phone, and a number they forgot."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from exam_centre.accounts.forms.sign_in import (
    LONGEST_PASSWORD,
    code_field,
    new_password_field,
    without_gaps,
)
from exam_centre.accounts.rules import ID_TYPE_SENTENCES
from exam_centre.webkit.form import SafeForm, words_of
from exam_centre.webkit.languages import NAMES

DOCUMENT_NO = r"^[0-9A-Za-z]{5,20}$"


class PasswordForm(SafeForm):
    """The password one has, and the one to come, twice."""

    old = PasswordField(
        _l("Password now"),
        render_kw={"autocomplete": "current-password"},
        validators=[
            InputRequired(_l("Type your password.")),
            Length(max=LONGEST_PASSWORD, message=_l("This password is too long to be yours.")),
        ],
    )
    new = new_password_field()
    again = PasswordField(
        _l("New password once more"),
        render_kw={"autocomplete": "new-password"},
        validators=[EqualTo("new", _l("The two new passwords differ. Type them again."))],
    )


class LanguageForm(SafeForm):
    """The language somebody is written to in."""

    language = SelectField(_l("Language"), choices=list(NAMES.items()))


def phone_field() -> StringField:
    """Return the field for a new phone."""
    return StringField(
        _l("New phone number"),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
        validators=[InputRequired(_l("Type the new phone number.")), Length(max=24)],
    )


class PhoneForm(SafeForm):
    """A new phone, proven by a code that came to the old one."""

    code = code_field(_l("It came to the phone the records know."))
    phone = phone_field()


class LostPhoneForm(SafeForm):
    """A new phone whose owner can read nothing on the old one; a person approves it."""

    phone = phone_field()
    reason = TextAreaField(
        _l("What happened"),
        description=_l("Whoever approves reads this and looks at the document."),
        render_kw={"rows": 3},
        validators=[InputRequired(_l("Say what happened.")), Length(max=500)],
    )


class DocumentForm(SafeForm):
    """Who somebody is, as the document says."""

    name = StringField(
        _l("Name, as in the document"),
        validators=[InputRequired(_l("Type the name.")), Length(max=80)],
    )
    id_type = SelectField(_l("Document"), choices=words_of(ID_TYPE_SENTENCES))
    id_no = StringField(
        _l("Document number"),
        filters=[without_gaps],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        validators=[
            InputRequired(_l("Type the number of the document.")),
            Regexp(DOCUMENT_NO, message=_l("5 to 20 letters and digits.")),
        ],
    )


class ForgottenForm(DocumentForm):
    """Who somebody is that forgot their number."""

    name = StringField(
        _l("Name, as in the document"),
        render_kw={"autocomplete": "name"},
        validators=[InputRequired(_l("Type your name.")), Length(max=80)],
    )


class ForgottenCodeForm(SafeForm):
    """The code that came to the phone, with who asked for it."""

    name = HiddenField(validators=[InputRequired(), Length(max=80)])
    id_type = SelectField(choices=words_of(ID_TYPE_SENTENCES))
    id_no = HiddenField(validators=[InputRequired(), Regexp(DOCUMENT_NO)])
    code = code_field()

"""What people type to sign in."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from exam_centre.webkit.form import SafeForm

LONGEST_LOGIN = 64
LONGEST_PASSWORD = 256
LOGIN_HINT = _l("Staff use their staff number, students their student number.")


def without_gaps(text: str | None) -> Any:
    """Return a code without the blanks and dashes people group its digits with."""
    return text.replace(" ", "").replace("-", "") if text is not None else None


def login_field() -> StringField:
    """Return the field for the number a person signs in with."""
    return StringField(
        _l("Staff or student number"),
        description=LOGIN_HINT,
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
        validators=[
            InputRequired(_l("Type your staff or student number.")),
            Length(max=LONGEST_LOGIN, message=_l("This number is too long to be yours.")),
        ],
    )


class SignInForm(SafeForm):
    """Number and password."""

    login = login_field()
    password = PasswordField(
        _l("Password"),
        render_kw={"autocomplete": "current-password"},
        validators=[
            InputRequired(_l("Type your password.")),
            Length(max=LONGEST_PASSWORD, message=_l("This password is too long to be yours.")),
        ],
    )
    next = HiddenField()


class AskCodeForm(SafeForm):
    """Whose phone a code should go to."""

    login = login_field()
    next = HiddenField()


class CodeForm(SafeForm):
    """The code that came to the phone."""

    login = HiddenField(validators=[InputRequired()])
    code = StringField(
        _l("Code"),
        description=_l("Digits only. The code is good for a few minutes and opens once."),
        filters=[without_gaps],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
        validators=[
            InputRequired(_l("Type the code from the message.")),
            Regexp(r"^[0-9]{6,8}$", message=_l("Type the digits of the code, nothing else.")),
        ],
    )
    next = HiddenField()

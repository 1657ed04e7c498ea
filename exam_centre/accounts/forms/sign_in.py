"""What people type to sign in."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from exam_centre.accounts.rules import PASSWORD_LENGTH
from exam_centre.webkit.form import SafeForm

LONGEST_LOGIN = 64
LONGEST_PASSWORD = 256
CODE_LABEL = _l("Code")
CODE_HINT = _l("Digits only. The code is good for a few minutes and opens once.")
LOGIN_HINT = _l("Staff use their staff number, students their student number.")


def without_gaps(text: str | None) -> Any:
    """Return a code without the blanks and dashes people group its digits with."""
    return text.replace(" ", "").replace("-", "") if text is not None else None


def code_field(
    description: Any = CODE_HINT, digits: str = "6,8", label: Any = CODE_LABEL
) -> StringField:
    """Return the field for a one-time code; `digits` is how many it may have, as in "6,8"."""
    return StringField(
        label,
        description=description,
        filters=[without_gaps],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
        validators=[
            InputRequired(_l("Type the code.")),
            Regexp(
                f"^[0-9]{{{digits}}}$", message=_l("Type the digits of the code, nothing else.")
            ),
        ],
    )


def new_password_field() -> PasswordField:
    """Return the field for a password to come."""
    return PasswordField(
        _l("New password"),
        description=_l("At least 10 characters; a short sentence is easy to remember."),
        render_kw={"autocomplete": "new-password"},
        validators=[
            InputRequired(_l("Type the new password.")),
            Length(
                PASSWORD_LENGTH.start,
                PASSWORD_LENGTH.stop - 1,
                _l("A password has 10 to 200 characters."),
            ),
        ],
    )


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
    code = code_field()
    next = HiddenField()


class FirstSignInForm(SafeForm):
    """A first code from paper, and the password that takes its place."""

    login = login_field()
    code = code_field(_l("Ten digits, from the paper you were given."), "10", _l("First code"))
    new = new_password_field()
    again = PasswordField(
        _l("New password once more"),
        render_kw={"autocomplete": "new-password"},
        validators=[EqualTo("new", _l("The two new passwords differ. Type them again."))],
    )

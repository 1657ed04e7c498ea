"""Fields that several rooms ask for alike: codes of records, and where something lies."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Regexp

from exam_centre.webkit.form import DecimalNumberField

CODE = r"^[A-Za-z0-9][A-Za-z0-9-]{0,31}$"
CODE_MESSAGE = _l("A code has up to 32 letters, digits and dashes.")


def code_field(label: Any, missing: Any, description: Any = "", **options: Any) -> StringField:
    """Return the field for the code a record bears on paper; `missing` asks for it."""
    return StringField(
        label,
        description=description,
        render_kw={"autocapitalize": "characters", "spellcheck": "false"},
        validators=[InputRequired(missing), Regexp(CODE, message=CODE_MESSAGE)],
        **options,
    )


def latitude_field() -> DecimalNumberField:
    """Return the field for degrees north."""
    return DecimalNumberField(
        _l("Latitude"),
        description=_l("In degrees with up to 5 decimals, such as 31.32420."),
        validators=[InputRequired(_l("Type the latitude."))],
    )


def longitude_field() -> DecimalNumberField:
    """Return the field for degrees east."""
    return DecimalNumberField(
        _l("Longitude"), validators=[InputRequired(_l("Type the longitude."))]
    )

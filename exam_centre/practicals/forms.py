"""What people type in a skill room: a second person's signature, and a mark."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import DataRequired

from exam_centre.webkit.form import SafeForm
from exam_centre.webkit.second_person import SecondPersonForm


class DrawForm(SecondPersonForm):
    """Drawing a lot: only the witness has something to type."""


class MarkForm(SafeForm):
    """One assessor's mark."""

    score = StringField(
        _l("Your mark"),
        description=_l("0 to 100, two decimals at most. It stands once it is given."),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
        validators=[DataRequired(_l("Type your mark."))],
    )

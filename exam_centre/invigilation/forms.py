"""What people type about a room on the day: a reason, a count, empty seats, a second signature."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from exam_centre.admission.queries import RegisterLine
from exam_centre.webkit.form import SafeForm, WholeNumberField
from exam_centre.webkit.second_person import SecondPersonForm

MOST_SCRIPTS = 9_999


class ActForm(SafeForm):
    """An act that needs no word: the button alone."""


class SignForm(SecondPersonForm):
    """An act that two people sign."""


class ReasonForm(SafeForm):
    """An act that needs a reason."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("In a few words; it stands in the room record sheet."),
        render_kw={"rows": 3},
        validators=[
            DataRequired(_l("Say why.")),
            Length(max=500, message=_l("Keep it to 500 characters.")),
        ],
    )


class CountForm(SafeForm):
    """One person's own count of the scripts of a room."""

    count = WholeNumberField(
        _l("Scripts you counted"),
        description=_l("Count them in your hands. If there is none, type 0."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[
            InputRequired(_l("Count, then type the number. If there is none, type 0.")),
            NumberRange(0, MOST_SCRIPTS, _l("Type how many scripts you counted: 0 or more.")),
        ],
    )


class NotingForm(SafeForm):
    """Seats that stayed empty, as one person saw it. Nothing is ticked beforehand."""

    seats = SelectMultipleField(
        _l("Seats that stayed empty"),
        description=_l("Go to each seat and look, then tick it."),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[InputRequired(_l("Tick at least one seat."))],
    )

    def __init__(self, silent: Sequence[RegisterLine] = (), **given: Any) -> None:
        super().__init__(**given)
        self.seats.choices = [
            (line.token, f"{line.seat:02d} · {line.name} · {line.paper}") for line in silent
        ]


class AbsenteesForm(NotingForm, SecondPersonForm):
    """Seats that stayed empty, said by two people."""

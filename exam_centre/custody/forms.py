"""What people type about bags: their own count, the seal as they read it, and why."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from exam_centre.custody.rules import KIND_WORDS
from exam_centre.timetable.queries.whereabouts import RoomPaper
from exam_centre.webkit.form import SafeForm, WholeNumberField
from exam_centre.webkit.languages import said
from exam_centre.webkit.second_person import SecondPersonForm

MOST = 99_999  # papers; nobody carries more in one bag


def count_field(label: Any, hint: Any = "") -> WholeNumberField:
    """Return a field for a count: nothing typed is refused, 0 is a count."""
    return WholeNumberField(
        label,
        description=hint,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[
            InputRequired(_l("Count, then type the number. If there is none, type 0.")),
            NumberRange(0, MOST, _l("Type how many you counted: 0 or more.")),
        ],
    )


def seal_field() -> StringField:
    """Return the field for a seal's number, as it is read now."""
    return StringField(
        _l("Number on the seal"),
        description=_l("As you read it on the seal in front of you."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        validators=[
            DataRequired(_l("Type the number on the seal.")),
            Length(max=40, message=_l("A seal's number has at most 40 characters.")),
        ],
    )


class PackForm(SafeForm):
    """A new bag of one paper in one room."""

    kind = SelectField(_l("What is in the bag"), validators=[InputRequired(_l("Choose one."))])
    paper = SelectField(_l("Paper"), validators=[InputRequired(_l("Choose one."))])
    count = count_field(_l("How many are inside"), _l("Counted now, spare ones included."))
    seal_no = seal_field()

    def __init__(self, papers: Sequence[RoomPaper] = (), **given: Any) -> None:
        super().__init__(**given)
        self.kind.choices = [(kind.value, said(words)) for kind, words in KIND_WORDS.items()]
        self.paper.choices = [(paper.code, f"{paper.code} {paper.name}") for paper in papers]


class HandForm(SafeForm):
    """One side of a hand-over: its own count and the seal as it reads it."""

    count = count_field(_l("Your own count"))
    seal_no = seal_field()


class SettleForm(SafeForm):
    """How a dispute ends: the count and seal that stand from now on."""

    count = count_field(_l("Count that stands from now on"), _l("Counted by you, not copied."))
    seal_no = seal_field()
    reason = TextAreaField(
        _l("How the difference was explained"),
        description=_l("With the number of the incident."),
        render_kw={"rows": 3},
        validators=[
            DataRequired(_l("Say how it was explained.")),
            Length(max=2000, message=_l("This is too long. At most 2000 characters.")),
        ],
    )


class OpenForm(SecondPersonForm):
    """Two people open a bag together."""


class SealForm(SafeForm):
    """A new seal on what is left."""

    seal_no = seal_field()


class PaperCountForm(SafeForm):
    """What became of the papers of a bag."""

    used = count_field(_l("Used"), _l("Handed to candidates who sat."))
    spare = count_field(_l("Spare"), _l("Not handed out."))
    damaged = count_field(_l("Damaged"), _l("Misprinted, torn, spoilt."))

"""What headquarters fills in about papers, courses and schemes."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from exam_centre.papers.rules import (
    AREA_SENTENCES,
    BOOK_SENTENCES,
    LEVEL_SENTENCES,
    MODE_SENTENCES,
    MOST_MINUTES,
    ROUNDING_SENTENCES,
)
from exam_centre.webkit.form import DecimalNumberField, SafeForm, WholeNumberField, words_of

CODE = r"^[A-Za-z0-9][A-Za-z0-9-]{0,31}$"
CODE_MESSAGE = _l("A code has up to 32 letters, digits and dashes.")


def name_field() -> StringField:
    """Return the field for what something is called."""
    return StringField(
        _l("What it is called"), validators=[InputRequired(_l("Type the name.")), Length(max=80)]
    )


class ChangePaperForm(SafeForm):
    """What a paper is; its code stays."""

    name = name_field()
    mode = SelectField(_l("How it is sat"), choices=words_of(MODE_SENTENCES))
    minutes = WholeNumberField(
        _l("Minutes"),
        description=_l("Leave it empty for an assignment or a thesis."),
        validators=[Optional(), NumberRange(1, MOST_MINUTES, _l("From 1 to 600."))],
    )
    book_rule = SelectField(_l("On the desk"), choices=words_of(BOOK_SENTENCES))
    material = StringField(
        _l("Material"),
        description=_l("What candidates may bring, such as a ruler or a calculator."),
        validators=[Length(max=200)],
    )


class PaperForm(ChangePaperForm):
    """A new paper."""

    code = StringField(
        _l("Paper code"),
        validators=[
            InputRequired(_l("Type the paper's code.")),
            Regexp(CODE, message=CODE_MESSAGE),
        ],
    )


class CourseForm(SafeForm):
    """A course the paper counts for."""

    code = StringField(
        _l("Course code"),
        validators=[
            InputRequired(_l("Type the course's code.")),
            Regexp(CODE, message=CODE_MESSAGE),
        ],
    )
    name = name_field()
    level = SelectField(_l("Level"), choices=words_of(LEVEL_SENTENCES))
    learning_area = SelectField(_l("Learning area"), choices=words_of(AREA_SENTENCES))
    credits = DecimalNumberField(
        _l("Credits"),
        description=_l("In steps of a half."),
        validators=[InputRequired(_l("Type the credits."))],
    )
    compulsory = BooleanField(_l("Compulsory"), default=True)


class SchemeForm(SafeForm):
    """How the parts of a paper become a composite, as the next version."""

    source = StringField(
        _l("Source"),
        description=_l("The regulation or decision these numbers come from."),
        validators=[InputRequired(_l("Name the source.")), Length(max=200)],
    )
    formative_percent = DecimalNumberField(
        _l("Formative part, per cent"),
        description=_l("The final part has the rest."),
        validators=[InputRequired(_l("Type a number from 0 to 100."))],
    )
    pass_mark = DecimalNumberField(
        _l("Pass mark"), validators=[InputRequired(_l("Type a number from 0 to 100."))]
    )
    precision = SelectField(
        _l("Decimals of the composite"), choices=[("0", "0"), ("1", "1"), ("2", "2")]
    )
    rounding = SelectField(_l("Rounding"), choices=words_of(ROUNDING_SENTENCES))
    double_pass = BooleanField(_l("Both parts must reach the pass mark"))
    formative_gate = BooleanField(_l("Without a formative mark there is no outcome"), default=True)

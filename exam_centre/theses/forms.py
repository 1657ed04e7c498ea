"""What is typed about a thesis on its way."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from exam_centre.webkit.form import SafeForm

NUMBER_HINT = _l("A staff number.")
DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class BeginForm(SafeForm):
    """A title and a supervisor."""

    title = StringField(
        _l("Title"),
        validators=[
            DataRequired(_l("Type the title as it was agreed.")),
            Length(max=200, message=_l("Keep the title within 200 characters.")),
        ],
    )
    supervisor = StringField(
        _l("Supervisor's number"),
        description=NUMBER_HINT,
        validators=[DataRequired(_l("Type the supervisor's staff number."))],
    )
    at_work = BooleanField(_l("About the person's own workplace"), default=True)


class RecordForm(SafeForm):
    """One guidance by the supervisor."""

    text = TextAreaField(
        _l("What was discussed and agreed"),
        render_kw={"rows": 4},
        validators=[
            DataRequired(_l("Write down what was agreed.")),
            Length(max=4000, message=_l("Keep it within 4,000 characters.")),
        ],
    )
    completes = BooleanField(_l("This stage is done: go on to the next one"))


class SimilarityForm(SafeForm):
    """What a similarity report says."""

    percent = StringField(
        _l("Similarity in per cent"),
        render_kw=DECIMAL,
        validators=[DataRequired(_l("Type the percentage of the report."))],
    )
    text = StringField(_l("Report number or remark"), validators=[Optional(), Length(max=500)])


class PanelForm(SafeForm):
    """Who sits on the panel, by staff numbers."""

    chair = StringField(
        _l("Chair"),
        description=NUMBER_HINT,
        validators=[DataRequired(_l("A panel needs a chair."))],
    )
    members = TextAreaField(
        _l("Members"),
        description=_l("One staff number a line. With the chair they are three, five or seven."),
        render_kw={"rows": 4},
        validators=[DataRequired(_l("Type the members' staff numbers."))],
    )
    secretary = StringField(
        _l("Secretary"), description=NUMBER_HINT, validators=[Optional(), Length(max=64)]
    )


class MarkForm(SafeForm):
    """One person's mark."""

    score = StringField(
        _l("Your mark"),
        description=_l("0 to 100, two decimals at most. It stands once it is given."),
        render_kw=DECIMAL,
        validators=[DataRequired(_l("Type your mark."))],
    )


class FinishForm(SafeForm):
    """How the defence ended."""

    absent = HiddenField()

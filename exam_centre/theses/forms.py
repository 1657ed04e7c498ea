"""What is typed about a thesis on its way."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from exam_centre.theses.rules import DEFENCE_SENTENCES, DefenceKind
from exam_centre.webkit.form import SafeForm, WallClockField, WholeNumberField, words_of

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


class ProposeForm(SafeForm):
    """A topic as its writer proposes it."""

    title = StringField(
        _l("Title"),
        validators=[
            DataRequired(_l("Type a title; it can still change with your supervisor.")),
            Length(max=200, message=_l("Keep the title within 200 characters.")),
        ],
    )
    about = TextAreaField(
        _l("What at your workplace it is about"),
        description=_l("The machine, the step or the trouble, and what you want to find out."),
        render_kw={"rows": 5},
        validators=[
            DataRequired(_l("Say in a few sentences what it is about.")),
            Length(max=2000, message=_l("Keep it within 2,000 characters.")),
        ],
    )
    at_work = BooleanField(_l("It is about my own workplace"), default=True)


class NameForm(SafeForm):
    """Who decides a topic."""

    supervisor = StringField(
        _l("Supervisor's number"),
        description=NUMBER_HINT,
        validators=[DataRequired(_l("Type the supervisor's staff number."))],
    )


class ApproveForm(SafeForm):
    """A button: nothing to fill in but the proof that the page is ours."""


class ReturnForm(SafeForm):
    """Why a topic goes back."""

    reason = TextAreaField(
        _l("What should change"),
        description=_l("The worker reads this and proposes again."),
        render_kw={"rows": 3},
        validators=[
            DataRequired(_l("Say what should change.")),
            Length(max=500, message=_l("Say it in 500 characters or fewer.")),
        ],
    )


class DefenceForm(SafeForm):
    """When and where a thesis is defended."""

    starts = WallClockField(
        _l("Day and time"),
        validators=[InputRequired(_l("Give day and time as 2026-11-23 08:30."))],
    )
    minutes = WholeNumberField(
        _l("Minutes"),
        default=40,
        render_kw={"inputmode": "numeric"},
        validators=[InputRequired(_l("Say how many minutes it takes."))],
    )
    kind = SelectField(
        _l("How people meet"), choices=words_of(DEFENCE_SENTENCES), default=DefenceKind.ROOM.value
    )
    room = SelectField(_l("Room"), validate_choice=False)
    place = StringField(
        _l("Or where, in words"),
        description=_l("The meeting's number or link, or the place at work."),
        validators=[Length(max=300, message=_l("300 characters at most."))],
    )
    through_shift = BooleanField(_l("The worker accepts that it lies in a shift"))
    reason = TextAreaField(
        _l("Why it is moved"),
        description=_l("Everybody in the defence reads this."),
        render_kw={"rows": 2},
        validators=[Length(max=500, message=_l("Say it in 500 characters or fewer."))],
    )


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

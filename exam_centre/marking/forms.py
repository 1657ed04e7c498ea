"""The shape of what the pages of marking ask for."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from exam_centre.marking.rules import MarkStatus
from exam_centre.webkit.form import DayField, SafeForm

LONGEST_REASON = 500


class ActForm(SafeForm):
    """A button: nothing to fill in but the proof that the page is ours."""


class ReasonForm(SafeForm):
    """Why something is taken back."""

    reason = TextAreaField(
        _l("Reason"),
        render_kw={"rows": 3},
        validators=[
            DataRequired(_l("Say why: the next reader has nothing else.")),
            Length(max=LONGEST_REASON, message=_l("Say it in 500 characters or fewer.")),
        ],
    )


class SeedForm(SafeForm):
    """What the sample is drawn with."""

    seed = StringField(
        _l("Seed"),
        description=_l(
            "Any word or number, e.g. from dice thrown in the meeting. The trail keeps it, and "
            "the same seed draws the same sample again."
        ),
        validators=[
            DataRequired(_l("Type a seed, e.g. 20261212-07.")),
            Length(max=64, message=_l("64 characters are enough for a seed.")),
        ],
    )


class OwnMarkForm(SafeForm):
    """A moderator's own mark for one script."""

    code = StringField(validators=[Regexp(r"^[0-9]{8}$")])
    score = StringField(
        _l("Your own mark"),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
        validators=[DataRequired(_l("Type your mark for this script."))],
    )


class FormativeForm(SafeForm):
    """A mark of the term, or why there is none."""

    score = StringField(
        _l("Mark"),
        description=_l("Half-width digits from 0 to 100, such as 77 or 77.5."),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
        validators=[Length(max=8, message=_l("Type a number from 0 to 100."))],
    )
    status = SelectField(
        _l("Instead of a mark"),
        choices=[
            ("", _l("There is a mark")),
            (MarkStatus.MISSING.value, _l("Not completed")),
        ],
    )
    source = StringField(
        _l("Where it comes from"),
        description=_l("The list or platform where it can be looked up."),
        validators=[
            InputRequired(_l("Say where the mark comes from.")),
            Length(max=100, message=_l("100 characters at most.")),
        ],
    )
    dated = DayField(
        _l("Of which day"), validators=[InputRequired(_l("Give the day as 2026-11-23."))]
    )
    reason = TextAreaField(
        _l("Reason for the change"),
        description=_l("The earlier mark is kept beside it."),
        render_kw={"rows": 2},
        validators=[Length(max=LONGEST_REASON, message=_l("500 characters at most."))],
    )


class FormativeSheetForm(SafeForm):
    """What the marks of a sheet have in common; the marks themselves are read line by line."""

    source = StringField(
        _l("Where it comes from"),
        description=_l("The list or platform where it can be looked up."),
        validators=[
            InputRequired(_l("Say where the marks come from.")),
            Length(max=100, message=_l("100 characters at most.")),
        ],
    )
    dated = DayField(
        _l("Of which day"), validators=[InputRequired(_l("Give the day as 2026-11-23."))]
    )
    reason = StringField(
        _l("Reason for changes"),
        description=_l("Only where a mark on record is changed. The earlier mark is kept."),
        validators=[Length(max=LONGEST_REASON, message=_l("500 characters at most."))],
    )


class FileForm(SafeForm):
    """A spreadsheet."""

    file = FileField(
        _l("File"),
        description=_l("Excel workbook (.xlsx) or CSV in UTF-8."),
        render_kw={"accept": ".xlsx,.csv"},
        validators=[FileRequired(_l("Choose a file."))],
    )

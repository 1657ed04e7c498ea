"""The shape of what the pages of marking ask for."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Regexp

from exam_centre.webkit.form import SafeForm

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


class FileForm(SafeForm):
    """A spreadsheet."""

    file = FileField(
        _l("File"),
        description=_l("Excel workbook (.xlsx) or CSV in UTF-8."),
        render_kw={"accept": ".xlsx,.csv"},
        validators=[FileRequired(_l("Choose a file."))],
    )

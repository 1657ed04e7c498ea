"""What the import pages ask for."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from exam_centre.entries.rules import KIND_SENTENCES
from exam_centre.webkit.form import SafeForm, words_of

LONGEST_REASON = 500


class ActForm(SafeForm):
    """A button: nothing to fill in but the proof that the page is ours."""


class UploadForm(SafeForm):
    """A file, what it holds, and the series where its rows do not name one."""

    kind = SelectField(_l("What the file holds"), choices=words_of(KIND_SENTENCES))
    series = SelectField(
        _l("Series"),
        description=_l("Only for formative marks: their rows do not name one."),
        choices=[("", "–")],
        validate_choice=False,
    )
    file = FileField(
        _l("File"),
        description=_l("Excel workbook (.xlsx), or CSV in UTF-8 or GB18030."),
        render_kw={"accept": ".xlsx,.csv"},
        validators=[FileRequired(_l("Choose a file."))],
    )


class PhotosForm(SafeForm):
    """An archive of photos."""

    archive = FileField(
        _l("Archive"),
        description=_l(
            "One .zip with a photo a candidate, each named by the student number, e.g. "
            "2632000001.jpg."
        ),
        render_kw={"accept": ".zip"},
        validators=[FileRequired(_l("Choose a file."))],
    )


class UndoForm(SafeForm):
    """Why a file is undone."""

    reason = TextAreaField(
        _l("Reason"),
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Say why: the next reader has nothing else.")),
            Length(max=LONGEST_REASON, message=_l("Say it in 500 characters or fewer.")),
        ],
    )

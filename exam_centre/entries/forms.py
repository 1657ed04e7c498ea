"""What the pages of this room ask for: files, reasons, requests, somebody to enrol or enter."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from exam_centre.accounts.rules import ID_TYPE_SENTENCES
from exam_centre.entries.rules import KIND_SENTENCES, NEED_SENTENCES, TAKE_SENTENCES
from exam_centre.kernel.sentences import say
from exam_centre.webkit.form import (
    DayField,
    DecimalNumberField,
    SafeForm,
    WholeNumberField,
    words_of,
)

LONGEST_REASON = 500
LONGEST_EVIDENCE = 1000
MOST_ATTEMPTS = 20
DOCUMENT_NO = r"^[0-9A-Za-z]{5,20}$"
GAPS = re.compile(r"[\s\u3000]+")
APPROVE, REFUSE = "approve", "refuse"


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


def reason_field(description: Any = "") -> TextAreaField:
    """Return the field for why something is done."""
    return TextAreaField(
        _l("Reason"),
        description=description,
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Say why: the next reader has nothing else.")),
            Length(max=LONGEST_REASON, message=_l("Say it in 500 characters or fewer.")),
        ],
    )


class UndoForm(SafeForm):
    """Why a file is undone."""

    reason = reason_field()


class ReasonForm(SafeForm):
    """Why an entry is withdrawn, barred, or its bar lifted."""

    reason = reason_field(_l("Whoever opens the entry later reads it, the candidate too."))


class AskDeferralsForm(SafeForm):
    """Why entries are to be deferred."""

    reason = reason_field(_l("Whoever decides has only this to go by."))


class DecideForm(SafeForm):
    """A decision about what somebody asked for."""

    decision = RadioField(
        _l("Decision"),
        choices=words_of({APPROVE: say("Approve"), REFUSE: say("Do not approve")}),
        validators=[InputRequired(_l("Choose one of the two."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l("Needed where you refuse; the candidate reads it."),
        render_kw={"rows": 3},
        validators=[
            Optional(),
            Length(max=LONGEST_REASON, message=_l("Say it in 500 characters or fewer.")),
        ],
    )


def evidence_files(*, required: bool = False) -> MultipleFileField:
    """Return the field for files that prove a need."""
    return MultipleFileField(
        _l("Files"),
        description=_l(
            "PDF, JPEG or PNG, each up to 5 megabytes. Only you and the exam office that decides "
            "open them, and who opens one is written down."
        ),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"},
        validators=[FileRequired(_l("Choose a file."))] if required else [],
    )


class AccessForm(SafeForm):
    """What somebody needs in a series, and what proves it."""

    series = SelectField(_l("Series"), validate_choice=False)
    kind = SelectField(_l("What is needed"), choices=words_of(NEED_SENTENCES))
    extra_percent = DecimalNumberField(
        _l("Extra time in per cent"),
        description=_l("For extra time alone, such as 25: a paper of 90 minutes gets 22.5 more."),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
        validators=[Optional()],
    )
    evidence = TextAreaField(
        _l("Evidence"),
        description=_l(
            "Which document says so, by whom and of which day. Add it below, or show it to your "
            "exam office."
        ),
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Name the document that proves it.")),
            Length(max=LONGEST_EVIDENCE, message=_l("Say it in 1,000 characters or fewer.")),
        ],
    )
    files = evidence_files()


class EvidenceForm(SafeForm):
    """Further files that prove a need."""

    files = evidence_files(required=True)


class ConsentForm(SafeForm):
    """On which day somebody agreed."""

    on = DayField(
        _l("Agreed on"),
        description=_l("The day on the signed form."),
        validators=[InputRequired(_l("Give the day."))],
    )


class EnrolForm(SafeForm):
    """One candidate, as their document says."""

    unit = SelectField(_l("Study centre"))
    person_no = StringField(
        _l("Student number"),
        description=_l("With leading zeros. They sign in with it."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        validators=[InputRequired(_l("Type the student number.")), Length(max=32)],
    )
    name = StringField(
        _l("Name, as in the document"),
        validators=[InputRequired(_l("Type the name.")), Length(max=80)],
    )
    id_type = SelectField(_l("Document"), choices=words_of(ID_TYPE_SENTENCES))
    id_no = StringField(
        _l("Document number"),
        filters=[lambda text: GAPS.sub("", text) if text else text],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        validators=[
            InputRequired(_l("Type the number of the document.")),
            Regexp(DOCUMENT_NO, message=_l("5 to 20 letters and digits.")),
        ],
    )
    phone = StringField(
        _l("Phone"),
        description=_l("Codes go there. Somebody the records know keeps the phone they have."),
        render_kw={"autocomplete": "off", "inputmode": "tel"},
        validators=[Optional(), Length(max=24)],
    )
    consented_on = DayField(
        _l("Agreed to the use of their data on"),
        description=_l("Leave it empty where they have not agreed yet."),
        validators=[Optional()],
    )


class ChoosePaperForm(SafeForm):
    """Which paper somebody is to be entered for, and in which series."""

    class Meta(SafeForm.Meta):
        csrf = False  # it asks and changes nothing

    series = SelectField(_l("Series"), validate_choice=False)
    paper = StringField(
        _l("Paper code"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        validators=[InputRequired(_l("Type the code of the paper.")), Length(max=32)],
    )


class EnterForm(SafeForm):
    """For which of a paper's courses, as which try, and where somebody would like to sit."""

    courses = SelectMultipleField(
        _l("Courses"),
        description=_l("Several courses of one paper are one seat and several results."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    take_type = SelectField(_l("Kind of take"), choices=words_of(TAKE_SENTENCES))
    attempt = WholeNumberField(
        _l("Attempt"),
        description=_l("1 for the first time."),
        render_kw={"autocomplete": "off"},
        validators=[
            InputRequired(_l("Type which attempt it is.")),
            NumberRange(min=1, max=MOST_ATTEMPTS, message=_l("An attempt is from 1 to 20.")),
        ],
    )
    venue = SelectField(_l("Venue they would like"), validate_choice=False)

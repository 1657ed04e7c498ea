"""What is typed about certificates: codes, files, names, and why one is taken back."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from exam_centre.certificates.rules import RevocationReason
from exam_centre.webkit.form import SafeForm

LONGEST_CODE = 40  # with the blanks and dashes people put between its groups
LONGEST_NAME = 80
LONGEST_REASON = 500


class EmptyForm(SafeForm):
    """An act that needs nothing but the press of its button."""


class CodeForm(SafeForm):
    """The code printed under a certificate's QR code."""

    code = StringField(
        _l("Code on the certificate"),
        description=_l("12 letters and digits under the QR code. Dashes do not matter."),
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "class": "code",
        },
        validators=[
            InputRequired(_l("Type the code that stands under the QR code.")),
            Length(max=LONGEST_CODE, message=_l("A code has 12 letters and digits.")),
        ],
    )


class FileForm(SafeForm):
    """The file somebody was sent."""

    file = FileField(
        _l("PDF file"),
        description=_l("It is compared with the file as issued, and not kept."),
        render_kw={"accept": "application/pdf"},
        validators=[FileRequired(_l("Choose the PDF file you were sent."))],
    )


class NameForm(SafeForm):
    """The name that stands on the paper, to be compared with the credential."""

    name = StringField(
        _l("Name on the certificate"),
        description=_l("It is compared with the signed record, which holds no name to read."),
        render_kw={"autocomplete": "off"},
        validators=[
            InputRequired(_l("Type the name as it is printed.")),
            Length(max=LONGEST_NAME, message=_l("80 characters at most.")),
        ],
    )


class RevokeForm(SafeForm):
    """Why a credential is taken back for good."""

    reason = RadioField(
        _l("Why is it taken back?"),
        choices=[
            (RevocationReason.CORRECTED.value, _l("The corrected result is below the pass mark")),
            (RevocationReason.RECALLED.value, _l("The result was recalled")),
            (RevocationReason.OFFENCE.value, _l("An offence was proven")),
            (RevocationReason.ISSUED_IN_ERROR.value, _l("It was issued in error")),
        ],
        validators=[InputRequired(_l("Choose the reason. Verifiers are told it."))],
    )


class ReasonForm(SafeForm):
    """Why a credential is suspended or in force again."""

    reason = TextAreaField(
        _l("Reason"),
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Say why, in a sentence others will read later.")),
            Length(max=LONGEST_REASON, message=_l("500 characters at most.")),
        ],
    )

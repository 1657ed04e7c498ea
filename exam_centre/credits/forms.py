"""What is typed about credits: reasons, months, accounts, codes."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from exam_centre.webkit.form import DayField, SafeForm

LONGEST_REASON = 500
LONGEST_WORD = 64
TOO_LONG = _l("64 characters at most.")
FILES = [
    ("course_results", _l("Course results, 15 columns")),
    ("conversion", _l("Certificate conversion, 20 columns")),
]
DESTINATIONS = [
    ("course_results", _l("Export of course results")),
    ("conversion", _l("Export of conversions")),
    ("credit_bank", _l("Credit bank")),
]
TOPICS = [
    ("level", _l("Level")),
    ("category", _l("Education category")),
    ("programme", _l("Programme")),
    ("standing", _l("Standing of the student")),
    ("season", _l("Season of graduation")),
    ("cohort", _l("Cohort")),
    ("school", _l("School that converts")),
    ("source", _l("Source of the certificate")),
    ("certificate_type", _l("Type of the certificate")),
    ("grade", _l("Grade of the certificate")),
    ("target_course", _l("Course converted into")),
    ("target_name", _l("Name of the course converted into")),
    ("target_credits", _l("Credits of the course converted into")),
    ("target_level", _l("Level converted into")),
    ("unit", _l("Course code")),
    ("unit_version", _l("Version of the course")),
]


def word_field(label: str, required: str, hint: str = "") -> StringField:
    """Return a field for one short word."""
    return StringField(
        label,
        description=hint,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
        validators=[InputRequired(required), Length(max=LONGEST_WORD, message=TOO_LONG)],
    )


class EmptyForm(SafeForm):
    """An act that needs nothing but the press of its button."""


class ReasonForm(SafeForm):
    """Why a message goes out again, or what explains a difference."""

    reason = TextAreaField(
        _l("Reason"),
        render_kw={"rows": 3},
        validators=[
            InputRequired(_l("Say why, in a sentence others will read later.")),
            Length(max=LONGEST_REASON, message=_l("500 characters at most.")),
        ],
    )


class CompareForm(SafeForm):
    """Which month of awards is compared."""

    month = StringField(
        _l("Month of the award"),
        description=_l("Such as 2026-11. Empty: everything."),
        render_kw={"autocomplete": "off", "inputmode": "text"},
        validators=[
            Optional(),
            Regexp(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", message=_l("Give the month as 2026-11.")),
        ],
    )


class AccountForm(SafeForm):
    """A person's account at the bank."""

    person_no = word_field(_l("Student number"), _l("Type the student number."))
    account_no = word_field(
        _l("Account at the credit bank"),
        _l("Type the number on the account card."),
        _l("The bank is asked whose it is before anything is claimed."),
    )


class ExportForm(SafeForm):
    """Which file for the credit bank, and of which series."""

    destination = RadioField(
        _l("File"), choices=FILES, validators=[InputRequired(_l("Choose a file."))]
    )
    series = SelectField(_l("Series"), validators=[InputRequired(_l("Choose a series."))])


class CodeForm(SafeForm):
    """What one of our words is called at a destination, from a day on."""

    destination = SelectField(_l("Destination"), choices=DESTINATIONS)
    topic = SelectField(_l("Topic"), choices=TOPICS)
    ours = word_field(
        _l("Our word"),
        _l("Type our word, such as bachelor."),
        _l("The list above says which words a topic has. * stands for all that have no code."),
    )
    theirs = word_field(_l("Their code"), _l("Type the code the destination wants."))
    valid_from = DayField(_l("From"), validators=[InputRequired(_l("Choose the first day."))])

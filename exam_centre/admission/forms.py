"""What people send from the door, the register, the slips and the devices."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from exam_centre.webkit.form import SafeForm, WholeNumberField
from exam_centre.webkit.second_person import SecondPersonForm

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
LONGEST_READ = 400  # a slip has 152 characters; what a scanner adds is little
LONGEST_WORDS = 1000
JUNK = re.compile(r"[\s'\u2019`.,;:\-\u2010-\u2015\u3002\uff0c\uff1b\u3001\u00b7]+")


def half_width(text: str | None) -> str | None:
    """Return what a scanner meant: signs in half width, without what input methods put between."""
    if text is None:
        return None
    return JUNK.sub("", unicodedata.normalize("NFKC", text)).upper()


def was_mangled(text: str) -> bool:
    """Say whether an input method changed what was scanned or typed, so that people are told."""
    plain = text.strip().replace(" ", "").replace("-", "").upper()
    return bool(plain) and half_width(text) != plain


def short(longest: int) -> Callable[[Any, Field], None]:
    """Refuse longer texts; `Length` would cut them in the browser without a word."""

    def check(_form: Any, field: Field) -> None:
        if field.data and len(field.data) > longest:
            raise ValidationError(_l("Shorten this: it is too long to be kept."))

    return check


class LookForm(SafeForm):
    """A slip that was scanned or typed, or a person found by search; admits nobody yet."""

    scan_no = HiddenField(validators=[InputRequired(), Length(max=60)])
    code = StringField(
        _l("Slip code"),
        description=_l("Scan the slip, or type the 12 digits under its code."),
        validators=[Optional(), short(LONGEST_READ)],
    )
    placement = HiddenField(validators=[Optional(), Regexp(TOKEN)])


class AdmitForm(LookForm):
    """What comparing the person with the card gave."""

    identity = HiddenField(
        validators=[Regexp("match|unsure|mismatch", message=_l("Say what comparing gave."))]
    )


class ReasonForm(SafeForm):
    """An act that has to be put into words."""

    reason = TextAreaField(
        _l("Reason"), validators=[InputRequired(_l("Say why.")), short(LONGEST_WORDS)]
    )


class RefuseForm(ReasonForm, SecondPersonForm):
    """Refusing somebody entry: two people and the reason."""


class ProtestForm(ReasonForm, SecondPersonForm):
    """Admitting somebody whom the door refused: two people, the reason, the comparison."""

    identity = SelectField(
        _l("Comparing the person with the record gave"),
        choices=[
            ("", _l("Choose")),
            ("match", _l("The same person")),
            ("unsure", _l("Not sure")),
        ],
        validators=[InputRequired(_l("Say what comparing gave."))],
    )


class EmptyForm(SafeForm):
    """A button: nothing but the token that protects it."""


class RecheckForm(SafeForm):
    """The same-day comparison of one person with the record."""

    identity = HiddenField(
        validators=[Regexp("match|unsure|mismatch", message=_l("Say what comparing gave."))]
    )


class PhotoForm(SafeForm):
    """A photograph of somebody in doubt, or that they said no to it."""

    answer = RadioField(
        _l("What the person says"),
        choices=[
            ("yes", _l("I agree to one photograph for this comparison")),
            ("no", _l("No photograph")),
        ],
        validators=[InputRequired(_l("Read the words to the person and note the answer."))],
    )
    photo = FileField(
        _l("Photograph"),
        description=_l("The face, from the front, without a cap. A phone opens its camera."),
        render_kw={"accept": "image/*", "capture": "environment"},
    )


class CorrectionForm(SecondPersonForm):
    """A change to a closed register: what it should say, the evidence, and a second person."""

    after = SelectField(
        _l("The register should say"),
        choices=[
            ("", _l("Choose")),
            ("present", _l("Present")),
            ("absent", _l("Absent")),
            ("removed", _l("Removed")),
            ("voided", _l("Voided")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    evidence = TextAreaField(
        _l("Evidence"),
        description=_l("What shows it: seat photo, signature, script, recording."),
        validators=[InputRequired(_l("Say what shows it.")), short(LONGEST_WORDS)],
    )


class TakeForm(SafeForm):
    """Taking a device with the key its chief showed."""

    key = HiddenField(validators=[InputRequired(), Length(max=80)])


class DeviceForm(SafeForm):
    """A device for the doors of a venue."""

    venue = SelectField(_l("Venue"))
    name = StringField(
        _l("What staff call it"),
        description=_l("For example: Door 2, phone"),
        validators=[InputRequired(_l("Give it a name that staff can say.")), short(60)],
    )
    hours = WholeNumberField(
        _l("On duty for how many hours"),
        default=14,
        validators=[InputRequired(_l("Type a number of hours from 1 to 48."))],
    )

    def validate_hours(self, field: Field) -> None:
        """Keep a duty between an hour and two days."""
        if field.data is not None and not 1 <= field.data <= 48:
            raise ValidationError(_l("Type a number of hours from 1 to 48."))

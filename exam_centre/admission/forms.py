"""What people send from the door, the register, the slips and the devices."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
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
MINUTE = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
LOOSE_MINUTE = re.compile(r"([0-9]{1,2})[:.]?([0-9]{2})")
ON_PAPER = [
    ("", "–"),
    ("present", _l("Present")),
    ("absent", _l("Absent")),
    ("refused", _l("Refused")),
]
COMPARED = [
    ("", "–"),
    ("match", _l("The same person")),
    ("unsure", _l("Not sure")),
    ("mismatch", _l("Not the same person")),
]
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


class PaperSheetForm(SecondPersonForm):
    """A room's paper list: what stands on it of each seat, and a second person who read it too."""

    lines: ClassVar[Mapping[str, Any]] = {}  # token of the placement -> its line of the register

    def keyed(self, token: str) -> str:
        """Return what was chosen for a seat: "" where the list says nothing of it."""
        return str(self[f"says_{token}"].data or "")

    def minute(self, token: str) -> tuple[int, int] | None:
        """Return (hour, minute) of somebody's entry on the venue's clock, or None."""
        found = MINUTE.fullmatch(str(self[f"at_{token}"].data or ""))
        return (int(found[1]), int(found[2])) if found else None

    def validate(self, extra_validators: Any = None) -> bool:
        """Look whether each line that is keyed says enough."""
        good = bool(super().validate(extra_validators))
        if not any(self.keyed(token) for token in self.lines):
            self.second_login.errors = [*self.second_login.errors, _("No seat was keyed in.")]
            return False
        for token in self.lines:
            for name, words in self._missing(token):
                field = self[f"{name}_{token}"]
                field.errors = [*field.errors, words]
                good = False
        return good

    def _missing(self, token: str) -> Iterator[tuple[str, str]]:
        says, typed_at = self.keyed(token), str(self[f"at_{token}"].data or "")
        if says == "present":
            if self.minute(token) is None:
                yield "at", _("Give the minute of entry, such as 08:52.")
            if not self[f"identity_{token}"].data:
                yield "identity", _("Say what comparing gave.")
        elif typed_at:
            yield "at", _("Only who came in has a minute of entry.")
        if says == "refused" and not self[f"reason_{token}"].data:
            yield "reason", _("Say why.")


def paper_sheet(lines: Sequence[Any]) -> type[PaperSheetForm]:
    """Return the form of one room's list: four fields a line of its register.

    They are named by the placement, so that a register that changed meanwhile moves nobody's line.
    """
    fields: dict[str, Any] = {"lines": {line.token: line for line in lines}}
    for line in lines:
        fields[f"says_{line.token}"] = SelectField(_l("On the list"), default="", choices=ON_PAPER)
        fields[f"at_{line.token}"] = StringField(
            _l("Came in at"),
            filters=[on_a_clock],
            render_kw={"inputmode": "numeric", "autocomplete": "off", "placeholder": "08:52"},
            validators=[Optional(), short(8)],
        )
        fields[f"identity_{line.token}"] = SelectField(
            _l("Comparing gave"), default="", choices=COMPARED
        )
        fields[f"reason_{line.token}"] = StringField(
            _l("Why refused"),
            render_kw={"autocomplete": "off"},
            validators=[Optional(), short(LONGEST_WORDS)],
        )
    return type("RoomPaperSheetForm", (PaperSheetForm,), fields)


def on_a_clock(text: str | None) -> str | None:
    """Return a time as people type it, "852", "8.52" or in full width, as "08:52"."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    found = LOOSE_MINUTE.fullmatch(plain)
    return f"{int(found[1]):02d}:{found[2]}" if found else plain
